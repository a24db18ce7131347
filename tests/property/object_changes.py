"""What the random programs of `tests.property.object_mutation` hold, read and change.

A sort is what a variable holds; ``{vec}`` stands for the name of an array of four, ``{mat}`` of three by four,
``{number}`` for any number that can be read, ``{stored}`` for one that is bounded, ``{part}`` for any array of four to
be read, ``{view}`` for one that shares memory with what is there, and ``{i}`` for the index of a row. ``§(...)`` stands
round a condition that decides which way the program takes.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CHANGES", "CONSUMERS", "GRIDS", "MADE_OF", "MANAGERS", "NUMBERS", "PARTS", "Vocabulary", "WHOLE"]


@dataclass(frozen=True)
class Vocabulary:
    """What the sorts are, what they are made of, what is read of each and what is done to each.

    Attributes
    ----------
    loops : tuple of str
        Heads of loops; ``<i>`` stands for a counter and ``<v>`` for an array of four.
    managers : tuple of str
        Heads of ``with`` that bind a new array of four.
    tries : tuple of str
        Statements that may raise.
    consumers : tuple of str
        Loops over a generator ``{0}`` of arrays of four.
    """

    sorts: tuple[str, ...]
    made_of: dict[str, tuple[str, ...]]
    parts: tuple[str, ...]
    views: tuple[str, ...]
    numbers: dict[str, tuple[str, ...]]
    whole: dict[str, str]
    changes: dict[str, tuple[str, ...]]
    managers: tuple[str, ...]
    tries: tuple[str, ...]
    consumers: tuple[str, ...]
    loops: tuple[str, ...]


_SORTS = ("number", "vec", "mat", "grid", "window", "groups", "wave")
MADE_OF = {
    "number": ("math.sin({number})", "{number} * {number}", "np.sum({part})", "np.dot({part}, {part})"),
    "vec": (
        "{view}",
        "{part} * {number}",
        "{vec}.copy()",
        "{mat}[{i}]",
        "relax({view}, {number})",
        "{grid}.damp({number})",
        "{grid}.select({i})",
        "{grid}.mix({part})",
        "{grid}.row",
        "{grid}.edge",
        "{window}[0]",
        "{window}.popleft() if len({window}) > 1 else {window}[0]",
        '{groups}["a"][-1]',
        "{wave}.real",
        "np.abs({wave})",
        "np.multiply({part}, {part}, out={view})",
        "{vec} if §({number} > 0.3) else {vec}",
        "np.where({part} > 0.1, {part}, {part})",
        "np.zeros(4)",
        "np.stack([{part}, {part}])[0]",
    ),
    "mat": (
        "{grid}.table",
        "{mat}.copy()",
        "{mat}[::-1]",
        "np.stack([{part}, {part}, {part}])",
        "{mat} * {number}",
        "{grid}.replace({mat})",
        "np.outer(np.arange(3.0), {part})",
        "np.vstack([{mat}[:2], {part}])",
    ),
    "grid": ("Grid({mat})", "Grid({mat}, {i})", "Grid(np.stack([{part}, {part}, {part}]))"),
    "window": (
        "collections.deque([{view}], maxlen=2)",
        "collections.deque([{part} * 1.0, {view}], maxlen=3)",
        "collections.deque({mat}, maxlen=2)",
        "collections.deque(maxlen=3)\n{new}.append({view})",
    ),
    "groups": (
        '{{"a": [{view}], "b": [{part} * 0.5, {view}]}}',
        '{{"a": list({mat}), "b": [np.sin({part})]}}',
        "collections.defaultdict(list)\n{new}['a'].append({view})\n{new}['b'] += [{part}, {view}]",
    ),
    "wave": (
        "{part} + 1j * {part}",
        "np.exp(1j * {part})",
        "{wave}.copy()",
        "{wave} * {number}",
        "np.fft.fft({part})",
    ),
}
PARTS = (
    "{vec}",
    "{vec}[::-1]",
    "{mat}[{i}]",
    "np.sin({vec})",
    "({vec} * {number})",
    "{grid}.row",
    "{grid}[{i}]",
    "{window}[-1]",
    '{groups}["b"][0]',
    "{wave}.imag",
    "np.tanh({mat}[{i}])",
    "({vec} + {mat}[{i}])",
    "({wave} * np.conj({wave})).real",
    "({vec} - {vec}[0])",
)
_VIEWS = (
    "{vec}",
    "{vec}[::-1]",
    "{mat}[{i}]",
    "{grid}.row",
    "{grid}.spare",
    "{grid}.edge",
    "{grid}[{i}]",
    "{window}[0]",
    '{groups}["a"][0]',
    "{mat}.reshape(-1)[3:7]",
    "{grid}.turn().row",
    "{grid}.table[{i}]",
    "{mat}.ravel()[2:10:2]",
    "{mat}.T[:, {i}]",
)
NUMBERS = {
    "number": ("{number}",),
    "vec": ("{vec}[0]", "{vec}[-1]", "{vec}[2]", "np.sum({vec} * {vec})"),
    "mat": ("{mat}[{i}, 1]", "{mat}[0][-1]", "np.sum({mat}[:, 2])"),
    "grid": ("{grid}.row[0]", "{grid}.table[{i}, 2]", "{grid}.spare[1]", "{grid}.edge[3]"),
    "window": ("{window}[0][1]", "{window}[-1][0]", "len({window}) * {window}[0][2]"),
    "groups": ('{groups}["a"][0][0]', 'sum(v[1] for v in {groups}["b"])'),
    "wave": ("{wave}.real[0]", "{wave}[1].imag", "abs({wave}[2])"),
}
WHOLE = {
    "number": "math.sin({0})",
    "vec": "np.sum(np.sin({0}) * W)",
    "mat": "np.sum(np.sin({0}) * V)",
    "grid": "np.sum({0}.table * V) + np.sum(np.sin({0}.row) * W) - np.sum({0}.spare * W[::-1])",
    "window": "sum(np.sum(np.sin(v) * W * (k + 1)) for k, v in enumerate({0}))",
    "groups": 'sum(np.dot(v, W) for v in {0}["a"]) - 0.3 * sum(np.dot(np.sin(v), W) for v in {0}["b"])',
    "wave": "np.dot(np.sin({0}.real), W) + 0.8 * np.dot({0}.imag, W)",
}
CHANGES = {
    "number": (
        "{number_name} = math.sin({number})",
        "{number_name} += {stored}",
        "{number_name} *= {stored}",
    ),
    "vec": (
        "{vec}[0] = {stored}",
        "{vec} *= {number}",
        "{vec} += {part}",
        "{vec}[1:] *= {part}[:-1]",
        "{vec}[:] = {part}",
        "np.multiply({part}, {part}, out={vec})",
        "np.sin({part}[:2], out={vec}[2:])",
        "np.add.at({vec}, [0, 1, 0], {stored})",
        "np.add.at({vec}, [3, 3, 1], {part}[:3])",
        "np.subtract.at({vec}, [2, 2], {number})",
        "np.multiply.at({vec}, [1, 2], {stored})",
        "np.multiply({part}, {part}, out={vec}, where=§({part} > 0.2))",
        "np.exp(-{part} * {part}, out={vec}, where=[True, False, True, False])",
        "np.divide({part}, 2.0 + {part} * {part}, out={vec}, where=§({vec} < 0.5))",
        "{vec}[§({part} > 0.1)] *= {stored}",
        "{vec} -= {vec}[::-1] * {number}",
        "np.cumsum({part}, out={vec})",
        "np.add({vec}, {part}, {vec})",
        "{vec}[[2, 0]] = {part}[1:3]",
        "{vec}[:2], {vec}[2:] = {vec}[2:] * {number}, {vec}[:2] + {stored}",
        "{vec}[1:-1] = ({vec}[2:] + {vec}[:-2]) * 0.5",
    ),
    "mat": (
        "{mat}[{i}] = {part}",
        "{mat}[:, 1] *= {stored}",
        "{mat}[1:] += {mat}[:-1] * {number}",
        "{mat} *= {part}",
        "{mat}[{i}, 2] = {stored}",
        "np.sin({mat}, out={mat})",
        "np.add.at({mat}, [0, 0, 1], {part})",
        "{mat}[[0, 2]] = {mat}[[2, 0]]",
        "for row in {mat}: row *= {stored}",
        "np.multiply({mat}, {number}, out={mat}, where=§({mat} > 0.1))",
        "{mat}[:, 1:] -= {mat}[:, :-1]",
        "np.matmul({part}, {mat}.T.copy(), out={mat}[:, 0])",
        "{mat}.T[:, {i}] += {part}",
        "{mat}.flat[1:9:4] = {stored}",
        "np.sum({mat}[1:], axis=0, out={mat}[0])",
    ),
    "grid": (
        "{grid}.row *= {stored}",
        "{grid}.row = {grid}.table[{i}]",
        "{grid}.row[1:] += {part}[:-1]",
        "{grid}.table[{i}] = {part}",
        "{grid}.damp({number})",
        "{grid}.mix({part})",
        "{grid}.damp({number})[0] = {stored}",
        "{grid}.turn().row[0] *= {number}",
        "{grid}.replace({mat})[0] = {part}",
        "{grid}[{i}] = {part}",
        "{grid}[{i}] *= {number}",
        "{grid}.edge = {part}",
        "{grid}.edge *= {number}",
        "{grid}.spare = {view}",
        "for row in {grid}.rows(): row *= {number}",
        "for row in {grid}.rows():\n    row[0] += {stored}\n    if §(row[1] > 0.2): break",
        "{grid}.select({i})[:2] -= {number}",
        "{grid}.row, {grid}.spare = {grid}.spare, {grid}.row",
        "{grid}.row = {grid}.row * {number}",
        "{grid}.table *= {number}",
        "np.multiply({grid}.row, {part}, out={grid}.spare)",
        "np.add.at({grid}.row, [0, 0], {stored})",
        "{grid}.table = {grid}.table + {number}",
        "if {grid}.count % 2: {grid}.row[2] = {stored}",
    ),
    "window": (
        "{window}.append({view})",
        "{window}.append({part} * {stored})",
        "{window}[0] *= {number}",
        "{window}[-1][0] = {stored}",
        "for v in {window}: v *= {stored}",
        "{window}.appendleft({view})",
        "{window}.rotate(1)",
        "for v in {window}: v[1:] += {stored}",
        "{window}[0] = {view}",
        "if len({window}) > 1: {window}.pop()[0] = {stored}",
        "{window}.extend([{view}, {part}])",
        "{window}[0][:] = {window}[-1] * {number}",
        "for k in range(3):\n    {window}.append({mat}[k])\n    {window}[0][k] *= {number}",
    ),
    "groups": (
        "for key, held in {groups}.items():\n    for v in held: v *= {stored}",
        "for held in {groups}.values(): held[0][1:] += {stored}",
        "for held in {groups}.values():\n    for k, v in enumerate(held): v[k % 4] = {stored}",
        '{groups}["a"].append({view})',
        '{groups}["b"][-1] = {part}',
        "for key, held in {groups}.items(): held.append(held[0] * {number})",
        "for key, held in {groups}.items(): held[-1] = held[-1] * {number}",
        '{groups}["a"], {groups}["b"] = {groups}["b"], {groups}["a"]',
        '{groups}["b"][0] += {part}',
        "for held in {groups}.values():\n    if len(held) > 1: held.pop()[0] *= {number}",
        "for key in {groups}: {groups}[key] = [v * {number} for v in {groups}[key]]",
        '{groups}.setdefault("a", []).append({view})',
        'for v, w in zip({groups}["a"], {groups}["b"]): v[:2] += w[2:]',
        '{groups}["a"] += [{view}]',
    ),
    "wave": (
        "{wave}.real *= {number}",
        "{wave}.imag[0] = {stored}",
        "{wave}.real[:] = {part}",
        "{wave} *= {stored}",
        "{wave}.real += {wave}.imag",
        "{wave}[1:] *= {wave}[:-1]",
        "{wave}.imag *= {part}",
        "{wave} *= np.conj({wave})",
        "np.multiply({wave}, 1j, out={wave})",
        "{wave}.real[1:], {wave}.imag[1:] = {wave}.imag[:-1], {wave}.real[:-1] * 0.5",
        "np.sin({part}, out={wave}.real)",
        "np.add.at({wave}.real, [0, 2], {stored})",
        "{wave}[0] = {number} + 2j * {stored}",
        "real = {wave}.real\nreal[1:] *= {stored}",
    ),
}
MANAGERS = (
    "with Scaled({view}, {number}) as {new}:",
    "with Scaled({view}, {number}, True) as {new}:",
    "with borrowed({view}, {stored}) as {new}:",
    "with Scaled({view}, 0.5), borrowed({view}, {number}) as {new}:",
    "with {grid} as inner, Scaled(inner.row, {number}) as {new}:",
)
_TRIES = (
    "if §({number} > 0.3): raise ValueError",
    "risky({view}, {number})",
    "{vec}[:] = risky({view}, {number})",
    "if §({number} < -0.2): raise KeyError('small')",
    "{vec}[9] = {number}",
    "{vec} += np.ones(3)",
    "[{number}][int(§({number} > 0.1))]",
    "{vec}[1:] *= {groups}['absent'][0]",
)
CONSUMERS = (
    "for v in {0}: v *= {number}",
    "for k, v in enumerate({0}): v[k] += {stored}",
    "for v in {0}:\n    v[1:] -= {stored}\n    if §(v[0] > 0.4): break",
    "for v, row in zip({0}, {mat}): v += row",
    "for v in {0}: {vec}[:] = v * {number}",
    "for v in list({0}): v[0] = {stored}",
    "for v in {0}:\n    if §(v[1] > 0.1): continue\n    v[2] *= {number}",
)
_LOOPS = (
    "for <i> in range(3):",
    "for <v> in {mat}:",
    "for <i>, <v> in enumerate({mat}):",
    "for <v> in {grid}.rows():",
    "for <v> in list({window}):",
    "for <v> in {groups}['a'][:]:",
    "for <v>, other in pairs({mat}):",
    "for <v>, other in zip({mat}, {mat}[1:]):",
    "for key, (<v>, *_) in {groups}.items():",
)
GRIDS = Vocabulary(
    _SORTS, MADE_OF, PARTS, _VIEWS, NUMBERS, WHOLE, CHANGES, MANAGERS, _TRIES, CONSUMERS, _LOOPS
)
"""Arrays, objects that hold a table and views of it, deques, dicts of lists and complex arrays."""

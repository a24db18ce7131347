"""Random programs of objects that hold objects, lists of them and arrays that several of them share.

The classes are random as well: the methods `step` and `settle` of each are written anew for every program. The writer is
that of `tests.property.object_mutation`; what it writes here is in `GRAPHS`.
"""

from __future__ import annotations

import textwrap

from tests.property.mutation import MARK, MutatingProgram, Pick
from tests.property.object_changes import (
    CHANGES,
    CONSUMERS,
    MADE_OF,
    MANAGERS,
    NUMBERS,
    PARTS,
    WHOLE,
    Vocabulary,
)
from tests.property.object_classes import HEADER
from tests.property.object_mutation import Writer, arguments

__all__ = ["graph_program"]

_CLASSES = '''


class Leaf:
    """An array and a number."""

    def __init__(self, w, s=0.5):
        self.w = w
        self.s = s

    def __call__(self, v):
        return np.sin(self.w * v) + self.s

    def shift(self, k, by):
        self.w[k] += by
        return self.w

    def energy(self):
        return np.sum(self.w * W) * self.s


class Square:
    """What a leaf can be replaced by; it has no array of its own kind."""

    def __init__(self, w, s=0.5):
        self.w = w * s
        self.s = s

    def __call__(self, v):
        self.s = self.s * 0.9
        return v * v - self.w

    def shift(self, k, by):
        self.w = self.w + by
        return self.w

    def energy(self):
        return self.w[1] * self.s


class Unit:
    """Holds an array, a leaf, a list of leaves, and a list of arrays."""

    scale = 0.8

    def __init__(self, w, leaf, other=None):
        self.w = w
        self.leaf = leaf
        self.leaves = [leaf]
        self.log = []
        self.s = 0.3
        self.other = other

    @property
    def total(self):
        return np.sum(self.w * W) + self.s * self.scale

    def step(self, v, x):
STEP

    def settle(self, x):
SETTLE

    def energy(self):
        held = sum(leaf.energy() for leaf in self.leaves)
        return held + self.leaf.energy() + self.s + sum(np.dot(v, W) for v in self.log)

    def __getitem__(self, i):
        return self.leaves[i % len(self.leaves)].w

    def __iadd__(self, v):
        self.w += v
        return self


class Wide(Unit):
    """A unit that does more in each step."""

    scale = 0.4

    def step(self, v, x):
        first = super().step(v, x)
OTHER

    def __add__(self, v):
        return Wide(self.w + v, self.leaf, self.other)


class Lone:
    """Has what units have, and nothing to do with them."""

    def __init__(self, w, leaf, other=None):
        self.s = 0.6
        self.leaves = [Leaf(w), leaf]
        self.w = w[::-1]
        self.leaf = self.leaves[0]
        self.log = [w]
        self.other = other

    @property
    def total(self):
        return self.s * self.w[0]

    def step(self, v, x):
        self.leaf.w *= np.cos(x)
        self.s += 0.1 * np.sin(v[1])
        return self.leaves[-1](v)

    def settle(self, x):
        self.log[0] = self.log[0] * x
        return self.w

    def energy(self):
        return np.sum(self.leaf.w * W) + self.s + np.dot(self.log[-1], W)

    def __getitem__(self, i):
        return self.leaves[i % 2].w

    def __iadd__(self, v):
        self.w = self.w + v
        return self
'''
_OF_UNIT = (
    "{unit}.w *= {stored}",
    "{unit}.w = {part} * {number}",
    "{unit}.w = {view}",
    "{unit}.w[{i}] = {stored}",
    "{unit}.leaf.w *= {number}",
    "{unit}.leaf.w[1:] += {part}[:-1]",
    "{unit}.leaf = {leaf}",
    "{unit}.leaf = {unit}.leaves[-1]",
    "{unit}.leaves.append({leaf})",
    "{unit}.leaves[0] = {leaf}",
    "{unit}.leaves[-1].w = {part} * {stored}",
    "{unit}.leaves = {unit}.leaves[::-1]",
    "{unit}.log.append({unit}.w)",
    "{unit}.log.append({part})",
    "{unit}.log = [v * {stored} for v in {unit}.log]",
    "for v in {unit}.log: v[0] = {stored}",
    "for leaf in {unit}.leaves: leaf.w = leaf.w * {number}",
    "for leaf in {unit}.leaves: leaf.shift({i}, {stored})",
    "for k, leaf in enumerate({unit}.leaves):\n    if k % 2: leaf.w[k % 4] += {stored}\n    else: leaf.s *= {stored}",
    "{unit}.s = math.sin({number})",
    "{unit}.s += {stored}",
    "{unit} += {part}",
    "{unit}[{i}][0] = {stored}",
    "{unit}.w, {unit}.leaf.w = {unit}.leaf.w, {unit}.w",
    "if {unit}.other is not None: {unit}.other.s *= {stored}",
    "if {unit}.other is not None: {unit}.other.w[2] = {unit}.s",
)
_CALLED = (
    "{unit}.step({part}, {number})",
    "{unit}.step({view}, {stored})[0] *= {number}",
    "{unit}.settle({stored})",
    "{unit}.settle({number})[1:] += {stored}",
    "{unit}.other = {unit}",
    "if isinstance({unit}, Wide): {unit}.w = {unit}.w * {stored}",
    "if {unit}.other is not None: {unit}.other.step({part}, 0.3)",
)
_SPECIAL = {
    "leaf": (
        "Leaf({view})",
        "Leaf({part} * 1.0, {stored})",
        "Leaf({view}, {stored})",
        "Square({part}, {stored})",
        "Leaf({unit}.w)",
        "{unit}.leaf",
        "{unit}.leaves[0]",
        "Leaf({view}) if §({number} > 0.3) else Square({part})",
        "{leaf}",
    ),
    "unit": (
        "Unit({view}, {leaf})",
        "Wide({part} * 1.0, {leaf})",
        "Lone({view}, {leaf})",
        "Unit({view}, Leaf({part} * 1.0), {unit})",
        "Wide({view}, {leaf}, {leaf})",
        "{units}[0]",
        "{units}[-1]",
        '{named}["p"]',
        "Unit({view}, {leaf}) if §({number} > 0.2) else Wide({part} * 0.5, {leaf})",
        "copy.copy({unit})",
    ),
    "units": (
        "[Unit({view}, {leaf}), Wide({part} * 1.0, {leaf})]",
        "[Unit({view}, Leaf({part} * 1.0)) for _ in range(2)]",
        "[{unit}, Unit({part} * 1.0, {leaf})]",
        "[Unit({view}, {leaf}), Lone({part} * 1.0, {leaf}), Wide({view}, {leaf})]",
        "[Unit({mat}[k], Leaf({part} * (k + 1))) for k in range(3)]",
        "[]\nfor row in {mat}: {new}.append(Unit(row, {leaf}))",
        "list(reversed({units}))",
    ),
    "named": (
        '{{"p": Unit({view}, {leaf}), "q": Wide({part} * 1.0, {leaf})}}',
        '{{"p": {unit}, "q": Unit({part} * 1.0, {leaf})}}',
        '{{"p": Unit({view}, {leaf}), "q": Unit({view}, {leaf})}}',
    ),
}
_CHANGES = {
    "leaf": (
        "{leaf}.w *= {stored}",
        "{leaf}.w[{i}] = {number}",
        "{leaf}.w = {part} * {stored}",
        "{leaf}.w = {view}",
        "{leaf}.s = math.sin({number})",
        "{leaf}.shift({i}, {stored})",
        "{leaf}({part})[0] *= {number}",
        "{vec} *= {leaf}({part})",
    ),
    "unit": (*_OF_UNIT, *_CALLED),
    "units": (
        "for unit in {units}: unit.step({part}, {stored})",
        "for unit in {units}: unit.w = unit.w * {stored}",
        "for unit in {units}: unit.leaf.w[0] += {stored}",
        "for unit in {units}:\n    for leaf in unit.leaves: leaf.w = leaf(unit.w)",
        "for unit in {units}:\n    if unit.total > §({number}): break\n    unit += {part}",
        "for unit in {units}:\n    if isinstance(unit, Wide): continue\n    unit.settle({stored})",
        "for k, unit in enumerate({units}): unit.log.append({vec} * (k + 1))",
        "for one, two in zip({units}, {units}[1:]): two.w = one.step(two.w, {stored})",
        "for unit in {units}: {vec} = unit.step({vec}, 0.4)",
        "{units}[0].leaf = {units}[-1].leaf",
        "{units}[0], {units}[-1] = {units}[-1], {units}[0]",
        "{units}.append({unit})",
        "{units}[0].w = {units}[-1].w",
        "{units}[-1].leaves += {units}[0].leaves",
        "{units}[{i}].step({part}, {number})[:2] *= {stored}",
        "{units}[0].other = {units}[-1]",
    ),
    "named": (
        "for key, unit in {named}.items(): unit.step({part}, {stored})",
        "for unit in {named}.values(): unit.w[0] = {stored}",
        '{named}["p"].leaf = {named}["q"].leaf',
        '{named}["q"].w *= {named}["p"].w',
        '{named}["p"], {named}["q"] = {named}["q"], {named}["p"]',
        '{named}["q"] = Unit({view}, {leaf})',
        "for key in {named}: {named}[key].s *= {stored}",
    ),
}
_PLAIN = ("number", "vec", "mat")


def _without(
    texts: tuple[str, ...], sorts: tuple[str, ...] = ("grid", "window", "groups", "wave")
) -> tuple[str, ...]:
    """Return the texts that need none of these sorts."""
    return tuple(text for text in texts if not any(f"{{{sort}}}" in text for sort in sorts))


_BASE_SORTS = (*_PLAIN, "leaf", "unit", "units", "named")
_BASE_VEC = (
    *_without(MADE_OF["vec"]),
    "{unit}.step({part}, {number})",
    "{unit}.settle({stored})",
    "{leaf}({part})",
    "{unit}.w",
    "{unit}.leaf.w",
    "{unit}.log[-1] if {unit}.log else {vec}",
    "np.stack([unit.w for unit in {units}]).sum(axis=0)",
    "sum(leaf.w for leaf in {unit}.leaves)",
)
GRAPHS = Vocabulary(
    _BASE_SORTS,
    {**{sort: _without(MADE_OF[sort]) for sort in _PLAIN}, **_SPECIAL, "vec": _BASE_VEC},
    (
        *_without(PARTS),
        "{unit}.w",
        "{unit}[{i}]",
        "{leaf}.w",
        "{leaf}({vec})",
        "{units}[-1].leaf.w",
        '{named}["q"].w',
    ),
    (
        "{vec}",
        "{vec}[::-1]",
        "{mat}[{i}]",
        "{unit}.w",
        "{leaf}.w",
        "{unit}.leaf.w",
        "{units}[0].w",
        '{named}["p"].w[::-1]',
    ),
    {
        **{sort: NUMBERS[sort] for sort in _PLAIN},
        "leaf": ("{leaf}.s", "{leaf}.w[1]", "{leaf}.energy()"),
        "unit": (
            "{unit}.s",
            "{unit}.total",
            "{unit}.w[2]",
            "{unit}.leaf.s",
            "{unit}[{i}][1]",
            "{unit}.energy()",
        ),
        "units": ("{units}[0].s", "sum(unit.total for unit in {units})", "len({units}) * {units}[-1].w[0]"),
        "named": ('{named}["p"].total', "sum(unit.s for unit in {named}.values())"),
    },
    {
        **{sort: WHOLE[sort] for sort in _PLAIN},
        "leaf": "math.sin({0}.energy())",
        "unit": "math.sin({0}.energy()) + {0}.total",
        "units": "sum(math.sin(unit.energy()) * (k + 1) + unit.total for k, unit in enumerate({0}))",
        "named": "sum(math.sin(unit.energy()) for unit in {0}.values()) + {0}['p'].total",
    },
    {**{sort: _without(CHANGES[sort]) for sort in _PLAIN}, **_CHANGES},
    _without(MANAGERS),
    (
        "if §({number} > 0.3): raise ValueError",
        "risky({view}, {number})",
        "{unit}.w[:] = risky({view}, {number})",
    ),
    CONSUMERS,
    (
        "for <i> in range(3):",
        "for <v> in {mat}:",
        "for <i>, <v> in enumerate({mat}):",
        "for <i>, <v> in enumerate([unit.w for unit in {units}]):",
        "for <v>, other in zip({mat}, {mat}[1:]):",
        "for <v> in {unit}.log:",
    ),
)
"""Units and leaves, of one class or of several, alone and in lists and dicts."""


def graph_program(pick: Pick) -> MutatingProgram:
    """Return a module with a function ``program`` of an array of four, one of three by four, and a number."""
    header = HEADER.replace("import math", "import copy\nimport math") + _CLASSES
    for place, first in (("STEP", ""), ("SETTLE", "v = self.w"), ("OTHER", "")):
        header = header.replace(place, _method(pick, first))
    writer = Writer(pick, GRAPHS, arguments(), budget=[2 + pick(6)])
    for sort in ("leaf", "unit", "units")[: pick(4)]:
        writer.bind(sort, writer.choose(GRAPHS.made_of[sort]))
    body = writer.write()
    functions = [*reversed(writer.functions), f"def program(a, m, x):\n{body}"]
    text = "\n\n\n".join([header.replace("MARK", MARK), *functions]) + "\n"
    return MutatingProgram(text, ((4,), (3, 4), ()), pick(1000))


def _method(pick: Pick, first: str) -> str:
    """Return the statements of a method of a unit that gives an array."""
    writer = Writer(pick, GRAPHS, {"unit": ["self"], "vec": ["v"], "number": ["x"]}, results=["vec"])
    writer.emit(first) if first else None
    leaf = writer.choose(("self.leaf", "self.leaves[-1]", "self.leaves[0]"))
    writer.emit(f"leaf = {leaf}")
    writer.names["leaf"].append("leaf")
    for _ in range(1 + pick(3)):
        options = (*_without(_OF_UNIT), *_CHANGES["leaf"], *_without(CHANGES["vec"]))
        writer.emit(writer.fill(writer.choose(options)))
    writer.emit(f"return {writer.expression('view' if pick(2) else 'part', 2)}")
    return textwrap.indent("\n".join(writer.lines), "    ")

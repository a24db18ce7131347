"""What a loop keeps comes back under the name under which it was kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import gast

from srcad.lang.walking import children_of, nodes_in

__all__ = ["return_under_same_names"]

_TEMPORARY = re.compile(r"t\d*(_\d+)?")


@dataclass
class _History:
    """The names that are appended to a list, and those that its items are bound to, with the places in the text."""

    kept: list[tuple[int, list[str]]] = field(default_factory=list)
    bound: list[tuple[int, list[str]]] = field(default_factory=list)


def return_under_same_names(body: list[gast.stmt], taken: frozenset[str] = frozenset()) -> list[gast.stmt]:
    """Rename temporaries of the backward sweep, in place, after the values that they hold again.

    Before and after::

        for i in range(n):                      for i in range(n):
            ...                                     ...
            history.append((t1, y))                 history.append((t1, y))
        for i in reversed(range(n)):            for i in reversed(range(n)):
            t5, t9 = history.pop()                  t1, t9 = history.pop()
            dx += t5 * t9                           dx += t1 * t9

    The second stays where ``y`` is still needed, or is a name in ``taken``.
    """
    histories, tuples = _histories(body)
    pairs = [pair for history in histories.values() for pair in _kept_and_bound(history, tuples)]
    if not pairs:
        return body
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    stores: dict[str, int] = {}
    for place, node in enumerate(_names(body)):
        first.setdefault(node.id, place)
        last[node.id] = place
        stores[node.id] = stores.get(node.id, 0) + isinstance(node.ctx, gast.Store)
    renamed: dict[str, str] = {}
    for before, after in pairs:
        fits = _TEMPORARY.fullmatch(after) and before not in taken | set(renamed.values())
        once = stores[before] > 0 and stores[after] == 1
        if fits and once and last[before] < first[after]:
            renamed[after] = before
    for node in _names(body) if renamed else ():
        node.id = renamed.get(node.id, node.id)
    return body


def _kept_and_bound(history: _History, tuples: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Return the names of what is kept in a history in one place, each with another that it comes back under."""
    if len(history.kept) != 1 or len(history.bound) != 1 or history.kept[0][0] >= history.bound[0][0]:
        return []
    kept, bound = history.kept[0][1], history.bound[0][1]
    if len(kept) == 1 and kept[0] in tuples:
        kept = tuples[kept[0]]
    return [pair for pair in zip(kept, bound) if pair[0] != pair[1]] if len(kept) == len(bound) else []


def _names(body: list[gast.stmt]) -> list[gast.Name]:
    """Return the names in the order of the text."""
    found: list[gast.Name] = []
    waiting: list[gast.AST] = body[::-1]
    while waiting:
        node = waiting.pop()
        if isinstance(node, gast.Name):
            found.append(node)
        below = children_of(node)
        below.reverse()
        waiting += below
    return found


def _histories(body: list[gast.stmt]) -> tuple[dict[str, _History], dict[str, list[str]]]:
    """Return the lists that are filled and emptied, and the variables that hold tuples of names."""
    found: dict[str, _History] = {}
    tuples: dict[str, list[str]] = {}
    for place, whole in enumerate(body):
        for node in nodes_in(whole):
            if isinstance(node, gast.Assign):
                names = _parts(node.value)
                if isinstance(node.value, gast.Tuple) and isinstance(node.targets[0], gast.Name) and names:
                    tuples[node.targets[0].id] = names
                history, bound = _method(node.value, "pop"), _parts(node.targets[0])
            elif isinstance(node, gast.For):
                history, bound = _reversed(node.iter), _parts(node.target)
            elif isinstance(node, gast.Expr):
                history, bound = _method(node.value, "append"), []
            else:
                continue
            if history and isinstance(node, gast.Expr):
                found.setdefault(history, _History()).kept.append((place, _parts(node.value.args[0])))
            elif history:
                found.setdefault(history, _History()).bound.append((place, bound))
    return found, tuples


def _parts(node: gast.AST) -> list[str]:
    """Return the names of a name or of a tuple of names."""
    parts = node.elts if isinstance(node, gast.Tuple) else [node]
    return [p.id for p in parts] if all(isinstance(p, gast.Name) for p in parts) else []


def _method(node: gast.AST, method: str) -> str:
    func = node.func if isinstance(node, gast.Call) else None
    if isinstance(func, gast.Attribute) and func.attr == method and isinstance(func.value, gast.Name):
        return str(func.value.id)
    return ""


def _reversed(node: gast.AST) -> str:
    func = getattr(node, "func", None)
    if isinstance(func, gast.Name) and func.id == "reversed" and isinstance(node.args[0], gast.Name):
        return str(node.args[0].id)
    return ""

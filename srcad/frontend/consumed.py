"""Where the expressions of a statement run through a generator as a whole, and what they evaluate before that.

A generator that is written out as a loop before its statement must not overtake what the statement evaluates first::

    y = a[0] + sum(halves(a))

becomes, if ``halves`` changes ``a``::

    first = a[0]
    items = []
    for item in halves(a):
        items.append(item)
    y = first + sum(items)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import gast

from srcad.frontend.statics import refer
from srcad.lang import tree as t
from srcad.lang.scope import Scope
from srcad.lang.walking import NodeTransformer, clone, nodes_in

__all__ = ["Place", "as_loops", "bound_around", "is_always_run", "places", "put", "run_before"]

_UNCERTAIN = (gast.Lambda, *t.COMPREHENSIONS)


class Place(NamedTuple):
    """A field of a node, or an item of it."""

    node: gast.AST
    field: str
    index: int | None

    def value(self) -> Any:
        """Return what stands there."""
        found = getattr(self.node, self.field)
        return found if self.index is None else found[self.index]


def put(place: Place, value: gast.expr) -> None:
    """Replace what stands at a place."""
    if place.index is None:
        setattr(place.node, place.field, value)
    else:
        getattr(place.node, place.field)[place.index] = value


def places(node: gast.AST, around: tuple[Place, ...] = ()) -> Iterator[tuple[Place, ...]]:
    """Yield the expressions of a statement, inner ones first, in the order in which they are evaluated.

    Each comes as the places that lead to it from the statement.

    >>> stmt = gast.parse("y = f(a) + b").body[0]
    >>> [gast.unparse(found[-1].value()) for found in places(stmt) if found[-1].field != "ctx"]
    ['f', 'a', 'f(a)', '', 'b', 'f(a) + b', 'y']
    """
    for place in _parts(node):
        yield from places(place.value(), (*around, place))
        yield (*around, place)


def _parts(node: gast.AST) -> list[Place]:
    fields = [f for f in node._fields if not isinstance(node, gast.stmt) or f not in _BLOCKS]
    if isinstance(node, gast.Assign):
        fields = ["value", "targets"]
    elif isinstance(node, t.COMPREHENSIONS):
        fields.sort(key=lambda field: field != "generators")
    found = []
    for field in fields:
        value = getattr(node, field, None)
        if isinstance(value, list):
            found += [Place(node, field, k) for k, part in enumerate(value) if isinstance(part, gast.AST)]
        elif isinstance(value, gast.AST):
            found.append(Place(node, field, None))
    return found


_BLOCKS = ("body", "orelse", "finalbody", "handlers")


def is_always_run(path: tuple[Place, ...]) -> bool:
    """Tell whether the expression that places lead to is evaluated once, whatever the values are."""
    for node, field, index in path:
        if isinstance(node, _UNCERTAIN) and (field, index) != ("generators", 0):
            return False
        if isinstance(node, gast.IfExp) and field != "test" or isinstance(node, gast.BoolOp) and index != 0:
            return False
        if isinstance(node, gast.Compare) and field == "comparators" and index != 0:
            return False
        if isinstance(node, gast.comprehension) and field != "iter":
            return False
        if isinstance(node, gast.AugAssign) and not isinstance(node.target, gast.Name):
            return False  # what the target holds is read first
    return True


def bound_around(path: tuple[Place, ...]) -> set[str]:
    """Return the variables that the comprehensions around the expression bind; what the first one takes is outside."""
    found = set()
    for place, inner in zip(path, (*path[1:], None)):
        first = (
            (place.field, place.index) == ("generators", 0) and inner is not None and inner.field == "iter"
        )
        if isinstance(place.node, t.COMPREHENSIONS) and not first:
            targets = [part.target for part in place.node.generators]
            found |= {n.id for target in targets for n in nodes_in(target) if isinstance(n, gast.Name)}
    return found


def run_before(path: tuple[Place, ...], loud: bool) -> Iterator[Place]:
    """Yield the expressions that are evaluated before the one that places lead to and have something to do with it.

    ``loud`` tells that the latter changes what others see.
    """
    for place in path:
        for other in _parts(place.node):
            if other == place:
                break
            node = other.value()
            if isinstance(node, gast.expr) and other.field not in ("targets", "target", "func"):
                kinds = (gast.Call, gast.Subscript, gast.Attribute) if loud else (gast.Call,)
                if any(isinstance(part, kinds) for part in nodes_in(node)):
                    yield other


def as_loops(node: Any, scope: Scope) -> tuple[list[gast.stmt], gast.expr]:
    """Return a comprehension as loops, and the expression for what they have gathered."""
    names = {
        n.id: scope.fresh(n.id)
        for part in node.generators
        for n in nodes_in(part.target)
        if isinstance(n, gast.Name)
    }
    node = _Renamed(names).visit(clone(node))
    items = scope.fresh("items")
    is_dict = isinstance(node, gast.DictComp)
    if is_dict:
        grow: gast.stmt = t.assign(gast.Subscript(t.name(items), node.key, gast.Store()), node.value)
    else:
        grow = gast.Expr(t.call(t.attribute(t.name(items), "append"), node.elt))
    for part in reversed(node.generators):
        for test in reversed(part.ifs):
            grow = gast.If(test, [grow], [])
        grow = gast.For(part.target, part.iter, [grow], [], None)
    empty: gast.expr = gast.Dict([], []) if is_dict else gast.List([], gast.Load())
    result: gast.expr = t.name(items)
    if isinstance(node, gast.SetComp):
        result = t.call(refer(scope, set, "set"), result)
    return [t.place(t.assign(items, empty), node), t.place(grow, node)], t.place(result, node)


class _Renamed(NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: gast.Name) -> gast.Name:
        node.id = self.names.get(node.id, node.id)
        return node

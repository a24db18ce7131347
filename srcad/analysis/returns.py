"""The kinds of what user functions return, and whether they change the containers they are given."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import gast

from srcad.analysis.callees import initializer
from srcad.analysis.infer import infer, infer_effects
from srcad.analysis.kinds import ANY, NEVER, Kind, join, record
from srcad.analysis.kinds_of_operations import Kinds, kind_of_operation
from srcad.analysis.plain_classes import is_place, looked_up
from srcad.analysis.sorts_outside import depend_on_classes
from srcad.analysis.stores import Stores, joined
from srcad.errors import SrcadError
from srcad.lang.function import Function, Nested
from srcad.lang.scope import Dependency
from srcad.lang.walking import nodes_in

__all__ = ["Callees"]


@dataclass(frozen=True)
class _Summary:
    """What a caller sees of a call."""

    kind: Kind
    stored: Stores | None

    def joined(self, other: _Summary) -> _Summary:
        """Return what a caller sees of either."""
        return _Summary(join(self.kind, other.kind), joined(self.stored, other.stored))


_UNKNOWN = _Summary(ANY, Stores(unknown=True))
_BOTTOM = _Summary(NEVER, None)


class Callees:
    """What is known of the functions that a function calls.

    `returns` and `changes` are the arguments that `srcad.analysis.infer.infer` takes.  Each callee is
    brought to normal form and its variables are inferred for the kinds of its arguments; a function
    that calls itself is taken to return nothing first, and is inferred again until that holds.

    Parameters
    ----------
    normalize : callable
        Gives the normal form of a function or of a nested function.
    depth : int
        How many calls inside each other are followed; what lies deeper is unknown.

    Attributes
    ----------
    dependencies : list of Dependency
        The names outside that the answers rely on.
    """

    def __init__(self, normalize: Callable[[Any], Function], depth: int = 8) -> None:
        self.normalize, self.depth = normalize, depth
        self.dependencies: list[Dependency] = []
        self._normal: dict[Any, Function | None] = {}
        self._known: dict[Any, _Summary] = {}
        self._active: dict[Any, _Summary] = {}
        self._assumed: list[set[Any]] = [set()]

    def returns(self, callee: Any, arguments: list[Kind]) -> Kind:
        """Return the kind of the result of a call with positional arguments of these kinds.

        Of a nested function the kinds of the captured variables follow those of the arguments.
        """
        return self._summary(callee, arguments).kind

    def changes(self, callee: Any, arguments: list[Kind]) -> Stores | None:
        """Return what a call may store in lists, dicts or objects that it did not make; None for nothing."""
        return self._summary(callee, arguments).stored

    def new_dependencies(self, known: Iterable[Dependency]) -> list[Dependency]:
        """Return the names outside that the answers rely on, but for those that are known, each once."""
        seen = {(id(d.space), d.name, type(d)) for d in known}
        new = {(id(d.space), d.name, type(d)): d for d in reversed(self.dependencies)}
        return [d for place, d in reversed(new.items()) if place not in seen]

    def infer(self, fn: Function, parameters: dict[str, Kind]) -> Kinds:
        """Return the kinds of the variables of a function, given those of its parameters."""
        kinds = infer(fn, parameters, self.returns, self.changes)
        depend_on_classes(self.dependencies, fn, kinds)
        return kinds

    def _summary(self, callee: Any, arguments: list[Kind]) -> _Summary:
        key = callee, tuple(arguments)
        if key in self._known:
            return self._known[key]
        if key in self._active:
            self._assumed[-1].add(key)
            return self._active[key]
        if len(self._active) >= self.depth:
            return _UNKNOWN
        self._active[key] = _BOTTOM
        self._assumed.append(set())
        found = self._fixpoint(key)
        del self._active[key]
        assumed = self._assumed.pop() - {key}
        self._assumed[-1] |= assumed
        if not assumed:
            self._known[key] = found
        return found

    def _fixpoint(self, key: Any) -> _Summary:
        for _ in range(12):
            before = self._active[key]
            found = self._analysed(*key)
            after = before.joined(found)
            if after == before:
                return after
            self._active[key] = after
            if key not in self._assumed[-1]:
                return after
        return _UNKNOWN

    def _analysed(self, callee: Any, arguments: tuple[Kind, ...]) -> _Summary:
        if isinstance(callee, type):
            return self._made(callee, arguments)
        fn = self._normalized(callee)
        parameters = None if fn is None else _parameters(fn, callee, arguments)
        if fn is None or parameters is None:
            return _UNKNOWN
        kinds, stored = infer_effects(fn, parameters, self.returns, self.changes)
        depend_on_classes(self.dependencies, fn, kinds)
        last = fn.tree.body[-1]
        value = last.value if isinstance(last, gast.Return) else None
        if value is None:
            return _Summary(Kind("none"), stored)
        if isinstance(value, gast.Name) and value.id not in fn.scope.statics:
            return _Summary(kinds.get(value.id, NEVER), stored)
        return _Summary(kind_of_operation(value, kinds, fn), stored)

    def _made(self, cls: type, arguments: tuple[Kind, ...]) -> _Summary:
        """Return what is known of an instance: the attributes that ``__init__`` sets on every way."""
        function = initializer(cls)
        if function is None:
            return _UNKNOWN
        names = list(inspect.signature(function).parameters)
        if dataclasses.is_dataclass(cls) and function.__code__.co_filename == "<string>":
            fields = {field.name for field in dataclasses.fields(cls)}
            given = dict(zip(names[1:], arguments[1:]))
            known = looked_up(cls, "__post_init__") is None and given.keys() <= fields
            return _Summary(record(cls, tuple(given.items())), None) if known else _UNKNOWN
        fn = self._normalized(function)
        parameters = None if fn is None else _parameters(fn, function, arguments)
        if fn is None or parameters is None or not _only_sets(fn, names[0]):
            return _UNKNOWN
        stored = infer_effects(fn, parameters, self.returns, self.changes, made=names[0])[1] or Stores()
        if stored.unknown:
            return _UNKNOWN
        own = attributes_set(fn.tree.body, names[0])
        if any(
            hasattr(looked_up(cls, name), "__set__") and not is_place(looked_up(cls, name)) for name in own
        ):
            return _UNKNOWN  # a property, or another descriptor, keeps the value elsewhere
        items = tuple((name, stored.attributes[name]) for name in own)
        at_times = {name: kind for name, kind in stored.attributes.items() if name not in own}
        owners = {name: stored.owners[name] for name in at_times}
        others = stored if stored.escapes else replace(stored, attributes=at_times, owners=owners)
        return _Summary(record(cls, items), None if others == Stores() else others)

    def _normalized(self, callee: Any) -> Function | None:
        if callee not in self._normal:
            try:
                fn = self.normalize(callee)
                self.dependencies += fn.scope.dependencies
            except SrcadError:
                fn = None
            self._normal[callee] = fn
        return self._normal[callee]


def attributes_set(body: list[gast.stmt], variable: str) -> list[str]:
    """Return the attributes of a variable that statements set on every way through them."""
    found: dict[str, None] = {}
    for stmt in body:
        target = stmt.targets[0] if isinstance(stmt, gast.Assign) else None
        if isinstance(target, gast.Attribute) and getattr(target.value, "id", "") == variable:
            found[target.attr] = None
        elif isinstance(stmt, gast.If):
            other = attributes_set(stmt.orelse, variable)
            found.update(dict.fromkeys(a for a in attributes_set(stmt.body, variable) if a in other))
    return list(found)


def _only_sets(fn: Function, variable: str) -> bool:
    """Tell whether a variable occurs in reads of its attributes and in stores to them alone."""
    nodes = list(nodes_in(fn.tree))
    owners = {id(node.value) for node in nodes if isinstance(node, gast.Attribute)}
    called = {
        id(node.func.value)
        for node in nodes
        if isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute)
    }
    own = [
        node
        for node in nodes
        if isinstance(node, gast.Name) and node.id == variable and node not in fn.tree.args.args
    ]
    return all(id(node) in owners and id(node) not in called for node in own)


def _parameters(fn: Function, callee: Any, arguments: tuple[Kind, ...]) -> dict[str, Kind] | None:
    """The kinds of all parameters, those that are not given being unknown; None if there are too many arguments."""
    args = fn.tree.args
    positional = [a.id for a in (*args.posonlyargs, *args.args) if a.id not in fn.captured]
    rest = [a.id for a in (args.vararg, args.kwarg, *args.kwonlyargs) if a is not None]
    passed = len(callee.captured) if isinstance(callee, Nested) else 0
    given = arguments[: len(arguments) - passed]
    if len(given) > len(positional):
        return None
    kinds = dict.fromkeys((*positional, *rest, *fn.captured), ANY)
    kinds.update(zip(positional, given))
    kinds.update(zip(fn.captured, arguments[len(given) :]))
    return kinds

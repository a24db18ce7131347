"""The kinds of what user functions return, and whether they change the containers they are given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gast

from srcad.analysis.infer import infer_effects, kind_of_operation
from srcad.analysis.kinds import ANY, NEVER, Kind, join
from srcad.errors import SrcadError
from srcad.lang.function import Function, Nested
from srcad.lang.scope import Dependency

__all__ = ["Callees"]


@dataclass(frozen=True)
class _Summary:
    """What a caller sees of a call."""

    kind: Kind
    changes: bool


_UNKNOWN = _Summary(ANY, True)
_BOTTOM = _Summary(NEVER, False)


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

    def changes(self, callee: Any, arguments: list[Kind]) -> bool:
        """Tell whether a call may store anything in lists, dicts or objects that it did not make."""
        return self._summary(callee, arguments).changes

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
            after = _Summary(join(before.kind, found.kind), before.changes or found.changes)
            if after == before:
                return after
            self._active[key] = after
            if key not in self._assumed[-1]:
                return after
        return _UNKNOWN

    def _analysed(self, callee: Any, arguments: tuple[Kind, ...]) -> _Summary:
        fn = self._normalized(callee)
        parameters = None if fn is None else _parameters(fn, callee, arguments)
        if fn is None or parameters is None:
            return _UNKNOWN
        kinds, changes = infer_effects(fn, parameters, self.returns, self.changes)
        last = fn.tree.body[-1]
        value = last.value if isinstance(last, gast.Return) else None
        if value is None:
            return _Summary(Kind("none"), changes)
        if isinstance(value, gast.Name) and value.id not in fn.scope.statics:
            return _Summary(kinds.get(value.id, NEVER), changes)
        return _Summary(kind_of_operation(value, kinds, fn), changes)

    def _normalized(self, callee: Any) -> Function | None:
        if callee not in self._normal:
            try:
                fn = self.normalize(callee)
                self.dependencies += fn.scope.dependencies
            except SrcadError:
                fn = None
            self._normal[callee] = fn
        return self._normal[callee]


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

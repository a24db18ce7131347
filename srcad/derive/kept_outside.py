"""Numbers that a program keeps outside of itself, in attributes of its module, of a class or of a function.

A counter such as ``Model.calls += 1`` is a store like any other, as long as three things hold: what is kept is a plain
value, which shares no memory; it carries no derivative, which is checked where that is known; and it is of the same
sort as what stood there, since other code was compiled for that.
"""

from __future__ import annotations

import types
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterator
from typing import Any

import gast
import numpy as np

from srcad import runtime as rt
from srcad.analysis.kinds import ANY, Kind
from srcad.analysis.kinds_of_operations import Kinds
from srcad.analysis.memory import Memory, direct_changes, simple_statements
from srcad.analysis.results.indexing import attribute_outside
from srcad.analysis.stores import METHODS_THAT_STORE
from srcad.derive.build import read_names
from srcad.errors import UnsupportedError
from srcad.frontend.captured_state import may_change
from srcad.frontend.siblings import captured_elsewhere
from srcad.frontend.statics import Globals, is_settled, is_static
from srcad.lang.function import Function
from srcad.lang.tree import blocks_of
from srcad.lang.walking import nodes_in

__all__ = [
    "keeps_outside",
    "refuse_changes_outside",
    "refuse_changes_seen_elsewhere",
    "refuse_needed_contents",
    "why_not_kept",
]

_PLAIN = frozenset({"int", "float", "number", "bool", "str", "none"})
_MISSING = object()
_CONTAINERS = (list, dict, set, deque, defaultdict, OrderedDict, rt.instance)


def why_not_kept(owner: Any, attribute: str, kind: Kind) -> tuple[str, str] | None:
    """Return why a value of this kind may not be kept as ``owner.attribute``, and the way out; or None.

    >>> why_not_kept(type("Model", (), {"calls": 0}), "calls", Kind("int", dtype="int"))
    >>> why_not_kept(type("Model", (), {"rate": 0.5}), "rate", Kind("array"))[0]
    "The function keeps a value in 'Model.rate' that is not known to be a plain number or string."
    """
    title = getattr(owner, "__name__", "its module").rpartition(".")[2]
    place = f"'{attribute}'" if isinstance(owner, (types.ModuleType, Globals)) else f"'{title}.{attribute}'"
    if not isinstance(owner, (type, types.FunctionType, types.ModuleType, Globals)) or _is_library(owner):
        return f"The function changes {place}, which lives outside of it.", _RETURN
    current = getattr(owner, attribute, _MISSING)
    if current is not _MISSING and is_static(current):
        return f"The function replaces {place}, which is called by its name.", _RETURN
    if kind.name not in _PLAIN:
        return (
            f"The function keeps a value in {place} that is not known to be a plain number or string.",
            _RETURN,
        )
    known = ANY if current is _MISSING else attribute_outside(current)
    if known is not ANY and (known.name, known.dtype) != (kind.name, kind.dtype):
        return (f"The function keeps another sort of value in {place} than the {type(current).__name__} that was "
                "there.", "Convert it before it is kept.")  # fmt: skip
    return None


_COPY = "Change a copy of it, or pass it as an argument."
_RETURN = "Return the value and assign it outside, or keep it in an object that is passed in."


def _is_library(owner: Any) -> bool:
    return isinstance(owner, types.ModuleType) and is_settled(owner)


def refuse_changes_outside(fn: Function, kinds: Kinds, memory: Memory, varied: set[str]) -> None:
    """Refuse a program that keeps values with a derivative where they outlive the call."""
    fresh = _fresh_containers(fn, kinds)
    stored: list[tuple[gast.stmt, str]] = []
    for stmt in simple_statements(fn.tree.body):
        for variable in [*direct_changes(stmt), *_bound_methods(stmt)]:
            is_known = variable in fn.scope.statics or kinds.get(variable, ANY).name == "function"
            if is_known and varied & set(read_names(stmt)):
                raise UnsupportedError("The function stores a value that carries a derivative in a global variable or an "
                                       "attribute of a class or function.",
                                       "Keep it in an instance, or return the new value.",
                                       fn.source.locate(stmt))  # fmt: skip
            if variable in fresh:
                continue  # whatever it holds, it is not itself what lives outside
            if variable in varied and memory.may_be_outside(variable, kinds):
                stored.append((stmt, variable))
    if stored:
        # A change that stores no such value itself is of what holds one by then, or is going to.
        stmt, variable = next(
            (s for s in stored if varied.intersection(read_names(s[0])) - {s[1]}), stored[0]
        )
        raise UnsupportedError(*_why_refused(fn, stmt, variable), fn.source.locate(stmt))


def refuse_needed_contents(
    fn: Function, kinds: Kinds, memory: Memory, varied: set[str], meets_unknown: bool
) -> None:
    """Refuse a change of an array outside whose contents a backward sweep needs: it may not put the old ones back.

    Where the function ``meets_unknown`` ones, whose callers or callees are known only when the program runs, these may
    need them.
    """
    seen: dict[str, set[int]] = {}
    changed: dict[str, set[int]] = {}
    for stmt, loops in _with_loops(fn.tree.body):
        for variable in direct_changes(stmt):
            may_be = _may_change_array(stmt, kinds.get(variable, ANY))
            if not may_be or not memory.may_be_outside(variable, kinds):
                continue
            if meets_unknown:
                raise UnsupportedError("An array that lives outside of the function is changed in place, and functions "
                                       "that are known only when the program runs may need what it held before.",
                                       _COPY, fn.source.locate(stmt))  # fmt: skip
            part = memory.classes[variable]
            if any(memory.meet_outside(part, read) for read in seen):
                raise _needed_before(fn, stmt)
            changed.setdefault(part, set()).update(loops)
        reads = set(read_names(stmt))
        for variable in reads - varied if varied & reads else ():
            part = memory.classes.get(variable, "")
            seen.setdefault(part, set()).update(loops)
            if any(
                around.intersection(loops) and memory.meet_outside(part, c) for c, around in changed.items()
            ):
                raise _needed_before(fn, stmt)  # in the next trip


def keeps_outside(fn: Function, memory: Memory) -> bool:
    """Tell whether a function may leave something outside of itself that it finds there when it runs again."""
    if memory.meets_unknown:
        return True
    for stmt in simple_statements(fn.tree.body):
        if any(v in memory.names_outside or v in fn.scope.statics for v in direct_changes(stmt)):
            return True
    return False


def _may_change_array(stmt: gast.stmt, kind: Kind) -> bool:
    """Tell whether a change of something of some kind may be one of the entries of an array."""
    if kind.name != "any":
        return kind.name in ("array", "number")
    target = (
        stmt.targets[0] if isinstance(stmt, (gast.Assign, gast.Delete)) else getattr(stmt, "target", None)
    )
    func = getattr(getattr(stmt, "value", None), "func", None)
    if isinstance(target, gast.Attribute) or isinstance(stmt, gast.Delete):
        return False
    return not isinstance(func, gast.Attribute) or hasattr(np.ndarray, func.attr)


def _needed_before(fn: Function, stmt: gast.stmt) -> UnsupportedError:
    return UnsupportedError("An array that lives outside of the function is changed in place, and the derivative needs "
                            "what it held before.", _COPY, fn.source.locate(stmt))  # fmt: skip


def _with_loops(
    body: list[gast.stmt], loops: tuple[int, ...] = ()
) -> Iterator[tuple[gast.stmt, tuple[int, ...]]]:
    """Yield the simple statements, in their order, with the loops around each."""
    for stmt in body:
        if not isinstance(stmt, (gast.If, gast.For, gast.While, gast.With, gast.Try)):
            yield stmt, loops
            continue
        around = (*loops, id(stmt)) if isinstance(stmt, (gast.For, gast.While)) else loops
        for block in blocks_of(stmt):
            yield from _with_loops(block, around)


def refuse_changes_seen_elsewhere(fn: Function, memory: Memory) -> None:
    """Refuse changes of a captured variable that a function sees, or makes, which works on what is captured itself."""
    for variable, function in captured_elsewhere(fn):
        changes = (
            s
            for s in simple_statements(fn.tree.body)
            if _changes_class(s, memory.classes.get(variable), memory)
        )
        change = next(changes, None)
        if change is not None or may_change(function, variable):
            raise UnsupportedError(f"'{variable}' is changed in place, and '{function.__qualname__}', which captures it "
                                   "as well, is called as it is.",
                                   "Pass the values as arguments, or call the function by its name: it needs source, and "
                                   "may have no computed defaults and no 'nonlocal' variables.",
                                   fn.source.locate(fn.source.tree if change is None else change))  # fmt: skip


def _changes_class(stmt: gast.stmt, part: str | None, memory: Memory) -> bool:
    return any(memory.classes.get(variable) == part for variable in direct_changes(stmt))


def _why_refused(fn: Function, stmt: gast.stmt, variable: str) -> tuple[str, str]:
    """Return why a store into what may outlive the call is refused, and the way out."""
    if isinstance(stmt, gast.AugAssign) and isinstance(stmt.target, gast.Name):
        if all(getattr(node, "id", "") != variable for node in nodes_in(fn.source.tree)):
            return ("An item or attribute is updated in place of what a global variable may hold.",
                    "Pass what changes as an argument, or change a copy of it.")  # fmt: skip
        return (f"'{variable}' is updated in place, and a global variable may hold the same object.",
                f"Write '{variable} = {variable} + ...', which makes a new value.")  # fmt: skip
    if _is_returned_by_unknown(fn, variable):
        return ("A value that carries a derivative is stored in what a function has returned that is found in a global "
                "object when the program runs, and that may live there.",
                "Call the function that makes it by its own name, or pass it as an argument.")  # fmt: skip
    return ("The function stores a value that carries a derivative in a global variable or a default.",
            "Pass what changes as an argument, or return the new value.")  # fmt: skip


def _is_returned_by_unknown(fn: Function, variable: str) -> bool:
    """Tell whether a variable always is the result of a call of something that is not known when compiling."""
    values = [
        stmt.value
        for stmt in simple_statements(fn.tree.body)
        if isinstance(stmt, gast.Assign) and getattr(stmt.targets[0], "id", None) == variable
    ]
    return bool(values) and all(
        isinstance(v, gast.Call) and getattr(v.func, "id", None) not in fn.scope.statics for v in values
    )


def _bound_methods(stmt: gast.stmt) -> list[str]:
    """Return the container whose method is taken to store something in it later on."""
    value = stmt.value if isinstance(stmt, gast.Assign) else None
    stores = isinstance(value, gast.Attribute) and value.attr in METHODS_THAT_STORE
    return [value.value.id] if stores and isinstance(value.value, gast.Name) else []


def _fresh_containers(fn: Function, kinds: Kinds) -> set[str]:
    """Return the variables that only ever are containers which the function has just made."""
    bound = Counter(
        node.id
        for node in nodes_in(fn.tree)
        if isinstance(node, gast.Name) and isinstance(node.ctx, (gast.Store, gast.Param))
    )
    made = Counter(
        stmt.targets[0].id
        for stmt in simple_statements(fn.tree.body)
        if isinstance(stmt, gast.Assign) and isinstance(stmt.targets[0], gast.Name)
        if _makes_container(stmt.value, fn, kinds)
    )
    return {variable for variable, count in made.items() if count == bound[variable]}


def _makes_container(value: Any, fn: Function, kinds: Kinds) -> bool:
    if isinstance(value, gast.Call) and isinstance(value.func, gast.Name):
        return fn.scope.statics.get(value.func.id) in _CONTAINERS
    if isinstance(value, gast.Call) and isinstance(value.func, gast.Attribute):
        receiver = kinds.get(getattr(value.func.value, "id", ""), ANY)
        return value.func.attr == "copy" and receiver.name in ("list", "dict")
    return isinstance(value, (gast.List, gast.Dict, gast.Set))

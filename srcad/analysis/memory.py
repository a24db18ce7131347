"""Which variables may share memory, which memory is changed in place, and which variables need a shadow.

Points-to classes in the manner of Steensgaard (Points-to analysis in almost linear time, 1996): every variable
belongs to a class of memory, and a class of containers has one class for all its elements.  The result does not
depend on the order of statements, except that a view (or a copy of a reference) is left out of its base's class where
nothing changes the memory between its making and its last use: there it is as good as the values it shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import gast

from srcad.analysis.kinds import ANY
from srcad.analysis.kinds_of_operations import Kinds
from srcad.analysis.memory_places import CONTAINER_MUTATORS, is_rule, simple_statements
from srcad.analysis.passing_views import direct_changes, passing_views
from srcad.analysis.points_to import PointsTo
from srcad.analysis.view_functions import is_view_function
from srcad.lang.function import Function
from srcad.lang.walking import nodes_in
from srcad.runtime.sharing import memory_reached

__all__ = [
    "CONTAINER_MUTATORS", "Memory", "direct_changes", "is_rule", "is_view_function", "memory_of", "repeating_views",
    "replaced_classes", "simple_statements",
]  # fmt: skip

_REPEATING = frozenset("broadcast_to broadcast_arrays as_strided sliding_window_view meshgrid".split())


@dataclass
class Memory:
    """The outcome of the analysis.

    Attributes
    ----------
    shadowed : set of str
        Variables that carry a shadow through the forward sweep.
    classes : dict
        From each variable to the name of its class of memory, views that were left out included.
    changed : set of str
        The classes whose contents are changed in place.
    elements : dict
        From the class of a container or object to those of what it holds.
    outside : set of str
        The classes of what lives outside of the function: values of global variables.
    kept : set of str
        The classes of what the function stores in containers of its caller, which may change it later.
    names_outside : set of str
        The variables that may refer to what lives outside, and are no copies of it.
    arrays_outside : set of str
        Those of them that can only be arrays which live outside.
    overlapping : set of str
        The variables that may show one place several times, as `repeating_views` finds them by name.
    meets_unknown : bool
        The function calls what is resolved when the program runs.
    found_outside : dict
        From a class of what lives outside to the memory that is there now, by identity.
    """

    shadowed: set[str] = field(default_factory=set)
    classes: dict[str, str] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    elements: dict[str, frozenset[str]] = field(default_factory=dict)
    outside: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    names_outside: set[str] = field(default_factory=set)
    arrays_outside: set[str] = field(default_factory=set)
    overlapping: set[str] = field(default_factory=set)
    meets_unknown: bool = False
    found_outside: dict[str, frozenset[int]] = field(default_factory=dict)

    def may_be_outside(self, variable: str, kinds: Kinds) -> bool:
        """Tell whether a variable may refer to what lives outside of the function: a dict is no array, say."""
        is_container = kinds.get(variable, ANY).name in ("list", "dict")
        return variable in self.names_outside and not (is_container and variable in self.arrays_outside)

    def meet_outside(self, first: str, second: str) -> bool:
        """Tell whether two classes are one, or reach the same memory that lives outside of the function."""
        reached, nothing = self.found_outside, frozenset[int]()
        return first == second or not reached.get(first, nothing).isdisjoint(reached.get(second, nothing))

    def content(self, variable: str) -> str | None:
        """Return the class whose contents ``variable`` shows, if they may change."""
        found = self.classes.get(variable)
        return found if found in self.changed else None

    def held(self, variable: str) -> set[str]:
        """Return the class of ``variable`` and those of what it holds, one in the other."""
        own = self.classes.get(variable)
        return set() if own is None else _reachable({own}, self.elements)


def replaced_classes(fn: Function, memory: Memory) -> set[str]:
    """Return the classes of containers in which items are replaced or removed, and not only added at the end."""
    found = set()
    for stmt in simple_statements(fn.tree.body):
        func = getattr(getattr(stmt, "value", None), "func", None)
        if isinstance(func, gast.Attribute) and func.attr in ("append", "extend"):
            continue
        found |= {memory.classes[v] for v in direct_changes(stmt) if v in memory.classes}
    return found


def memory_of(
    fn: Function,
    kinds: Kinds,
    given: Iterable[str],
    mutates: Callable[[Any], bool] = lambda callee: not is_rule(callee),
    parameters_alias: bool = False,
    result_is_kept: bool = False,
) -> Memory:
    """Return what ``fn`` does to memory.

    Parameters
    ----------
    fn : Function
        In NORMAL form, with in-place updates lowered to stores.
    kinds : dict
        The kinds of its variables.
    given : iterable of str
        Parameters that come with a shadow.
    mutates : callable
        Tells of a function that is called whether it may change its arguments.
    parameters_alias : bool
        Parameters may share memory with each other.
    result_is_kept : bool
        Whoever calls may change what the function returns.
    """
    full = PointsTo(fn, kinds, mutates, frozenset()).collect(parameters_alias)
    temporary = passing_views(fn, kinds, full, result_is_kept)
    precise = PointsTo(fn, kinds, mutates, frozenset(temporary)).collect(parameters_alias)
    if result_is_kept:
        precise.carries += precise.holds
    alone = _alone(precise, set(given))
    shadowed = set(given) | {
        name for name in precise.names if precise.is_pointer(name) and precise.classes.is_mutated(name)
    }
    shadowed -= alone
    precise.carry(shadowed)
    classes = {name: full.classes.find(name) for name in full.names}
    changed = {full.classes.find(name) for name in full.classes.mutated}
    elements = full.classes.containment()
    outside = _reachable({full.classes.find(name) for name in full.outside}, elements)
    kept = {full.classes.find(name) for name in full.kept}
    made = Memory(
        shadowed, classes, changed, elements, outside, kept,
        overlapping=repeating_views(fn, with_late=False), meets_unknown=full.meets_unknown,
    )  # fmt: skip
    if outside:
        made.found_outside = _found_outside(full, elements)
        apart = PointsTo(fn, kinds, mutates, frozenset(), copies_apart=True).collect(parameters_alias)
        made.names_outside, made.arrays_outside = _names_outside(apart)
    return made


def _found_outside(full: PointsTo, elements: dict[str, frozenset[str]]) -> dict[str, frozenset[int]]:
    """Return the memory that the classes of what lives outside reach now: two names may have views of one array."""
    found: dict[str, frozenset[int]] = {}
    for name, values in full.values_outside.items():
        reached = frozenset(memory_reached(tuple(values)))
        for part in _reachable({full.classes.find(name)}, elements):
            found[part] = found.get(part, frozenset()) | reached
    return found


def _names_outside(found: PointsTo) -> tuple[set[str], set[str]]:
    """Return the variables that may refer to what lives outside, and those that can only be arrays there."""
    classes, containment = found.classes, found.classes.containment()
    outside = _reachable({classes.find(name) for name in found.outside}, containment)
    held = _reachable({classes.find(name) for name in found.containers_outside}, containment)
    names = {name for name in found.names if classes.find(name) in outside}
    return names, {name for name in names if classes.find(name) not in held}


def _reachable(classes: set[str], elements: dict[str, frozenset[str]]) -> set[str]:
    """Return classes with those of what they hold, at any depth."""
    found: set[str] = set()
    new = classes
    while new:
        found |= new
        new = {part for c in new for part in elements.get(c, ())} - found
    return found


def _alone(found: PointsTo, given: set[str]) -> set[str]:
    """Return the arrays that only one name reaches: their gradient needs no memory of its own."""
    classes = found.classes
    members: dict[str, set[str]] = {}
    for name in found.names:
        if found.is_pointer(name):
            members.setdefault(classes.find(name), set()).add(name)
    held = {inner for parts in classes.containment().values() for inner in parts}
    result = set()
    for root, names in members.items():
        name = next(iter(names))
        kind = found.kinds.get(name)
        stack = kind is not None and kind.name == "list" and name in found.stacks
        whole = kind is not None and (kind.name == "array" or stack)
        if any(map(classes.is_mutated, classes.inner(root))):
            continue
        if len(names) == 1 and root not in held and name not in given and whole and name not in found.escaped:
            result.add(name)
    return result


def repeating_views(fn: Function, with_late: bool = True) -> set[str]:
    """Return the variables that may show one place of memory several times, as ``np.broadcast_to`` does.

    What functions return that are known only when the program runs is among them where that is asked for.
    """
    found: set[str] = set()
    size = -1
    while size != len(found):
        size = len(found)
        for stmt in simple_statements(fn.tree.body):
            if not isinstance(stmt, gast.Assign) or not isinstance(
                stmt.targets[0], (gast.Name, gast.Tuple, gast.List)
            ):
                continue
            value = stmt.value
            called = getattr(getattr(value, "func", None), "id", "")
            late = with_late and called != "" and "." not in called and called not in fn.scope.statics
            made = late or getattr(fn.scope.statics.get(called), "__name__", "") in _REPEATING
            views = isinstance(value, (gast.Name, gast.Subscript, gast.Attribute, gast.Call))
            if made or views and found & {n.id for n in nodes_in(value) if isinstance(n, gast.Name)}:
                found |= {n.id for n in nodes_in(stmt.targets[0]) if isinstance(n, gast.Name)}
    return found

"""Generator expressions, ``map`` and their like that are kept are run where their items are taken.

Before::

    products = (v * a[0] for v in x)
    a[0] = 2.0
    y = sum(products)

After::

    a[0] = 2.0
    y = sum((v * a[0] for v in x))

What they are made of is evaluated where they are made, as in Python: the first iterable, and the arguments of ``map``.
Where items are taken in several places, or somebody else takes them, they are made all at once, and the program is
refused if it may change meanwhile what they are made of (`lateness`).

>>> from srcad.frontend.stages import after
>>> text = "def f(x, a):\\n    products = (v * a[0] for v in x)\\n    a[0] = 2.0\\n    return sum(products)"
>>> print(after("run_lazily", text))
def f(x, a):
    a[0] = 2.0
    return sum((v * a[0] for v in x))
"""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import gast

from srcad.analysis.class_effects import classes_in_sight, is_users
from srcad.errors import UnsupportedError
from srcad.frontend.consumed import Place, places, put
from srcad.frontend.given_late import GivenLate
from srcad.frontend.late_results import MAKERS, OF_BUILTINS, gives_late, is_view
from srcad.frontend.lateness import Lateness
from srcad.lang import tree as t
from srcad.lang.function import Function, Nested
from srcad.lang.walking import nodes_in
from srcad.runtime.libraries import package_of

__all__ = ["run_lazily"]

_AT_ONCE = (
    itertools.accumulate, itertools.chain, itertools.chain.from_iterable, itertools.compress, itertools.cycle,
    itertools.dropwhile, itertools.filterfalse, itertools.groupby, itertools.islice, itertools.pairwise,
    itertools.starmap, itertools.takewhile, itertools.zip_longest,
)  # fmt: skip
"""Functions whose items are listed before a loop over them begins."""
_CONSUMING_METHODS = ("extend", "join", "update")


def run_lazily(fn: Function) -> Function:
    """Return ``fn`` with its lazy iterators where they are run through."""
    if not any(isinstance(n, gast.GeneratorExp | gast.Call) for n in t.own_nodes(fn.tree.body)):
        return fn
    lazy = _Lazy(fn)
    if not classes_in_sight(fn) and all(map(lazy.is_prompt, nodes_in(fn.tree))):
        return fn
    while lazy.changed:
        lazy.changed = False
        lazy.count()
        fn = fn.with_body(lazy.block(fn.tree.body))
        lazy.fn = fn
    lazy.check()
    return fn


class _Lazy:
    def __init__(self, fn: Function) -> None:
        self.fn, self.scope = fn, fn.scope
        self.changed = True
        self.once: set[str] = set()
        self.bound: Counter[str] = Counter()

    def count(self) -> None:
        """Find the variables that are bound and read once."""
        read: Counter[str] = Counter()
        self.bound = Counter(n.id for n in nodes_in(self.fn.tree.args) if isinstance(n, gast.Name))
        self.bound.update(self.fn.captured)
        for node in t.own_nodes(self.fn.tree.body):
            if isinstance(node, gast.Name):
                (read if isinstance(node.ctx, gast.Load) else self.bound)[node.id] += 1
        self.once = {name for name in self.bound if self.bound[name] == read[name] == 1}

    def static(self, node: Any) -> Any:
        return self.scope.statics.get(getattr(getattr(node, "func", None), "id", ""))

    def is_lazy(self, node: Any) -> bool:
        """Tell whether an expression makes an iterator that takes items when it is asked for its own."""
        if isinstance(node, gast.GeneratorExp):
            return True
        made = isinstance(node, gast.Call) and any(self.static(node) is maker for maker in MAKERS)
        return made and not any(isinstance(a, gast.Starred) for a in node.args)

    def is_prompt(self, node: gast.AST) -> bool:
        """Tell whether an expression surely gives no iterator to anybody, where no class of the user's has a say."""
        if not isinstance(node, gast.Call):
            return not isinstance(node, gast.GeneratorExp)
        if isinstance(node.func, gast.Attribute):
            return node.func.attr in OF_BUILTINS and not is_view(node)
        function = self.static(node)
        known = function is not None and not isinstance(function, Nested) and not is_users(function)
        return known and not self.is_lazy(node) and not gives_late(function)

    def is_movable(self, node: Any) -> bool:
        """Tell whether an iterator sees what is appended to its list later, as all but ``reversed`` do."""
        return self.is_lazy(node) and self.static(node) is not reversed

    # -- into the place where it is run -----------------------------------------------------------

    def block(self, body: list[gast.stmt]) -> list[gast.stmt]:
        done: list[gast.stmt] = []
        for k, stmt in enumerate(body):
            t.rewrite_blocks(stmt, self.block)
            target = stmt.targets[0] if isinstance(stmt, gast.Assign) and len(stmt.targets) == 1 else None
            if isinstance(target, gast.Name) and target.id in self.once and self.is_movable(stmt.value):
                place = self.use(target.id, body[k + 1 :])
                if place is not None:
                    done += self.evaluated(stmt.value, stmt)
                    put(place, stmt.value)
                    self.changed = True
                    continue
            done.append(stmt)
        return done

    def use(self, name: str, following: list[gast.stmt]) -> Place | None:
        """Return the place where the items of a variable are all taken, if it is one that is come to once."""
        for stmt in following:
            for path in places(stmt):
                found = path[-1].value()
                if isinstance(found, gast.Name) and found.id == name:
                    return path[-1] if self.is_run_once(path) else None
            inner = t.blocks_of(stmt)
            if not isinstance(stmt, gast.If | gast.With | gast.Try):
                if any(name in t.names_read(block) for block in inner):
                    return None
                continue
            for block in inner:
                place = self.use(name, block)
                if place is not None:
                    return place
        return None

    def is_run_once(self, path: tuple[Place, ...]) -> bool:
        """Tell whether the items are taken here, and not again and again."""
        for place, inner in zip(path, path[1:]):
            first = (place.field, place.index) == ("generators", 0) and inner.field == "iter"
            if isinstance(place.node, gast.Lambda) or isinstance(place.node, t.COMPREHENSIONS) and not first:
                return False
            if isinstance(place.node, gast.While):
                return False
        return self.takes_all(path[-1]) or self.is_lazy(path[-1].node)

    def takes_all(self, place: Place) -> bool:
        """Tell whether what stands here is run through at once."""
        node = place.node
        if isinstance(node, gast.For | gast.comprehension):
            return place.field == "iter"
        if isinstance(node, gast.Call) and place.field == "args":
            if isinstance(node.func, gast.Attribute):
                return node.func.attr in _CONSUMING_METHODS
            return self.is_consumer(self.static(node))
        if isinstance(node, gast.Assign):
            target = node.targets[0]
            sliced = isinstance(target, gast.Subscript) and isinstance(target.slice, gast.Slice)
            return sliced or isinstance(target, gast.Tuple | gast.List)
        return isinstance(node, gast.Starred | gast.AugAssign)

    def is_consumer(self, function: Any) -> bool:
        """Tell whether a function runs through its arguments: those of libraries do, but for other iterators."""
        own = package_of(function) in ("srcad", "srcad_generated")
        if function is None or own or isinstance(function, Nested) or is_users(function):
            return False
        return function not in (iter, next, itertools.tee, itertools.cycle) and function not in MAKERS

    def evaluated(self, node: Any, at: gast.stmt) -> list[gast.stmt]:
        """Return statements that evaluate what is evaluated where an iterator is made."""
        first = node.generators[0] if isinstance(node, gast.GeneratorExp) else None
        parts = (
            [Place(first, "iter", None)]
            if first is not None
            else [Place(node, "args", k) for k in range(len(node.args))]
        )
        made: list[gast.stmt] = []
        for place in parts:
            value = place.value()
            if self.is_lazy(value):
                made += self.evaluated(value, at)
                continue
            kept = isinstance(value, gast.Name) and self.bound[value.id] <= 1
            if kept or isinstance(value, gast.Constant):
                continue
            fresh = self.scope.fresh("source")
            made.append(t.place(t.assign(fresh, value), at))
            put(place, t.place(t.name(fresh), value))
        return made

    # -- where that is not possible ---------------------------------------------------------------

    def check(self) -> None:
        """Refuse iterators that are kept while the program may change what their items are made of."""
        lateness: Lateness | None = None
        listed = GivenLate(self.fn)
        asked: list[Place] = []
        for stmt, around in _statements(self.fn.tree.body, ()):
            if isinstance(stmt, gast.For):
                lateness = self.check_loop(stmt, lateness)
            for path in places(stmt):
                place = path[-1]
                node = place.value()
                reason = listed.why(node, stmt, around, path)
                if isinstance(node, gast.Call) and (
                    isinstance(stmt, gast.For)
                    or not self.takes_all(place)
                    or listed.is_taken_apart(node, stmt)
                ):
                    reason = reason or listed.why_given(node, stmt, around, path)
                    asked += listed.unknown(node, stmt, around, path)
                if reason is not None:
                    raise UnsupportedError(f"The items that are run through are made at once, and {reason}.",
                                           "Run through a list of them, which Python makes at once too: list(...).",
                                           self.fn.source.locate(node))  # fmt: skip
                if not self.is_lazy(node):
                    continue
                lateness = lateness or Lateness(self.fn)
                reason = lateness.why_mixed(node)
                inner = any(self.is_lazy(other.node) for other in path)
                if not (reason or inner or self.takes_all(place) or self.is_next(path)):
                    reason = lateness.why_late(node, stmt, around, [p.node for p in path])
                if reason is not None:
                    raise UnsupportedError(f"An iterator is kept, and {reason}.",
                                           "Make a list of it, or take its items where it is made.",
                                           self.fn.source.locate(node))  # fmt: skip
        for place in asked:
            listed.ask(place)

    def check_loop(self, stmt: gast.For, lateness: Lateness | None) -> Lateness | None:
        """Refuse a loop over a function of ``itertools`` that changes what the items are read from."""
        for node in t.own_nodes([stmt.iter]):
            if not any(self.static(node) is function for function in _AT_ONCE):
                continue
            lateness = lateness or Lateness(self.fn)
            reason = lateness.why_changed_in(stmt.iter, stmt.body)
            if reason is not None:
                raise UnsupportedError(f"The items that are run through are made at once, and {reason}.",
                                       "Run through indices, or through a list of the items: list(...).",
                                       self.fn.source.locate(node))  # fmt: skip
        return lateness

    def is_next(self, path: tuple[Place, ...]) -> bool:
        """Tell whether one item is taken at once, and the others never."""
        return self.static(path[-1].node) is next


def _statements(
    body: list[gast.stmt], around: tuple[gast.stmt, ...]
) -> list[tuple[gast.stmt, tuple[gast.stmt, ...]]]:
    """Return all statements, each with those around it."""
    found = []
    for stmt in body:
        found.append((stmt, around))
        for block in t.blocks_of(stmt):
            found += _statements(block, (*around, stmt))
    return found

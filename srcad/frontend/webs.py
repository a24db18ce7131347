"""Webs: variables that only share a name get names of their own.

Before::

    x = a + 1
    y = x * x
    x = b + 2
    return x

After::

    x = a + 1
    y = x * x
    x_1 = b + 2
    return x_1

Definitions that reach a common use keep a common name.

>>> from srcad.frontend.stages import after
>>> text = "def f(a):\\n    x = a + 1\\n    y = x * x\\n    x = a + 2\\n    return x"
>>> print(after("split_webs", text))
def f(a):
    x = a + 1
    y = x * x
    x_1 = a + 2
    return x_1
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import gast

from srcad.frontend.nested import parameters
from srcad.lang.function import Function
from srcad.lang.walking import clone, nodes_in

__all__ = ["split_webs"]

State = dict[str, frozenset[int]]


def split_webs(fn: Function) -> Function:
    """Rename variables so that each name is one web."""
    # a tail that stands in several branches must not be one and the same node
    body = [clone(stmt) for stmt in fn.tree.body]
    webs = Webs()
    params = [*parameters(fn.tree.args), *fn.captured]
    state: State = {name: frozenset([webs.define(name)]) for name in dict.fromkeys(params)}
    fixed = len(webs.names)
    webs.block(body, state)
    chosen: dict[int, str] = {webs.find(k): webs.names[k] for k in range(fixed)}
    used = set(webs.names[:fixed])
    for k in range(fixed, len(webs.names)):
        root = webs.find(k)
        if root not in chosen:
            own = webs.names[k]
            chosen[root] = fn.scope.fresh(re.sub(r"_\d+$", "", own)) if own in used else own
            used.add(chosen[root])
    for stmt in body:
        for node in nodes_in(stmt):
            if isinstance(node, gast.Name) and id(node) in webs.at:
                node.id = chosen[webs.find(webs.at[id(node)])]
    return fn.with_body(body)


@dataclass
class Webs:
    """Reaching definitions over structured code, united in a union-find."""

    names: list[str] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)
    at: dict[int, int] = field(default_factory=dict)
    protected: list[dict[str, int]] = field(default_factory=list)
    breaks: list[list[State]] = field(default_factory=list)

    def define(self, name: str) -> int:
        """Make a definition."""
        self.names.append(name)
        self.parent.append(len(self.parent))
        return len(self.parent) - 1

    def find(self, k: int) -> int:
        """Return the representative of a definition."""
        while self.parent[k] != k:
            self.parent[k] = self.parent[self.parent[k]]
            k = self.parent[k]
        return k

    def unite(self, several: Iterable[int]) -> int:
        """Make definitions one web; the earliest represents it."""
        roots = sorted({self.find(k) for k in several})
        for root in roots[1:]:
            self.parent[root] = roots[0]
        return roots[0]

    def read(self, node: gast.Name, state: State) -> None:
        """Note a use."""
        if node.id in state:
            self.at[id(node)] = self.unite(state[node.id])

    def bind(self, node: gast.Name, state: State) -> None:
        """Note a definition; the same node always makes the same one."""
        if id(node) not in self.at:
            self.at[id(node)] = self.define(node.id)
        for names in self.protected:
            # a finally block may see any of the definitions
            self.unite(
                [self.at[id(node)], names.setdefault(node.id, self.at[id(node)]), *state.get(node.id, ())]
            )
        state[node.id] = frozenset([self.at[id(node)]])

    def block(self, body: list[gast.stmt], state: State) -> bool:
        """Run through a block, changing ``state``; tell whether its end is reached."""
        return all(self.statement(statement, state) for statement in body)

    def statement(self, node: gast.stmt, state: State) -> bool:
        """Run through a statement."""
        if isinstance(node, gast.If):
            self._reads(node.test, state)
            other = dict(state)
            first, second = self.block(node.body, state), self.block(node.orelse, other)
            if first and second:
                _join(state, other)
            elif second:
                state.clear()
                state.update(other)
            return first or second
        if isinstance(node, gast.For | gast.While):
            return self._loop(node, state)
        if isinstance(node, gast.With):
            self._reads(node.items[0].context_expr, state)
            if node.items[0].optional_vars is not None:
                self.bind(node.items[0].optional_vars, state)
            return self._guarded(node, state)
        if isinstance(node, gast.Try):
            self.protected.append({name: next(iter(found)) for name, found in state.items()})
            before = dict(state)
            going = self.block(node.body, state)
            self.protected.pop()
            _join(state, before)
            return self.block(node.finalbody, state) and going
        if isinstance(node, gast.Break):
            self.breaks[-1].append(dict(state))
            return False
        self._simple(node, state)
        return not isinstance(node, gast.Return | gast.Raise)

    def _guarded(self, node: gast.With, state: State) -> bool:
        """Run through a block that its context may let end early, at any statement."""
        self.protected.append({name: next(iter(found)) for name, found in state.items()})
        before = dict(state)
        going = self.block(node.body, state)
        self.protected.pop()
        _join(state, before)
        return going or isinstance(node.items[0].context_expr, gast.Name)

    def _simple(self, node: gast.stmt, state: State) -> None:
        """Read, then bind."""
        self._reads(node, state)
        if isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
            old = state.get(node.target.id, frozenset())
            self.bind(node.target, state)
            self.unite([self.at[id(node.target)], *old])
        elif isinstance(node, gast.Assign):
            for target in nodes_in(node.targets[0]):
                if isinstance(target, gast.Name) and isinstance(target.ctx, gast.Store):
                    self.bind(target, state)

    def _reads(self, node: gast.AST, state: State) -> None:
        """Note the uses below a node."""
        for child in nodes_in(node):
            if isinstance(child, gast.Name) and isinstance(child.ctx, gast.Load):
                self.read(child, state)

    def _loop(self, node: gast.For | gast.While, state: State) -> bool:
        """Run through a loop until nothing new reaches its head."""
        if isinstance(node, gast.For):
            self._reads(node.iter, state)
        while True:
            before = dict(state)
            self.breaks.append([])
            inside = dict(state)
            if isinstance(node, gast.For):
                self.bind(node.target, inside)
            if self.block(node.body, inside):
                _join(state, inside)
            left = self.breaks.pop()
            if state == before:
                break
        if isinstance(node, gast.While):
            if not left:
                return False
            state.clear()
            state.update(left[0])
            left = left[1:]
        for other in left:
            _join(state, other)
        return True


def _join(state: State, other: State) -> None:
    """Add what another path brings."""
    for name, found in other.items():
        state[name] = state.get(name, frozenset()) | found

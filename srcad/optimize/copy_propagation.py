"""Use a value under its first name, and assign a temporary's value where it is wanted."""

from __future__ import annotations

from collections import Counter

import gast

from srcad.lang.function import Function
from srcad.lang.quote import clone, const, load, store
from srcad.optimize.effects import Context, Effects, blocks_of, defines
from srcad.optimize.forward import Definitions, Forward

__all__ = ["copy_propagation"]

_LITERALS = (int, float, complex, bool, str, type(None), type(Ellipsis))


def copy_propagation(function: Function, context: Context) -> Function:
    """Replace copies by what they are copies of, and take tuples apart that were just put together.

    Examples
    --------
    ::

        t = x                       # before          t = x          # after
        y = np.sin(t)                                 y = np.sin(x)
        p = (a, b)                                    p = (a, b)
        u, v = p                                      u = a
                                                      v = b
        t1 = g * y                                    dx = g * y
        dx = t1
    """
    return _Propagate(_Coalesce(function, context).run(), context).run()


class _Propagate(Forward):
    def simple(self, stmt: gast.stmt, known: Definitions) -> list[gast.stmt]:
        stmt = _Replace(self.effects, known).visit(stmt)
        name = defines(stmt)
        if name is not None:
            stmt.value = self._element(stmt.value, known)
            if isinstance(stmt.value, gast.Name) and stmt.value.id == name:
                return []
        elif isinstance(stmt, gast.Assign):
            return self._unpacked(stmt, known)
        return [stmt]

    def use(self, node: gast.expr, known: Definitions) -> gast.expr:
        replaced: gast.expr = _Replace(self.effects, known).visit(node)
        return replaced

    def _display(self, node: gast.expr, known: Definitions) -> list[gast.expr] | None:
        """Return the elements of a tuple that is known."""
        if isinstance(node, gast.Name):
            node = known.value(node.id) or node
        if isinstance(node, gast.Tuple) and all(isinstance(e, (gast.Name, gast.Constant)) for e in node.elts):
            return list(node.elts)
        return None

    def _element(self, value: gast.expr, known: Definitions) -> gast.expr:
        if not isinstance(value, gast.Subscript) or not isinstance(value.slice, gast.Constant):
            return value
        elements, index = self._display(value.value, known), value.slice.value
        if elements is None or type(index) is not int or not -len(elements) <= index < len(elements):
            return value
        return clone(elements[index])

    def _unpacked(self, stmt: gast.Assign, known: Definitions) -> list[gast.stmt]:
        target = stmt.targets[0]
        if not isinstance(target, gast.Tuple) or not all(isinstance(e, gast.Name) for e in target.elts):
            return [stmt]
        elements = self._display(stmt.value, known)
        bound = [name.id for name in target.elts]
        if elements is None or len(elements) != len(bound) or self.effects.reads(elements) & set(bound):
            return [stmt]
        return [
            gast.copy_location(gast.Assign([store(name)], clone(element), None), stmt)
            for name, element in zip(bound, elements)
        ]


class _Replace(gast.NodeTransformer):
    """Replace the names in one statement or expression."""

    def __init__(self, effects: Effects, known: Definitions) -> None:
        self.effects = effects
        self.known = known

    def visit_Name(self, node: gast.Name) -> gast.expr:
        if not isinstance(node.ctx, gast.Load) or node.id in self.effects.statics:
            return node
        value: gast.expr = node
        while isinstance(value, gast.Name):
            found = self.known.origin(value.id)
            if isinstance(found, gast.Name) or _is_literal(found):
                value = found
            else:
                break
        return const(value.value) if isinstance(value, gast.Constant) else load(value.id)

    def _only_names(self, node: gast.AST, field: str) -> gast.AST:
        """Visit a node, but put no literal where only a name reads well."""
        before = getattr(node, field)
        self.generic_visit(node)
        if isinstance(getattr(node, field), gast.Constant):
            setattr(node, field, before)
        return node

    def visit_Attribute(self, node: gast.Attribute) -> gast.AST:
        return self._only_names(node, "value")

    def visit_Subscript(self, node: gast.Subscript) -> gast.AST:
        return self._only_names(node, "value")

    def visit_Starred(self, node: gast.Starred) -> gast.AST:
        return self._only_names(node, "value")

    def visit_FormattedValue(self, node: gast.FormattedValue) -> gast.AST:
        return self._only_names(node, "value")

    def visit_Call(self, node: gast.Call) -> gast.AST:
        if isinstance(node.func, gast.Attribute) and isinstance(node.func.value, gast.Constant):
            return node
        return self._only_names(node, "func")

    def visit_Lambda(self, node: gast.Lambda) -> gast.AST:
        return node

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_FunctionDef = visit_Lambda


def _is_literal(node: gast.expr | None) -> bool:
    if not isinstance(node, gast.Constant):
        return False
    return isinstance(node.value, _LITERALS) and len(repr(node.value)) < 40


class _Coalesce:
    """Turn ``t = value; ...; x = t`` into ``x = value; ...`` where ``t`` serves for nothing else."""

    def __init__(self, function: Function, context: Context) -> None:
        self.function = function
        self.effects = Effects(function, context)
        self.context = context
        names = [node for node in gast.walk(function.tree) if isinstance(node, gast.Name)]
        self.stored = Counter(node.id for node in names if not isinstance(node.ctx, gast.Load))
        self.loaded = Counter(node.id for node in names if isinstance(node.ctx, gast.Load))

        arguments = gast.walk(function.tree.args)
        self.parameters = {node.id for node in arguments if isinstance(node, gast.Name)}
        self.renamed: dict[str, str] = {}

    def run(self) -> Function:
        body = self._block([clone(stmt) for stmt in self.function.tree.body])
        for node in (node for stmt in body for node in gast.walk(stmt)):
            if isinstance(node, gast.Name):
                while node.id in self.renamed:
                    node.id = self.renamed[node.id]
        return self.function.with_body(body)

    def _block(self, stmts: list[gast.stmt]) -> list[gast.stmt]:
        for stmt in stmts:
            for name in ("body", "orelse", "finalbody"):
                if getattr(stmt, name, None):
                    setattr(stmt, name, self._block(getattr(stmt, name)))
        index = 0
        while index < len(stmts):
            start = self._definition(stmts, index)
            if start is None:
                index += 1
            else:
                source, target = stmts[start].targets[0].id, stmts[index].targets[0].id
                stmts[start].targets[0] = stmts[index].targets[0]
                if self.loaded[source] > 1:
                    self.renamed[source] = target
                del stmts[index]
        return stmts

    def _may_rename(self, source: str, name: str) -> bool:
        """Tell whether two variables are one and the same wherever both are set."""
        if self.stored[name] != 1 or name in self.parameters:
            return False
        if name in self.renamed or source in self.renamed or name in self.renamed.values():
            return False
        visible = self.context.keep | self.context.owned
        return name in visible and source not in visible

    def _definition(self, stmts: list[gast.stmt], index: int) -> int | None:
        """Return where the temporary that statement ``index`` copies is set, if the two can be one."""
        name = defines(stmts[index])
        value = getattr(stmts[index], "value", None)
        if name is None or not isinstance(value, gast.Name):
            return None
        source = value.id
        if source in self.context.keep or source == name or self.stored[source] != 1:
            return None
        if self.loaded[source] != 1 and not self._may_rename(source, name):
            return None
        for start in range(index - 1, -1, -1):
            stmt = stmts[start]
            if defines(stmt) == source:
                return start
            written = self.effects.writes(stmt)
            if name in self.effects.reads(stmt) | written or source in written:
                return None
            tails = [node for block in blocks_of(stmt) for node in gast.walk(block[-1])]
            if any(isinstance(node, (gast.Break, gast.Continue)) for node in tails):
                return None
        return None

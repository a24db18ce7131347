"""Last touches on the final text: needless conversions of results, and comments that say nothing new.

Before::

    a_argument = a
    # line 3: y = x * w
    # line 2: x = a + 1
    return rt.finish(g * w, a_argument)

After, for an argument ``a`` that is an array of float64::

    # line 2: x = a + 1
    return g * w
"""

from __future__ import annotations

from typing import Any

import gast

from srcad.lang.function import Function
from srcad.lang.printer import Comment
from srcad.lang.walking import NodeTransformer, nodes_in
from srcad.optimize.kept_names import return_under_same_names

__all__ = ["tidy"]


def tidy(fn: Function, convertible: set[str]) -> Function:
    """Return ``fn`` without repeated comments, needless calls of ``rt.finish`` and what was kept for them.

    ``convertible`` names the arguments that are arrays of double precision.
    """
    body = fn.tree.body
    if any(isinstance(node, gast.Name) and node.id in _FITTING for stmt in body for node in nodes_in(stmt)):
        body = _Finisher(fn, convertible).visit(gast.Module(body, [])).body
    parameters = frozenset(n.id for n in nodes_in(fn.tree.args) if isinstance(n, gast.Name))
    body = return_under_same_names(_without_unread(_without_copies(body)), parameters)
    return fn.with_body(_comments(body))


class _Finisher(NodeTransformer):
    """Drops ``rt.finish(d, x)`` where ``d`` is an array that was made here and goes nowhere else."""

    def __init__(self, fn: Function, convertible: set[str]) -> None:
        self.convertible = convertible | _kept_arguments(fn.tree.body, convertible)
        self.assigned: dict[str, list[gast.AST]] = {}
        self.reads: dict[str, int] = {}
        nodes = list(nodes_in(fn.tree))
        for node in nodes:
            if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
                self.assigned.setdefault(node.targets[0].id, []).append(node.value)
            elif isinstance(node, gast.Assign):
                for name in nodes_in(node.targets[0]):
                    if isinstance(name, gast.Name) and isinstance(name.ctx, gast.Store):
                        self.assigned.setdefault(name.id, []).append(node.value)
        for node in nodes:
            if isinstance(node, (gast.Assign, gast.Return, gast.Call, gast.Tuple, gast.List, gast.Dict)):
                for child in _direct(node):
                    self.reads[child] = self.reads.get(child, 0) + 1

    def visit_Call(self, node: gast.Call) -> gast.AST:
        self.generic_visit(node)
        if not (isinstance(node.func, gast.Name) and node.func.id in _FITTING):
            return node
        gradient, argument = node.args
        if not (isinstance(argument, gast.Name) and argument.id in self.convertible):
            return node
        if isinstance(gradient, gast.Name):
            values = self.assigned.get(gradient.id, [])
            fresh = bool(values) and all(_is_fresh(v) for v in values) and self.reads.get(gradient.id) == 1
            return gradient if fresh else node
        # What is to be fitted as soon as it is made may not have its shape yet.
        return gradient if node.func.id == "rt.finish" and _is_fresh(gradient) else node


def _kept_arguments(body: list[gast.stmt], arguments: set[str]) -> set[str]:
    """Return the names under which the arguments are kept, where copies get their own names."""
    found: set[str] = set()
    written: set[str] = set()
    for stmt in body:
        if not isinstance(stmt, gast.Assign):
            break
        target, value = stmt.targets[0], stmt.value
        if isinstance(target, gast.Name) and isinstance(value, gast.Name) and value.id in arguments - written:
            found.add(target.id)
        written |= {n.id for n in nodes_in(target) if isinstance(n, gast.Name)}
    return found


def _without_copies(body: list[gast.stmt]) -> list[gast.stmt]:
    """Put the variables themselves in the place of their copies in the last statements."""
    start = len(body)
    while start > 0 and isinstance(body[start - 1], (gast.Assign, gast.Return)):
        start -= 1
    stored: dict[str, int] = {}
    latest: dict[str, int] = {}
    for k, stmt in enumerate(body):
        for node in nodes_in(stmt):
            if isinstance(node, gast.Name) and _is_store(node):
                stored[node.id] = stored.get(node.id, 0) + 1
                latest[node.id] = k
    renamed: dict[str, str] = {}
    result = body[:start]
    for place, stmt in enumerate(body[start:], start):
        for node in nodes_in(stmt):
            if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Load):
                node.id = renamed.get(node.id, node.id)
        target = stmt.targets[0] if isinstance(stmt, gast.Assign) else None
        if isinstance(target, gast.Name) and isinstance(stmt.value, gast.Name):
            if stored[target.id] == 1 and latest.get(stmt.value.id, -1) < place:
                renamed[target.id] = stmt.value.id
                continue
        result.append(stmt)
    return result


def _without_unread(body: list[gast.stmt]) -> list[gast.stmt]:
    """Leave out the arguments that were kept at the entry for a conversion that is gone."""
    reads = {n.id for s in body for n in nodes_in(s) if isinstance(n, gast.Name) and not _is_store(n)}
    start = 0
    while start < len(body) and _is_copy(body[start]):
        start += 1
    return [stmt for stmt in body[:start] if stmt.targets[0].id in reads] + body[start:]


def _is_copy(stmt: gast.stmt) -> bool:
    if not isinstance(stmt, gast.Assign) or len(stmt.targets) != 1:
        return False
    return isinstance(stmt.targets[0], gast.Name) and isinstance(stmt.value, gast.Name)


def _is_store(node: gast.Name) -> bool:
    return isinstance(node.ctx, gast.Store)


def _direct(node: Any) -> list[str]:
    """The names whose object the node hands on as it is."""
    if isinstance(node, (gast.Assign, gast.Return)):
        parts = [node.value]
    elif isinstance(node, gast.Call):
        parts = list(node.args) if isinstance(node.func, gast.Name) and node.func.id.startswith("rt.") else []
    elif isinstance(node, gast.Dict):
        parts = list(node.values)
    else:
        parts = list(node.elts)
    return [p.id for p in parts if isinstance(p, gast.Name) and isinstance(p.ctx, gast.Load)]


def _is_fresh(node: gast.AST) -> bool:
    """Tell whether an expression surely makes a new array."""
    if isinstance(node, (gast.BinOp, gast.UnaryOp)):
        return not isinstance(node, gast.UnaryOp) or isinstance(node.op, gast.USub)
    if not isinstance(node, gast.Call):
        return False
    has_axis = any(keyword.arg == "axis" for keyword in node.keywords)
    if isinstance(node.func, gast.Attribute):
        return node.func.attr == "copy" or (node.func.attr == "sum" and has_axis)
    if not isinstance(node.func, gast.Name):
        return False
    return (node.func.id == "np.sum" and has_axis) or node.func.id in _FRESH


_FITTING = ("rt.finish", "rt.fitted")
_FRESH = {
    "rt.fitted",
    "np.zeros_like",
    "np.ones_like",
    "np.full_like",
    "rt.zeros_like",
    "np.outer",
    "np.tensordot",
    "np.zeros",
    "np.copy",
}


def _comments(body: list[gast.stmt], latest: str | None = None) -> list[gast.stmt]:
    """Return a block without comments that head nothing, or say again what the latest one says."""
    out: list[gast.stmt] = []
    for position, stmt in enumerate(body):
        if _is_comment(stmt):
            following = body[position + 1] if position + 1 < len(body) else None
            text = stmt.value.value
            if following is None or _is_comment(following) or text == latest or _only_returns(following):
                continue
            latest = text
        for part in ("body", "orelse", "finalbody"):
            inner = getattr(stmt, part, None)
            if inner and not isinstance(stmt, gast.Expr):
                setattr(stmt, part, _comments(inner, latest if isinstance(stmt, gast.If) else None))
        out.append(stmt)
    return out


def _only_returns(stmt: gast.stmt) -> bool:
    """Tell whether a statement returns what was computed before."""
    value = stmt.value if isinstance(stmt, gast.Return) else None
    parts = value.elts if isinstance(value, gast.Tuple) else [value]
    return all(isinstance(part, gast.Name) for part in parts)


def _is_comment(stmt: gast.AST | None) -> bool:
    return (
        isinstance(stmt, gast.Expr)
        and isinstance(stmt.value, gast.Constant)
        and isinstance(stmt.value.value, Comment)
    )

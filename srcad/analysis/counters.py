"""Variables that count or select, and so have no derivative even where they are numbers."""

from __future__ import annotations

import inspect

import gast

from srcad.lang.function import Function
from srcad.lang.walking import nodes_in
from srcad.rules import registry

__all__ = ["counting_variables", "numbers_in_results"]


def counting_variables(fn: Function) -> set[str]:
    """Return the variables that are used as the bound of a range, as an index, as a length, or as what a rule selects by.

    Examples
    --------
    >>> from srcad.frontend import normalize
    >>> from srcad.analysis import counters
    >>> sorted(counting_variables(normalize(counters._example)))
    ['n']
    """
    statics = fn.scope.statics
    found: set[str] = set()
    lists = _lists(fn)
    for node in nodes_in(fn.tree):
        if isinstance(node, gast.Subscript):
            found |= _names(node.slice)
        elif isinstance(node, gast.BinOp) and isinstance(node.op, gast.Mult):
            left, right = (
                isinstance(e, gast.List) or getattr(e, "id", "") in lists for e in (node.left, node.right)
            )
            found |= (_names(node.right) if left else set()) | (_names(node.left) if right else set())
        elif isinstance(node, gast.Call) and isinstance(node.func, gast.Name):
            function = statics.get(node.func.id)
            if (
                function is range
                or registry.is_constant(function)
                and function not in (float, print, str, repr)
            ):
                found |= {name for argument in node.args for name in _names(argument)}
            found |= _selecting(node, registry.find(function))
        elif isinstance(node, gast.Assign) and isinstance(node.value, gast.Tuple):
            shape = all(isinstance(e, (gast.Name, gast.Constant)) for e in node.value.elts)
            if shape and any(isinstance(e, gast.Constant) and type(e.value) is int for e in node.value.elts):
                found |= _names(node.value)
    return found


def _lists(fn: Function) -> set[str]:
    """Return the variables that name nothing but lists that are written out: how often they are repeated is a count."""
    lists: set[str] = set()
    others: set[str] = set()
    for node in nodes_in(fn.tree):
        if isinstance(node, gast.Assign):
            (lists if isinstance(node.value, gast.List) else others).update(*map(_names, node.targets))
        elif isinstance(node, (gast.AugAssign, gast.For)):
            others |= _names(node.target)
    return lists - others - _names(fn.tree.args)


def numbers_in_results(fn: Function) -> set[str]:
    """Return the variables whose values the results are computed from, beside what they count or select.

    Examples
    --------
    >>> from srcad.frontend import normalize
    >>> from srcad.analysis import counters
    >>> sorted(numbers_in_results(normalize(counters._example)) & {"n", "x"})
    ['x']
    """
    flows: dict[str, set[str]] = {}
    used: set[str] = set()
    for node in nodes_in(fn.tree):
        if isinstance(node, (gast.Assign, gast.AugAssign)):
            target = node.targets[0] if isinstance(node, gast.Assign) else node.target
            operands = _operands(node.value, fn)
            if isinstance(target, gast.Name):
                flows.setdefault(target.id, set()).update(operands)
            elif isinstance(target, gast.Tuple):
                for element in _names(target):
                    flows.setdefault(element, set()).update(operands)
            else:
                used |= operands
        elif isinstance(node, gast.For):
            for element in _names(node.target):
                flows.setdefault(element, set()).update(_operands(node.iter, fn))
        elif isinstance(node, (gast.Return, gast.Expr)) and node.value is not None:
            used |= _operands(node.value, fn)
    pending = list(used)
    while pending:
        found = flows.get(pending.pop(), set()) - used
        used |= found
        pending += found
    return used


def _operands(node: gast.AST, fn: Function) -> set[str]:
    """Return the variables from whose values an operation computes numbers."""
    if isinstance(node, (gast.Compare, gast.JoinedStr)):
        return set()
    if isinstance(node, gast.Subscript):
        return _names(node.value)
    if not isinstance(node, gast.Call):
        return _names(node)
    function = fn.scope.statics.get(getattr(node.func, "id", ""))
    if function is range or function is not None and registry.is_constant(function):
        return set()
    return _names(node) - _selecting(node, registry.find(function))


def _selecting(node: gast.Call, rule: registry.Rule | None) -> set[str]:
    """Return the arguments that the rule of a function has no derivative for."""
    if rule is None or any(isinstance(argument, gast.Starred) for argument in node.args):
        return set()
    try:
        bound = inspect.Signature(rule.parameters).bind(*node.args, **{k.arg: k.value for k in node.keywords})
    except TypeError:
        return set()
    plain = ((p, a) for p, a in bound.arguments.items() if p not in rule.wrt and isinstance(a, gast.Name))
    return {argument.id for _, argument in plain}


def _names(node: gast.AST) -> set[str]:
    return {n.id for n in nodes_in(node) if isinstance(n, gast.Name)}


def _example(x: float, n: int) -> float:
    total = 0.0
    for _ in range(n):
        total = total + x
    return total

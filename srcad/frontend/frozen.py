"""Distributions with fixed parameters: their methods are those of the distribution, with the parameters behind.

Before::

    d = scipy.stats.norm(m, scale=s)
    y = d.logpdf(x)

After::

    y = scipy.stats.norm.logpdf(x, m, scale=s)

>>> from scipy import stats
>>> from srcad.frontend.stages import after
>>> text = '''
... def f(x, m, s):
...     d = stats.norm(m, scale=s)
...     return d.logpdf(x)'''
>>> print(after("call_frozen_distributions", text, stats=stats))
def f(x, m, s):
    t = scipy.stats.norm.logpdf(x, m, scale=s)
    return t
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import gast

from srcad.frontend.statics import refer
from srcad.lang.function import Function
from srcad.lang.walking import NodeTransformer, nodes_in

__all__ = ["call_frozen_distributions"]

_OF_A_VALUE = frozenset("pdf logpdf pmf logpmf cdf logcdf sf logsf ppf isf".split())
_OF_THEMSELVES = frozenset("mean var std entropy median".split())


def call_frozen_distributions(fn: Function) -> Function:
    """Return ``fn`` with calls of the methods of distributions for those of the same with fixed parameters."""
    statics = fn.scope.statics
    if not any(map(_is_distribution, statics.values())):
        return fn
    stores = Counter(
        n.id for n in nodes_in(fn.tree) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Store)
    )
    frozen: dict[str, gast.Call] = {}
    for node in nodes_in(fn.tree):
        if isinstance(node, gast.Assign) and isinstance(node.value, gast.Call):
            target, made = node.targets[0], node.value
            if isinstance(target, gast.Name) and stores[target.id] == 1 and _freezes(made, statics, stores):
                frozen[target.id] = made
    called = Counter(base for base in map(_receiver, nodes_in(fn.tree)) if base in frozen)
    loads = Counter(
        n.id for n in nodes_in(fn.tree) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Load)
    )
    whole = {name: made for name, made in frozen.items() if called[name] == loads[name]}
    if not whole:
        return fn
    tree = _Caller(whole, fn).visit(fn.tree)
    return fn.with_body(tree.body)


def _is_distribution(value: Any) -> bool:
    return type(value).__module__.startswith("scipy.stats.") and callable(getattr(value, "freeze", value))


def _freezes(node: gast.Call, statics: dict[str, Any], stores: Counter[str]) -> bool:
    """Tell whether a call makes a distribution with fixed parameters, which are not bound again."""
    if not isinstance(node.func, gast.Name) or not _is_distribution(statics.get(node.func.id)):
        return False
    values = [*node.args, *(k.value for k in node.keywords)]
    if any(k.arg is None for k in node.keywords) or any(isinstance(a, gast.Starred) for a in node.args):
        return False
    return all(isinstance(v, gast.Constant) or stores[getattr(v, "id", "")] <= 1 for v in values)


def _receiver(node: gast.AST) -> str | None:
    """Return the variable whose method, one of a value or without an argument, is called."""
    if not isinstance(node, gast.Call) or not isinstance(node.func, gast.Attribute) or node.keywords:
        return None
    is_known = node.func.attr in (_OF_A_VALUE, _OF_THEMSELVES)[not node.args] and len(node.args) <= 1
    return getattr(node.func.value, "id", None) if is_known else None


class _Caller(NodeTransformer):
    def __init__(self, frozen: dict[str, gast.Call], fn: Function) -> None:
        self.frozen, self.fn = frozen, fn

    def visit_Assign(self, node: gast.Assign) -> Any:
        if getattr(node.targets[0], "id", None) in self.frozen:
            return None
        return self.generic_visit(node)

    def visit_Call(self, node: gast.Call) -> gast.AST:
        made = self.frozen.get(_receiver(node) or "")
        if made is None:
            return node
        method = getattr(self.fn.scope.statics[made.func.id], node.func.attr)
        name = refer(self.fn.scope, method, f"{made.func.id}.{node.func.attr}")
        func = gast.copy_location(gast.Name(name, gast.Load(), None, None), node)
        return gast.copy_location(gast.Call(func, [*node.args, *made.args], list(made.keywords)), node)

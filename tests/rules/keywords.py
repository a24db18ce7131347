"""Which parameters of which functions a call names: calls are texts, read as a program's reader would."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from inspect import Parameter
from typing import Any

import numpy as np

from srcad.rules import registry
from srcad.rules.registry import Rule
from tests.rules.harness import bound_arguments
from tests.rules.samples import SAMPLES

__all__ = ["documented", "named_in", "sampled"]

OPTIONS_OF_UFUNCS = (
    "out",
    "where",
    "casting",
    "order",
    "dtype",
    "subok",
    "signature",
    "axes",
    "axis",
    "keepdims",
)


def documented(rule: Rule) -> list[str]:
    """Return the parameters that a function documents, without those that gather others."""
    try:
        own = list(inspect.signature(rule.primal).parameters.values())
    except (TypeError, ValueError):
        own = []
    gathering = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
    names = [p.name for p in (*own, *rule.parameters) if p.kind not in gathering]
    excluded = OPTIONS_OF_UFUNCS if isinstance(rule.primal, np.ufunc) else ()
    return [name for name in dict.fromkeys(names) if name not in excluded]


def sampled() -> dict[int, set[str]]:
    """Return the parameters that a sample gives, by the identity of the rule."""
    found: dict[int, set[str]] = {}
    for sample in SAMPLES:
        rule = registry.find(sample.function)
        assert rule is not None
        found.setdefault(id(rule), set()).update(bound_arguments(rule, sample))
    return found


def named_in(text: str, space: dict[str, Any]) -> Iterator[tuple[Rule, set[str]]]:
    """Yield the rule of each function that a text calls, with the parameters that it gives."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        called, held = _called(node.func, space)
        rule = registry.find(called)
        if rule is None:
            continue
        given = {keyword.arg for keyword in node.keywords if keyword.arg is not None}
        kinds = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
        places = [p.name for p in rule.parameters if p.kind in kinds]
        gathered = [p.name for p in rule.parameters if p.kind is Parameter.VAR_POSITIONAL]
        yield rule, given | set(places[: len(node.args) + held]) | set(gathered)


def _called(node: ast.expr, space: dict[str, Any]) -> tuple[Any, int]:
    """Return what a call calls, and 1 if it is a method, whose receiver is an argument."""
    if isinstance(node, ast.Attribute):
        try:
            base = eval(ast.unparse(node.value), dict(space))
        except NameError:  # a parameter of a lambda
            return None, 0
        if isinstance(base, (np.ndarray, np.random.Generator, np.random.RandomState)):
            return getattr(type(base), node.attr), 1
        unbound = getattr(type(base), node.attr, None)
        is_own = registry.find(unbound) is not None and registry.find(getattr(base, node.attr)) is None
        return (unbound, 1) if is_own else (getattr(base, node.attr), 0)
    try:
        called = eval(ast.unparse(node), dict(space))
    except (NameError, SyntaxError):
        return None, 0
    unbound = inspect.getattr_static(type(called), "__call__", None)
    return (
        (unbound, 1) if registry.find(called) is None and registry.find(unbound) is not None else (called, 0)
    )

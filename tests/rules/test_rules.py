"""Every derivative rule: right at its samples, complete, closed under differentiation, NumPy's own parameters."""

from __future__ import annotations

import ast
import builtins
import inspect
import math
import textwrap
import warnings
from collections.abc import Iterator
from inspect import Parameter
from typing import Any

import numpy as np
import pytest

from srcad import rules
from srcad.rules import registry
from srcad.rules.registry import Rule
from tests.rules.harness import Sample, active, check_dtype, check_forward, check_reverse
from tests.rules.samples import SAMPLES, title

# Rules of functions that take functions or make objects are checked as programs, in test_scipy_programs.py.
OF_PROGRAMS = ("scipy_integrate", "scipy_interpolate", "scipy_optimize")
# Those of their derivatives are checked as programs too, in test_scipy_second_order.py; the order after may be refused.
OF_SECOND_ORDER = tuple(f"{topic}_second" for topic in OF_PROGRAMS)
registry.provide()


def is_checked_here(rule: Rule) -> bool:
    package, _, topic = rule.reverse.__module__.rpartition(".")
    return package == "srcad.rules" and topic not in OF_PROGRAMS


RULES = [rule for rule in registry.registered() if is_checked_here(rule)]
RULE_FUNCTIONS = {f for rule in RULES for f in (rule.reverse, *rule.forward.values())}
PYTHON = ("range", "len", "zip", "enumerate", "list", "tuple", "reversed", "sum", "min", "max")


def name_of(rule: Rule) -> str:
    return f"{rule.reverse.__module__.split('.')[-1]}.{rule.reverse.__name__}"


def is_of_second_order(rule: Rule) -> bool:
    return rule.reverse.__module__.rpartition(".")[2] in OF_SECOND_ORDER


def rule_of(sample: Sample) -> Rule:
    rule = registry.find(sample.function)
    assert rule is not None, f"{sample} has no rule"
    return rule


@pytest.mark.parametrize("sample", SAMPLES, ids=title)
def test_rule_agrees_with_differences(sample: Sample) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_reverse(rule_of(sample), sample)


def has_forward(sample: Sample) -> bool:
    rule = registry.find(sample.function)
    return rule is not None and all(rule.has_forward(parameter) for parameter in active(rule, sample))


@pytest.mark.parametrize("sample", [s for s in SAMPLES if has_forward(s)], ids=title)
def test_forward_is_the_transpose_of_reverse(sample: Sample) -> None:
    check_forward(rule_of(sample), sample)


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_rule_has_a_forward_form(rule: Rule) -> None:
    missing = [parameter for parameter in rule.wrt if not rule.has_forward(parameter)]
    assert not missing


@pytest.mark.parametrize("sample", SAMPLES, ids=title)
def test_float32_stays_float32(sample: Sample) -> None:
    check_dtype(rule_of(sample), sample)


def test_float32_is_checked_for_most_samples() -> None:
    checked = [sample for sample in SAMPLES if check_dtype(rule_of(sample), sample)]
    assert len(checked) > 0.6 * len(SAMPLES)


def test_every_rule_has_a_sample() -> None:
    sampled = {id(rule_of(sample)) for sample in SAMPLES}
    missing = [name_of(rule) for rule in RULES if id(rule) not in sampled and not is_of_second_order(rule)]
    assert not missing, f"rules without a sample: {missing}"


def calls_of(function: Any) -> Iterator[tuple[str, Any]]:
    """Yield the text of each call in a rule and what is called, also in the plain functions it calls."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    body = tree.body[0]
    assert isinstance(body, ast.FunctionDef)
    local = {n.id for n in ast.walk(body) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    local |= set(inspect.signature(function).parameters)
    for node in ast.walk(ast.Module(body.body, [])):
        if not isinstance(node, ast.Call):
            continue
        text = ast.unparse(node.func)
        assert text.split(".")[0] not in local, f"{text}: write it as a function"
        if text in PYTHON:
            continue
        callee = eval(text, {**vars(builtins), **function.__globals__})
        module = getattr(callee, "__module__", None) or ""
        is_part = module.startswith("srcad.rules.") and callee not in RULE_FUNCTIONS
        if is_part and callee is not function:
            yield from calls_of(callee)
        else:
            yield text, callee


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_what_a_rule_calls_can_be_differentiated(rule: Rule) -> None:
    for function in (rule.reverse, *rule.forward.values()):
        for text, callee in calls_of(function):
            known = registry.find(callee) is not None or registry.is_constant(callee)
            known |= is_of_second_order(rule) and registry.reason_refused(callee) is not None
            assert known or callee in RULE_FUNCTIONS, f"{text} has no rule and is not constant"


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_rule_has_the_parameters_of_its_primal(rule: Rule) -> None:
    names = [p.name for p in rule.parameters]
    assert set(rule.wrt) <= set(names)
    assert set(rule.refused) <= set(names)
    try:
        expected = inspect.signature(rule.primal).parameters
    except (TypeError, ValueError):
        return
    if rule.primal is np.arange:
        return  # which takes start=..., other than its signature says
    if isinstance(getattr(rule.primal, "__self__", None), np.ufunc):
        return  # NumPy's signatures of the methods of ufuncs leave out most parameters
    if next(iter(expected.values())).kind is Parameter.VAR_POSITIONAL and names[0] not in expected:
        return  # np.einsum(*operands), whose first operand is the subscripts
    if any(p.kind is Parameter.VAR_KEYWORD for p in expected.values()):
        own = [p.name for p in expected.values() if p.kind is Parameter.POSITIONAL_OR_KEYWORD]
        assert names[: len(own)] == own
        return  # scipy.stats.norm.pdf(x, *args, **kwds), whose parameters are loc and scale
    fixed = [p.name for p in rule.parameters if p.kind is Parameter.POSITIONAL_OR_KEYWORD]
    positional = [
        p.name
        for p in expected.values()
        if p.kind in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    ]
    assert fixed == positional[: len(fixed)]
    for parameter in rule.parameters:
        if rule.primal is math.nextafter and parameter.name == "steps":
            continue  # from Python 3.12 on
        assert parameter.name in expected
        if parameter.kind not in (Parameter.POSITIONAL_OR_KEYWORD,):
            assert parameter.kind is expected[parameter.name].kind
        elif parameter.default is not Parameter.empty and parameter.name != "value":
            default = repr(expected[parameter.name].default)
            assert default in (repr(parameter.default), "<no value>"), parameter.name


def test_no_function_is_both_constant_and_ruled() -> None:
    assert not [name_of(rule) for rule in RULES if registry.is_constant(rule.primal)]


def test_importing_the_package_imports_every_topic() -> None:
    topics = {name_of(rule).split(".")[0] for rule in RULES}
    assert {topic for topic in topics if not topic.startswith("scipy")} <= set(rules.__all__)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda ans, g, a, axis=None: g * np.ones(np.shape(a)) * 1.001,
        lambda ans, g, a, axis=None: np.broadcast_to(-g, np.shape(a)),
        lambda ans, g, a, axis=None: g,
        lambda ans, g, a, axis=None: np.broadcast_to(g * 1j, np.shape(a)),
    ],
    ids=["factor", "sign", "shape", "complex"],
)
def test_a_wrong_rule_is_caught(wrong: Any) -> None:
    right = Rule(np.sum, ("a",), "vjp", lambda ans, g, a, axis=None: np.broadcast_to(g, np.shape(a)))
    sample = Sample(np.sum, (np.array([[0.3, 1.2], [0.4, 2.0]]),))
    check_reverse(right, sample)
    with pytest.raises(AssertionError):
        check_reverse(Rule(np.sum, ("a",), "vjp", wrong), sample)


def test_a_rule_that_loses_float32_is_caught() -> None:
    wrong = Rule(np.sin, ("x",), "elementwise", lambda ans, x: np.cos(x.astype(np.float64)))
    with pytest.raises(AssertionError):
        check_dtype(wrong, Sample(np.sin, (np.array([0.3, 0.4]),)))

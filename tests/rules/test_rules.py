"""Every derivative rule: right at its samples, complete, closed under differentiation, NumPy's own parameters."""

from __future__ import annotations

import ast
import builtins
import inspect
import textwrap
import warnings
from inspect import Parameter
from typing import Any

import numpy as np
import pytest

from srcad import rules
from srcad.rules import registry
from srcad.rules.registry import Rule
from tests.rules.harness import Sample, active, check_dtype, check_forward, check_reverse, gradients
from tests.rules.samples import SAMPLES, title

RULED = all(registry.find(sample.function) is not None for sample in SAMPLES)
# Rules of functions that take functions or make objects are checked as programs, in test_scipy_programs.py.
OF_PROGRAMS = ("scipy_integrate", "scipy_interpolate", "scipy_optimize")
RULES = [
    rule for rule in registry.registered() if rule.reverse.__module__.rpartition(".")[2] not in OF_PROGRAMS
]
RULE_FUNCTIONS = {f for rule in RULES for f in (rule.reverse, *rule.forward.values())}
PYTHON = ("range", "len", "zip", "enumerate", "list", "tuple", "reversed", "sum", "min", "max")


def name_of(rule: Rule) -> str:
    return f"{rule.reverse.__module__.split('.')[-1]}.{rule.reverse.__name__}"


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
    missing = [name_of(rule) for rule in RULES if id(rule) not in sampled]
    assert not missing, f"rules without a sample: {missing}"


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_what_a_rule_calls_can_be_differentiated(rule: Rule) -> None:
    for function in (rule.reverse, *rule.forward.values()):
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
        body = tree.body[0]
        assert isinstance(body, ast.FunctionDef)
        local = {
            node.id
            for node in ast.walk(body)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        for node in ast.walk(ast.Module(body.body, [])):
            if not isinstance(node, ast.Call):
                continue
            text = ast.unparse(node.func)
            base = text.split(".")[0]
            assert base not in local | {p.name for p in rule.parameters}, f"{text}: write it as a function"
            if text not in PYTHON:
                callee = eval(text, {**vars(builtins), **function.__globals__})
                known = registry.find(callee) is not None or registry.is_constant(callee)
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
        assert parameter.name in expected
        if parameter.kind not in (Parameter.POSITIONAL_OR_KEYWORD,):
            assert parameter.kind is expected[parameter.name].kind
        elif parameter.default is not Parameter.empty and parameter.name not in (
            "keepdims",
            "value",
            "a_min",
            "a_max",
        ):
            assert repr(parameter.default) == repr(expected[parameter.name].default), parameter.name


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


# -- conventions -------------------------------------------------------------------------------------


def gradient_at(function: Any, *args: Any, g: Any = 1.0, **kwargs: Any) -> dict[str, Any]:
    """Return the gradients of one rule, with warnings as errors."""
    sample = Sample(function, args, kwargs)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return gradients(rule_of(sample), sample, g)


def test_ties_are_shared_equally() -> None:
    tied = gradient_at(np.maximum, np.array([1.0, 2.0]), np.array([1.0, 3.0]), g=np.ones(2))
    np.testing.assert_array_equal(tied["x1"], [0.5, 0.0])
    np.testing.assert_array_equal(tied["x2"], [0.5, 1.0])
    assert gradient_at(np.minimum, 1.0, 1.0) == {"x1": 0.5, "x2": 0.5}
    np.testing.assert_array_equal(gradient_at(np.max, np.array([3.0, 1.0, 3.0]))["a"], [0.5, 0.0, 0.5])
    np.testing.assert_array_equal(gradient_at(np.clip, np.array([1.0]), 1.0, 2.0, g=np.ones(1))["a"], [0.5])
    infinite = np.array([np.inf, -np.inf])
    np.testing.assert_array_equal(gradient_at(np.maximum, infinite, infinite, g=np.ones(2))["x1"], [0.5, 0.5])


@pytest.mark.parametrize("zero", [0.0, np.float64(0.0), np.zeros(2)], ids=["float", "scalar", "array"])
def test_absolute_values_and_norms_at_zero(zero: Any) -> None:
    assert not np.any(gradient_at(np.absolute, zero)["x"])
    assert not np.any(gradient_at(abs, zero)["x"])
    assert not np.any(gradient_at(np.hypot, zero, zero)["x1"])
    assert not np.any(gradient_at(np.linalg.norm, np.zeros(3))["x"])
    assert not np.any(gradient_at(np.std, np.ones(3))["a"])


@pytest.mark.parametrize("zero", [0.0, np.float64(0.0), np.zeros(2)], ids=["float", "scalar", "array"])
def test_powers_at_zero(zero: Any) -> None:
    for exponent, expected in ((0, 0), (0.0, 0), (1, 1), (1.0, 1), (2, 0), (2.0, 0), (0.5, np.inf)):
        found = gradient_at(np.power, zero, exponent)
        assert np.all(found["x1"] == expected), exponent
        assert np.all(np.isfinite(found["x2"])), exponent
    if isinstance(zero, np.ndarray):
        found = gradient_at(np.power, zero, np.array([0.0, 2.0]), g=np.ones(2))
        np.testing.assert_array_equal(found["x1"], [0.0, 0.0])


def test_where_cuts_what_was_not_taken() -> None:
    g = np.array([np.inf, np.nan, 1.0])
    found = gradient_at(np.where, np.array([False, False, True]), np.ones(3), np.ones(3), g=g)
    np.testing.assert_array_equal(found["x"], [0.0, 0.0, 1.0])


def test_integers_get_floating_gradients() -> None:
    found = gradient_at(np.power, np.array([1, 2, 3]), 2, g=np.ones(3))
    np.testing.assert_array_equal(found["x1"], [2.0, 4.0, 6.0])
    assert gradient_at(np.maximum, np.array([1, 2]), 2, g=np.ones(2))["x1"].dtype == np.float64
    assert gradient_at(np.max, np.array([1, 2, 2]))["a"].dtype == np.float64


def test_the_gradient_of_a_cast_to_integers_is_zero() -> None:
    assert not np.any(gradient_at(np.ndarray.astype, np.array([0.5, 1.5]), int, g=np.ones(2))["self"])

"""The kind of the result of each function that has a rule is true, and says something."""

from __future__ import annotations

import math

import numpy as np
import pytest

from srcad.analysis.kinds import Kind
from srcad.rules import registry
from tests.analysis.containment import contains, function_of, kinds_of, result_kind
from tests.rules.harness import Sample, bound_arguments
from tests.rules.samples import SAMPLES, title
from tests.rules.test_compiled import path_of, program

NAMED = [sample for sample in SAMPLES if path_of(sample.function) is not None]
OF_UNKNOWN_LENGTH = (np.unstack,)


def is_unknown(kind: Kind) -> bool:
    """Tell whether nothing is known of a value, or of what a tuple or list holds."""
    if kind.name in ("tuple", "list"):
        return kind.items is None or any(map(is_unknown, kind.items))
    return kind.name == "any"


@pytest.mark.parametrize("sample", NAMED, ids=title)
def test_kind_of_a_function_with_a_rule(sample: Sample) -> None:
    rule = registry.find(sample.function)
    assert rule is not None
    text, names = program(sample)
    bound = bound_arguments(rule, sample)
    function = function_of(text.replace("def program", "def f", 1), math=math)
    arguments = [bound[name] for name in names]

    kind = kinds_of(function, *arguments)[1]

    value = function(*arguments)
    assert contains(kind, value), f"{value!r} is not {kind!r}"
    assert sample.function in OF_UNKNOWN_LENGTH or not is_unknown(kind)


class Opaque:
    """A value of which nothing is known."""


A = np.array([[2.0, 0.3], [0.3, 1.5]])
V = np.array([0.2, 0.9])


@pytest.mark.parametrize(
    "expression",
    [
        "scipy.linalg.cho_factor(a)", "scipy.linalg.cho_factor(a, lower=True)[0]", "scipy.linalg.lu_factor(a)",
        "scipy.linalg.eigh(a)",
        "scipy.linalg.eigh(a, eigvals_only=True)", "scipy.linalg.eigh(a, a)", "scipy.linalg.eig(a)",
        "scipy.linalg.eig(a, left=True)", "scipy.linalg.svd(a)", "scipy.linalg.svd(a, compute_uv=False)",
        "scipy.linalg.qr(a)", "scipy.linalg.qr(a, mode='r')", "scipy.linalg.qr(a, pivoting=True)",
        "scipy.linalg.qr(a, mode='economic')", "scipy.linalg.solve(a, v)", "scipy.linalg.expm(a)",
        "scipy.special.logsumexp(v)", "scipy.special.logsumexp(v, return_sign=True)", "scipy.special.softmax(v)",
        "scipy.special.gamma(v)", "scipy.special.airy(v)", "scipy.stats.norm.logpdf(v)", "scipy.signal.convolve(v, v)",
        "scipy.ndimage.gaussian_filter(v, 1.0)", "scipy.integrate.quad(np.sin, 0.0, 1.0)",
        "scipy.optimize.brentq(np.cos, 1.0, 2.0)", "scipy.optimize.newton(np.cos, 1.5)",
    ],
)  # fmt: skip
def test_kind_of_a_function_of_scipy(expression: str) -> None:
    scipy = pytest.importorskip("scipy")
    for topic in ("integrate", "linalg", "ndimage", "optimize", "signal", "special", "stats"):
        pytest.importorskip(f"scipy.{topic}")
    function = function_of(f"def f(a, v):\n    return {expression}\n", scipy=scipy)

    kind = kinds_of(function, A, V)[1]

    assert not is_unknown(kind)
    assert contains(kind, function(A, V)), f"{function(A, V)!r} is not {kind!r}"


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("divmod(x, 2.0)[1]", "float"), ("pow(x, 2)", "float"), ("math.modf(x)[0]", "float"),
        ("math.frexp(x)[1]", "int"), ("complex(x, 1.0)", "number"), ("math.prod([x, 2.0])", "number"),
    ],
)  # fmt: skip
def test_kind_of_a_builtin(expression: str, name: str) -> None:
    function = function_of(f"def f(x):\n    return {expression}\n", math=math)

    kind = kinds_of(function, 2.5)[1]

    assert kind.name == name
    assert contains(kind, function(2.5))


def test_fields_of_a_namedtuple_are_known() -> None:
    assert result_kind("np.linalg.eigh(a).eigenvalues", a=A).dims == ("N",)
    assert result_kind("np.linalg.svd(a).S", a=A).dtype == "float64"
    assert result_kind("np.linalg.slogdet(a).logabsdet", a=A).name == "float"


def test_a_decomposition_of_what_is_not_known_is_a_tuple_of_numbers() -> None:
    kind = result_kind("np.linalg.eigh(unknown)", unknown=Opaque())

    assert [item.name for item in kind.items or ()] == ["number", "number"]


def test_a_transposed_array_keeps_its_dtype() -> None:
    assert result_kind("a.T", a=A).dtype == "float64"
    assert result_kind("np.squeeze(w).T", w=np.ones((2, 2, 1))).dtype == "float64"


def test_a_comparison_of_numbers_of_unknown_rank_is_known_to_hold_flags() -> None:
    assert result_kind("np.squeeze(w) > 0.0", w=np.ones((2, 2, 1))).dtype == "bool"

"""Every program of the corpus in forward mode: value, tangent, structure, and arguments left alone."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest

from srcad.api import vjp
from srcad.operators import jvp
from tests.programs.corpus import PROGRAMS, Program
from tests.programs.numerical import assert_like, direction_of, leaves, numerical_gradient, pairing
from tests.programs.test_programs import TOPICS

assert TOPICS, "importing the test of reverse mode fills the corpus"


@pytest.mark.parametrize("entry", PROGRAMS, ids=lambda entry: entry.label)
def test_tangent(entry: Program) -> None:
    before = copy.deepcopy(entry.args)
    expected = entry.function(*copy.deepcopy(entry.args))
    direction = direction_of(entry.args)

    value, tangent = jvp(entry.function, entry.args, direction)

    assert dict_of(value) == dict_of(expected)
    np.testing.assert_equal(dict_of(entry.args), dict_of(before), "the arguments were changed")
    assert_like(tangent, expected)
    cotangent = direction_of(expected)
    numerical = numerical_gradient(entry.function, entry.args, cotangent)
    weights = dict(leaves(direction))
    along = sum(float(np.sum(numbers * weights[path])) for path, numbers in numerical.items())
    single = any(np.asarray(leaf).dtype == np.float32 for _, leaf in leaves((entry.args, expected)))
    assert math.isclose(pairing(tangent, cotangent), along, rel_tol=1e-3 if single else 1e-5, abs_tol=1e-7)


@pytest.mark.parametrize("entry", PROGRAMS, ids=lambda entry: entry.label)
def test_tangent_is_adjoint_to_the_gradient(entry: Program) -> None:
    expected = entry.function(*copy.deepcopy(entry.args))
    direction, cotangent = direction_of(entry.args), direction_of(expected)

    _, tangent = jvp(entry.function, entry.args, direction)
    gradients = vjp(entry.function, *entry.args)[1](cotangent)

    forwards = pairing(tangent, cotangent)
    backwards = pairing(direction, gradients)
    assert math.isclose(forwards, backwards, rel_tol=1e-5, abs_tol=1e-7)


WITH_COMPLEX = [
    entry
    for entry in PROGRAMS
    if entry.label.startswith("complex_programs") and [np.ndim(a) > 0 for a in entry.args] == [True, True]
]


@pytest.mark.parametrize("entry", WITH_COMPLEX, ids=lambda entry: entry.label)
def test_tangent_by_one_argument(entry: Program) -> None:
    """A complex array whose real part alone depends on the argument may get imaginary parts that do."""
    x, y = entry.args
    direction = direction_of(entry.args)
    function = entry.function

    _, by_first = jvp(lambda first: function(first, y.copy()), (x,), direction[:1])
    _, by_second = jvp(lambda second: function(x.copy(), second), (y,), direction[1:])

    _, by_both = jvp(function, entry.args, direction)
    np.testing.assert_allclose(by_first + by_second, by_both, rtol=1e-9, atol=1e-9)


def dict_of(value: Any) -> list[tuple[Any, Any]]:
    """Return the leaves of a result as comparable lists."""
    return [(path, np.asarray(leaf).tolist()) for path, leaf in leaves(value)]

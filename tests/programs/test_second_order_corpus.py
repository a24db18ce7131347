"""Reverse mode over reverse mode for the whole corpus: the pullback of a gradient, against differences of it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcad import tree
from srcad.api import grad, vjp
from srcad.errors import SrcadError
from srcad.operators import hvp
from tests.programs.corpus import PROGRAMS, Program
from tests.programs.numerical import direction_of, leaves, moved
from tests.programs.test_programs import TOPICS

assert TOPICS, "importing the test of reverse mode fills the corpus"

HAVE_NO_DERIVATIVE = {"branches-or_with_values-1", "numpy_programs-reductions_over_axis_tuples"}
REFUSED = {
    "complex_programs-real_part_read_before_its_array_changes",
    "complex_programs-parts_read_between_changes",
    "computed_defaults-a_default_made_before_an_error",
    "computed_defaults-a_default_that_is_captured",
    "computed_defaults-defaults_counted_as_they_are_made",
    "computed_defaults-defaults_inside_of_defaults",
    "computed_defaults-defaults_made_by_a_method_and_by_a_partial_function",
    "computed_defaults-defaults_of_what_changes_between",
    "computed_defaults-defaults_that_are_lists_and_arrays",
    "siblings-a_global_closure_stores_before_another_reads",
}
"""Programs with a gradient that has none itself: what says so is the project's own error."""
STEP = 1e-4


def _scalar(entry: Program) -> Callable[..., Any] | None:
    """Return the program, or its sum of squares, as a function that has a gradient; None if it has none."""
    result = entry.function(*copy.deepcopy(entry.args))
    if isinstance(result, float):
        return entry.function
    if isinstance(result, np.ndarray) and result.dtype.kind == "f":
        return _SUMMED.get(len(entry.args), lambda f: None)(entry.function)
    return None


_SUMMED: dict[int, Callable[[Any], Any]] = {
    1: lambda f: lambda x: np.sum(f(x) ** 2),
    2: lambda f: lambda x, y: np.sum(f(x, y) ** 2),
    3: lambda f: lambda x, y, z: np.sum(f(x, y, z) ** 2),
}
SCALAR = [
    (entry, function)
    for entry in PROGRAMS
    if entry.label not in HAVE_NO_DERIVATIVE and list(leaves(entry.args))
    for function in [_scalar(entry)]
    if function is not None
]


REACHED = [(entry, function) for entry, function in SCALAR if entry.label not in REFUSED]


@pytest.mark.parametrize("label", sorted(REFUSED))
def test_what_is_refused_says_so(label: str) -> None:
    entry, function = next(pair for pair in SCALAR if pair[0].label == label)
    direction = direction_of(entry.args)
    with pytest.raises(SrcadError):
        vjp(grad(function, tuple(range(len(entry.args)))), *entry.args)[1](direction)


@pytest.mark.parametrize(("entry", "function"), REACHED, ids=[entry.label for entry, _ in REACHED])
def test_pullback_of_a_gradient(entry: Program, function: Callable[..., Any]) -> None:
    positions = tuple(sorted({path[0] for path, _ in leaves(entry.args)}))
    direction = direction_of(entry.args)
    chosen = tuple(direction[p] for p in positions)
    gradient = grad(function, positions)

    value, pullback = vjp(gradient, *entry.args)
    product = pullback(chosen)

    np.testing.assert_equal(_numbers(value), _numbers(gradient(*entry.args)))
    ahead, behind = (dict(leaves(gradient(*moved(entry.args, direction, h)))) for h in (STEP, -STEP))
    found = dict(leaves(tuple(product[p] for p in positions)))
    assert found.keys() == ahead.keys()
    for path in ahead:
        numerical = (ahead[path] - behind[path]) / (2 * STEP)
        rtol, atol = (0.1, 0.1) if np.asarray(ahead[path]).dtype == np.float32 else (1e-4, 1e-5)
        np.testing.assert_allclose(found[path], numerical, rtol=rtol, atol=atol, err_msg=str(path))


SMOOTH = REACHED[::15]


@pytest.mark.parametrize(("entry", "function"), SMOOTH, ids=[entry.label for entry, _ in SMOOTH])
def test_both_ways_to_a_product_with_the_hessian(entry: Program, function: Callable[..., Any]) -> None:
    positions = tuple(sorted({path[0] for path, _ in leaves(entry.args)}))
    chosen = tuple(direction_of(entry.args)[p] for p in positions)

    product = vjp(grad(function, positions), *entry.args)[1](chosen)

    expected = dict(leaves(hvp(function, positions)(*entry.args, chosen)))
    found = dict(leaves(tuple(product[p] for p in positions)))
    for path, numbers in expected.items():
        tolerance = (
            1e-3 if any(np.asarray(leaf).dtype == np.float32 for _, leaf in leaves(entry.args)) else 1e-8
        )
        np.testing.assert_allclose(found[path], numbers, rtol=tolerance, atol=tolerance, err_msg=str(path))


def _numbers(value: Any) -> list[Any]:
    return [np.asarray(leaf).tolist() for leaf in tree.leaves(value)]

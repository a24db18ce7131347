"""The sum that undoes a broadcast is the one of the runtime, and is known where the kinds decide."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from srcad import runtime as rt
from srcad.analysis.broadcast import Reduction, unbroadcast_axes
from srcad.analysis.kinds import FLOAT64, NUMBER, array
from srcad.analysis.kinds_of_values import kind_of
from srcad.analysis.results.elementwise import broadcast, ufunc_result


def applied(reduction: Reduction, cotangent: np.ndarray) -> np.ndarray:
    if reduction.whole:
        return np.sum(cotangent)
    kept = np.sum(cotangent, axis=reduction.kept, keepdims=True) if reduction.kept else cotangent
    return np.sum(kept, axis=reduction.dropped) if reduction.dropped else kept


SHAPES = [
    (),
    (1,),
    (3,),
    (0,),
    (2, 3),
    (2, 1),
    (1, 3),
    (1, 1),
    (4, 2, 3),
    (4, 1, 3),
    (1, 1, 3),
    (0, 3),
    (2, 0),
]


def test_known_reductions_agree_with_the_runtime() -> None:
    known = 0
    for small, other in itertools.product(SHAPES, SHAPES):
        try:
            shape = np.broadcast_shapes(small, other)
        except ValueError:
            continue
        operand, cotangent = np.ones(small), np.arange(float(np.prod(shape))).reshape(shape)
        kinds = [kind_of(operand if small else 1.0), kind_of(np.ones(other) if other else 1.0)]
        reduction = unbroadcast_axes(ufunc_result(np.multiply, kinds), kinds[0])
        assert reduction is not None
        found = applied(reduction, cotangent)
        assert np.shape(found) == small
        np.testing.assert_array_equal(found, rt.unbroadcast(cotangent, operand))
        known += 1
    assert known > 80


@pytest.mark.parametrize(
    ("result", "operand", "expected"),
    [
        ("NN", "NN", Reduction()),
        ("NN", "N", Reduction(dropped=(0,))),
        ("NN", "N1", Reduction(kept=(1,))),
        ("NN", "1N", Reduction(kept=(0,))),
        ("N1", "11", Reduction(kept=(0,))),
        ("??", "NN", Reduction()),
        ("N?N", "NN", Reduction(dropped=(0,))),
        ("NN", "?N", None),
        ("?N", "1N", None),
        ("1N", "?N", Reduction()),
    ],
)
def test_axes(result: str, operand: str, expected: Reduction | None) -> None:
    cotangent, small = (array(None, True, dims, "float64") for dims in (result, operand))

    assert unbroadcast_axes(cotangent, small) == expected


def test_a_scalar_gets_the_whole_sum() -> None:
    assert unbroadcast_axes(array(2, dtype="float64"), FLOAT64) == Reduction(whole=True)
    assert unbroadcast_axes(FLOAT64, FLOAT64) == Reduction()


def test_a_real_operand_of_a_complex_result_is_not_decided() -> None:
    real, complex_ = kind_of(np.ones(3)), kind_of(np.ones(3) + 0j)

    assert unbroadcast_axes(ufunc_result(np.multiply, [real, complex_]), real) is None
    assert unbroadcast_axes(ufunc_result(np.multiply, [real, complex_]), complex_) == Reduction()


def test_an_operand_of_unknown_rank_is_not_decided() -> None:
    assert unbroadcast_axes(array(2, dtype="float64"), NUMBER) is None
    assert unbroadcast_axes(broadcast([NUMBER, FLOAT64]), FLOAT64) is None

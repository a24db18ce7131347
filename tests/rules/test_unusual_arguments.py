"""Arguments that are legal and rare: the value, both modes and both second orders, by difference quotients."""

from __future__ import annotations

import copy
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcad import check_grads, grad, jvp, value_and_grad, vjp
from srcad.errors import NoDerivativeError

X = np.array([[1.2, -0.4, 0.9, 0.3], [0.6, 1.5, -0.8, 0.2], [-1.1, 0.5, 0.35, 1.4]])
COLUMN = np.array([[0.7], [-1.3], [0.4]])
CUBE = np.linspace(-1.0, 1.3, 24).reshape(2, 3, 4) ** 2 + 0.3
CORNER = np.array([[0]])
SHARED = 1
SMALL = np.array([3, 1], np.uint8)
LABELS = [SHARED, 2]


def cross_along_other_axes(a, b):
    return np.sum(np.cross(a, b, axisa=-1, axisb=0, axisc=0) * np.arange(12.0).reshape(3, 4))


def cross_along_the_first_axis(a, b):
    return np.sum(np.cross(a.T, b[:, None], axis=0) ** 2)


def taken_along_an_axis_by_few(x, v):
    return np.sum(np.take_along_axis(x, CORNER, axis=1) ** 2 * v)


def taken_along_an_axis_by_many(x, v):
    return np.sum(np.take_along_axis(x[:, :1], np.array([[0, 1, 1]]), axis=0) ** 2) * np.sum(v)


def put_along_an_axis_by_few(x, v):
    y = x.copy()
    np.put_along_axis(y, CORNER, v, axis=1)
    return np.sum(y**2)


def put_along_no_axis(x, v):
    y = x.copy()
    np.put_along_axis(y, np.array([0, -1, 5]), v[:, 0], axis=None)
    return np.sum(y**3)


def subscripts_of_other_names(a, b):
    b[0] = b[1] * 2
    return np.sum(np.einsum(a, [Ellipsis, SHARED], b, LABELS) ** 2)


def subscripts_as_lists(a, b):
    total = np.einsum(b[:3], [0, 0]) ** 2
    for k in range(2):
        total += np.sum(np.einsum(a, [..., 4, k + 1], b, [k + 1, 4], [...]) ** 2)
    return total + np.sum(np.einsum(a, [2, 1, 0], b, (0, 1), [1], optimize=True) ** 3)


def lists_behind_subscripts(v, t):
    return np.einsum("i,i", [v[0, 0], t], [1.0, t]) ** 2 + np.sum(np.einsum("i,ij->j", [t, 2.0], v[:2]) ** 2)


def lists_and_small_naturals_taken_away(x, t):
    y = x * 1.0
    np.subtract.at(y, (slice(None), [0, 0]), [[t, 2.0]])
    np.subtract.at(y, ([0, 1], [1, 1]), SMALL)
    np.subtract.at(y, [2, 2], t * 0.5)
    return np.sum(y**2)


def lists_with_each(x, t):
    total = np.sum(np.power.outer(x**2, [2, t])) + np.sum(np.divide.outer(x, [t, 2]))
    return total + np.sum(np.poly([t]) ** 2 + np.poly([t])) + np.sum(np.poly([t, x[0, 0]]) ** 2)


def the_next_number(x, t):
    return np.sum(np.nextafter(x, 5.0) * x) + math.nextafter(t, 0.0) ** 3


def called_by_its_name(x):
    return np.sum(operator.methodcaller("sum", axis=0)(x) ** 3)


def interpolated_between_whole_numbers(y):
    return np.sum(np.interp(y, [0, 1], [1, 3]) ** 2)


def quantiles_of_nothing(x):
    empty = x[:0]
    return np.sum(np.median(empty, axis=1)) + np.sum(np.nanquantile(empty, 0.2, axis=1)) + np.sum(x**2)


def taken_at_no_places(x):
    return np.sum(np.take(x, [], axis=0)) + np.sum(np.take(x, [[], []])) + np.sum(x**2)


UNUSUAL = [
    (cross_along_other_axes, (X[:, :3].repeat(2, 0)[:4], X[0, :3])),
    (cross_along_the_first_axis, (X[:, :3].repeat(2, 0)[:4], X[0, :3])),
    (taken_along_an_axis_by_few, (X, COLUMN)),
    (taken_along_an_axis_by_many, (X, COLUMN)),
    (put_along_an_axis_by_few, (X, COLUMN)),
    (put_along_an_axis_by_few, (X, 0.7)),
    (put_along_no_axis, (X, COLUMN)),
    (subscripts_of_other_names, (CUBE, X.T.copy())),
    (subscripts_as_lists, (CUBE, X.T.copy())),
    (lists_behind_subscripts, (COLUMN, 0.6)),
    (lists_and_small_naturals_taken_away, (X, 0.6)),
    (called_by_its_name, (X,)),
    (lists_with_each, (X, 0.6)),
    (the_next_number, (X, 0.6)),
    (interpolated_between_whole_numbers, (COLUMN,)),
    (quantiles_of_nothing, (X,)),
    (taken_at_no_places, (X,)),
]


@pytest.mark.parametrize(("program", "arguments"), UNUSUAL, ids=lambda part: getattr(part, "__name__", ""))
def test_an_unusual_argument_has_its_derivatives(
    program: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    argnums = tuple(range(len(arguments)))
    value, _ = value_and_grad(program, argnums)(*arguments)
    np.testing.assert_array_equal(value, program(*copy.deepcopy(arguments)))
    check_grads(program, arguments, order=2)

    gradient = grad(program, argnums)
    directions = tuple(np.cos(np.arange(np.size(x))).reshape(np.shape(x)) for x in arguments)
    forward = jvp(gradient, arguments, directions)[1]
    backward = vjp(gradient, *arguments)[1](directions)
    for one, other in zip(forward, backward, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)


def test_an_interpolation_with_a_single_place_is_refused() -> None:
    def single(x):
        return np.sum(np.interp(x, [0.5], [2.0]))

    with pytest.raises(NoDerivativeError, match="single place") as caught:
        grad(single)(X)
    assert caught.value.location is not None

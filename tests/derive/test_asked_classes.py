"""What ``isinstance`` says of numbers and arrays is known where their kinds are; nothing else is guessed."""

from __future__ import annotations

import numbers
from typing import Protocol, runtime_checkable

import numpy as np
import pytest

import srcad
from tests.programs.branches import texts_in_other_letters
from tests.programs.operators_by_name import operators_that_ask_for_one_of_several_classes


def spread(value, scale):
    if isinstance(value, (list, tuple, dict)):
        return sum(spread(item, scale) for item in value)
    if isinstance(value, (int, float, complex, np.ndarray, np.generic)):
        return np.sum(value) * scale
    return 0.0


def number_or_array(x):
    y = x * 2.0 if isinstance(x, np.ndarray) else x * 3.0
    return np.sum(y)


def entry_or_array(x):
    total = 0.0
    for part in (x[0], x, np.sum(x), x[..., 0]):
        total = total + (np.sum(part**2) if isinstance(part, np.ndarray) else part**3)
    return total


def of_a_float(x):
    y = np.float64(2.0) * x
    z = np.float32(1.5)
    a = 2.0 if isinstance(y, float) else 5.0
    b = 3.0 if isinstance(z, float) else 7.0
    c = 1.0 if isinstance(x, numbers.Number) else 11.0
    return a * y * b * c


def bound_again(x):
    y = x
    if isinstance(y, list):
        y = y[0]
    for _ in range(2):
        y = [y * 2.0]
        if isinstance(y, list):
            y = y[0]
    return y


class Large(type):
    def __instancecheck__(cls, value):
        return value > 1.0


class LargeNumber(metaclass=Large):
    pass


@runtime_checkable
class HasReal(Protocol):
    real: float


def by_other_questions(x):
    y = x * 2.0 if isinstance(x, LargeNumber) else x * 3.0
    return y * 5.0 if isinstance(y, HasReal) else y * 7.0


class Boxed:
    def __init__(self, value):
        self.value = value


def in_a_box(x):
    boxes = [Boxed(x), x, [x], None, "x"]
    total = 0.0
    for box in boxes:
        if isinstance(box, Boxed):
            total = total + box.value**2
        elif isinstance(box, list):
            total = total + box[0] ** 3
        elif isinstance(box, (float, np.floating)):
            total = total + box
    return total


def maybe(x, scale=None):
    if not isinstance(scale, float):
        scale = 4.0
    return x * scale


@pytest.mark.parametrize(
    "function, args",
    [
        (spread, (2.0, 3.0)),
        (spread, (np.array([1.0, 2.0]), 3.0)),
        (spread, ([1.0, (2.0, np.ones(2))], 3.0)),
        (number_or_array, (2.0,)),
        (number_or_array, (np.float64(2.0),)),
        (number_or_array, (np.array([1.0, 2.0]),)),
        (number_or_array, (np.array(2.0),)),
        (entry_or_array, (np.array([1.0, 2.0]),)),
        (of_a_float, (2.0,)),
        (bound_again, (2.0,)),
        (by_other_questions, (2.0,)),
        (by_other_questions, (0.5,)),
        (in_a_box, (2.0,)),
        (maybe, (2.0,)),
        (maybe, (2.0, 3.0)),
    ],
)
def test_the_derivative_takes_the_branch_of_the_function(function, args):
    value = srcad.value_and_grad(function)(*args)[0]
    assert np.isclose(value, function(*args))
    srcad.check_grads(function, args, order=2)


def test_what_is_known_is_not_asked_again():
    for x in (2.0, np.array([1.0, 2.0])):
        slope = srcad.grad(spread)
        slope(x, 3.0)
        assert "isinstance" not in slope.source and "rt.call" not in slope.source


def test_classes_asked_about_together_decide_the_branch():
    derivative = srcad.grad(operators_that_ask_for_one_of_several_classes)
    derivative(0.7, 0.3)
    assert "rt.call" not in derivative.source and "isinstance" not in derivative.source


def test_known_texts_in_other_letters_decide_the_branch():
    derivative = srcad.grad(texts_in_other_letters)
    derivative(2.0, 3.0)
    assert "lower" not in derivative.source and "ValueError" not in derivative.source

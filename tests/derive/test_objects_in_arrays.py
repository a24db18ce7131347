"""Arrays of instances, whose items' derivatives would be lost, are refused at the line that shows what they are."""

import math
import operator

import numpy as np
import pytest

from srcad import SrcadError, grad, jvp


class Dual:
    def __init__(self, v, d=0.0):
        self.v, self.d = v, d

    def __add__(self, other):
        return Dual(self.v + other.v, self.d + other.d)

    def __mul__(self, other):
        if not isinstance(other, Dual):
            return Dual(self.v * other, self.d * other)
        return Dual(self.v * other.v, self.v * other.d + self.d * other.v)

    __rmul__ = __mul__

    def exp(self):
        return Dual(math.exp(self.v), math.exp(self.v) * self.d)


def made_of_a_list(x):
    a = np.array([Dual(x[0], 1.0), Dual(x[1], 1.0)])
    return (a[0] * a[1]).v


def made_of_a_filled_list(x):
    items = []
    for v in x:
        items.append(Dual(v, 1.0))
    a = np.array(items)
    return (a * a).sum().v


def summed(x):
    return np.sum([Dual(x[0], 1.0), Dual(x[1], 1.0)]).v


def weighted(x):
    return np.dot([Dual(x[0], 1.0), Dual(x[1], 1.0)], [2.0, 3.0]).v


def filled(x):
    return np.full(2, Dual(x[0], 1.0))[0].v


def exponentials(x):
    return np.exp([Dual(x[0], 1.0), Dual(x[1], 1.0)])[0].v


def vectorized(x):
    return np.vectorize(lambda v: Dual(v, 2.0) * v)(x)[0].v


def scaled_by_an_array(x):
    return (np.ones(2) * Dual(x[0], 1.0))[0].v


def multiplied_as_arrays(x):
    items = []
    for v in x:
        items.append(Dual(v, 1.0))
    a = np.asarray(items)
    return (a @ a).v


REFUSED = [made_of_a_list, made_of_a_filled_list, summed, weighted, filled, exponentials, vectorized, scaled_by_an_array,
           multiplied_as_arrays]  # fmt: skip


@pytest.mark.parametrize("function", REFUSED, ids=lambda function: function.__name__)
def test_array_of_instances_is_refused(function):
    x = np.array([0.3, 0.7])
    function(x)
    for ask in (lambda: grad(function)(x), lambda: jvp(function, (x,), (np.ones(2),))):
        with pytest.raises(SrcadError, match="objects|object of a class") as raised:
            ask()
        assert raised.value.location.line > function.__code__.co_firstlineno


def of_a_tensor(v):
    return v.exp().v if isinstance(v, Dual) else 2.0 * v


def test_attribute_that_is_read_where_a_number_is_none_of_its_class():
    def f(x):
        a = np.array([x, 2.0 * x])
        return of_a_tensor(a[1]) * of_a_tensor(Dual(x, 1.0))

    expected = 4.0 * math.exp(0.5) * 1.5
    assert np.isclose(grad(f)(0.5), expected) and np.isclose(jvp(f, (0.5,), (1.0,))[1], expected)


class Soft:
    def __init__(self, v):
        self.v = v

    def __lt__(self, other):
        return other.v - self.v


def compared_by_a_star(x):
    pair = [Soft(x), Soft(2.0)]
    return operator.lt(*pair)


def test_comparison_of_instances_that_are_given_by_a_star_is_refused():
    with pytest.raises(SrcadError, match="star") as raised:
        grad(compared_by_a_star)(1.0)
    assert raised.value.location.line == compared_by_a_star.__code__.co_firstlineno + 2

"""``argnums`` by the names of the function inside of decorators that hand all of their arguments on."""

from __future__ import annotations

import functools

import numpy as np
import pytest

import srcad
from srcad.errors import ArgumentError


def doubled(f):
    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        return 2.0 * f(*args, **kwargs)

    return wrapper


def first_named(f):
    @functools.wraps(f)
    def wrapper(first, *args, **kwargs):
        return f(first, *args, **kwargs)

    return wrapper


def with_one_more(f):
    @functools.wraps(f)
    def wrapper(*args):
        return f(5.0, *args)

    return wrapper


def without_the_first(f):
    @functools.wraps(f)
    def wrapper(*args):
        args = args[1:]
        return f(*args)

    return wrapper


def recording(f):
    @functools.wraps(f)
    def wrapper(*args):
        print(f.__name__)
        return f(*args)

    return wrapper


def chosen_later(f):
    @functools.wraps(f)
    def wrapper(*args):
        called = f
        return called(*args)

    return wrapper


@doubled
@first_named
def area(x, y, *, z=1.0):
    return x**2 * y**2 * z


class Spring:
    stiffness = 3.0

    @doubled
    def energy(self, x, y):
        return self.stiffness * x * y**2

    @srcad.grad
    @doubled
    def slope(self, x, y):
        return self.stiffness * x * y**2

    by_y = srcad.grad(energy, "y")


@pytest.mark.parametrize(
    "found, expected",
    [
        (lambda: srcad.grad(area, "y")(2.0, 3.0), 48.0),
        (lambda: srcad.grad(area, ("y", "x"))(2.0, 3.0, z=2.0), (96.0, 144.0)),
        (lambda: srcad.vjp(area, 2.0, 3.0, argnums="y")[1](0.5), 24.0),
        (lambda: srcad.jvp(area, (2.0, 3.0), 1.0, argnums="x"), (72.0, 72.0)),
        (lambda: srcad.linearize(area, 2.0, 3.0, argnums="y")[1](1.0), 48.0),
        (lambda: srcad.jacobian(area, "y")(2.0, 3.0), 48.0),
        (lambda: srcad.hessian(area, ("x", "y"))(2.0, 3.0), ((36.0, 48.0), (48.0, 16.0))),
        (lambda: srcad.hvp(area, ("x", "y"))(2.0, 3.0, (1.0, 0.0)), (36.0, 48.0)),
        (lambda: srcad.ggnvp(area, argnums="y")(2.0, 3.0, 1.0), 48.0**2),
        (lambda: srcad.elementwise_grad(area, "y")(2.0, 3.0), 48.0),
        (lambda: srcad.grad(Spring().energy, "y")(2.0, 3.0), 72.0),
        (lambda: Spring().slope(2.0, 3.0), 54.0),
        (lambda: Spring().by_y(2.0, 3.0), 72.0),
        (lambda: srcad.grad(lambda x: srcad.hvp(area, "y")(x, 3.0, 1.0))(2.0), 16.0),
        (lambda: srcad.grad(lambda x: srcad.grad(area, "y")(x, 3.0))(2.0), 48.0),
    ],
)
def test_names_inside_of_decorators(found, expected):
    np.testing.assert_allclose(found(), expected)


def test_the_checker_takes_them_too():
    srcad.check_grads(area, (2.0, 3.0), argnums="y", order=2)


@pytest.mark.parametrize("decorator", [with_one_more, without_the_first, recording, chosen_later])
def test_what_is_not_surely_the_same_place_is_refused(decorator):
    product = decorator(lambda c, x, y=1.0: c * x * y)
    with pytest.raises(ArgumentError, match="does not fit"):
        srcad.grad(product, "x")


def test_an_argument_that_is_passed_by_name_is_not_found():
    with pytest.raises(ArgumentError, match="passed by position"):
        srcad.grad(area, "y")(2.0, y=3.0)

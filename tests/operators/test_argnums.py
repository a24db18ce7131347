"""``argnums`` by position and by name, ``has_aux`` and ``holomorphic`` in every operator, and arguments by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import ArgumentError, SrcadError


def volume(x, y, *, z=3.0):
    return np.sum(x**2 * y**2 * z**2)


def volume_and_name(x, y, *, z=3.0):
    return np.sum(x**2 * y**2 * z**2), "volume"


def product(*factors, scale=1.0):
    return factors[0] * factors[1] * scale


def cube(z):
    return z**3


AT = (1.5, 2.0), {"z": 2.0}
SLOPES: dict[str, Callable[..., Any]] = {
    "grad": lambda f, n, aux: srcad.grad(f, n, aux)(*AT[0], **AT[1]),
    "jacobian": lambda f, n, aux: srcad.jacobian(f, n, aux)(*AT[0], **AT[1]),
    "jacfwd": lambda f, n, aux: srcad.jacfwd(f, n, aux)(*AT[0], **AT[1]),
    "jacrev": lambda f, n, aux: srcad.jacrev(f, n, aux)(*AT[0], **AT[1]),
    "elementwise_grad": lambda f, n, aux: srcad.elementwise_grad(f, n, aux)(*AT[0], **AT[1]),
}
CURVATURES: dict[str, Callable[..., Any]] = {
    "hessian": lambda f, n, aux: srcad.hessian(f, n, aux)(*AT[0], **AT[1]),
    "hvp": lambda f, n, aux: srcad.hvp(f, n, aux)(*AT[0], 1.0, **AT[1]),
}


@pytest.mark.parametrize("has_aux", [False, True])
@pytest.mark.parametrize("argnums", ["z", "y", 1])
@pytest.mark.parametrize("name", [*SLOPES, *CURVATURES, "ggnvp"])
def test_parameters_are_chosen_by_position_and_by_name(name, argnums, has_aux):
    function = volume_and_name if has_aux else volume
    if name == "ggnvp":
        found = srcad.ggnvp(function, argnums=argnums, has_aux=has_aux)(*AT[0], 1.0, **AT[1])
    else:
        found = {**SLOPES, **CURVATURES}[name](function, argnums, has_aux)
    if has_aux:
        found, auxiliary = found
        assert auxiliary == "volume"
    assert np.isclose(found, 36.0 if name in SLOPES else 18.0 if name in CURVATURES else 36.0**2)


@pytest.mark.parametrize("has_aux", [False, True])
@pytest.mark.parametrize("argnums", ["z", "y", 1])
def test_pullbacks_and_tangents_of_chosen_parameters(argnums, has_aux):
    function = volume_and_name if has_aux else volume
    found = srcad.vjp(function, *AT[0], argnums=argnums, has_aux=has_aux, **AT[1])
    assert found[0] == 36.0 and np.isclose(found[1](0.5), 18.0)
    found = srcad.jvp(function, AT[0], 0.5, has_aux, argnums=argnums, **AT[1])
    assert np.allclose(found[:2], [36.0, 18.0])
    found = srcad.linearize(function, *AT[0], argnums=argnums, has_aux=has_aux, **AT[1])
    assert np.isclose(found[1](0.5), 18.0) and np.isclose(found[1](1.0), 36.0)


def test_several_parameters_give_tuples():
    _, pullback = srcad.vjp(volume, *AT[0], argnums=("z", 0), **AT[1])
    assert np.allclose(pullback(1.0), [36.0, 48.0])
    assert np.isclose(srcad.jvp(volume, AT[0], (1.0, None), argnums=("z", 0), **AT[1])[1], 36.0)
    assert np.isclose(srcad.linearize(volume, *AT[0], argnums=("z", 0), **AT[1])[1](1.0, 1.0), 84.0)
    assert np.allclose(srcad.hvp(volume, ("z", 0))(*AT[0], (1.0, 0.0), **AT[1]), [18.0, 48.0])
    assert np.isclose(srcad.jvp(volume, AT[0], (1.0, 0.0), **AT[1])[1], 48.0)


def test_arguments_that_are_gathered():
    assert srcad.vjp(product, 2.0, 3.0, argnums=1, scale=4.0)[1](1.0) == 8.0
    assert srcad.jvp(product, (2.0, 3.0), 1.0, argnums=1, scale=4.0)[1] == 8.0
    assert srcad.hvp(product, (0, 1))(2.0, 3.0, (1.0, 1.0), scale=4.0) == (4.0, 4.0)
    assert srcad.elementwise_grad(product, (1, "scale"))(2.0, 3.0, scale=4.0) == (8.0, 6.0)
    for call in (
        lambda: srcad.vjp(product, 2.0, 3.0, argnums=2),
        lambda: srcad.jvp(product, (2.0, 3.0), 1.0, argnums=2),
        lambda: srcad.elementwise_grad(product, 2)(2.0, 3.0),
    ):
        with pytest.raises(ArgumentError, match="asks for more arguments"):
            call()


HOLOMORPHIC = {
    "grad": (lambda z: srcad.grad(cube, holomorphic=True)(z), lambda z: 3 * z**2),
    "value_and_grad": (lambda z: srcad.value_and_grad(cube, holomorphic=True)(z)[1], lambda z: 3 * z**2),
    "jacobian": (lambda z: srcad.jacobian(cube, holomorphic=True)(z), lambda z: 3 * z**2),
    "jacfwd": (lambda z: srcad.jacfwd(cube, holomorphic=True)(z), lambda z: 3 * z**2),
    "jacrev": (lambda z: srcad.jacrev(cube, holomorphic=True)(z), lambda z: 3 * z**2),
    "vjp": (lambda z: srcad.vjp(cube, z, holomorphic=True)[1](1.0)[0], lambda z: 3 * z**2),
    "jvp": (lambda z: srcad.jvp(cube, (z,), (1.0,), holomorphic=True)[1], lambda z: 3 * z**2),
    "linearize": (lambda z: srcad.linearize(cube, z, holomorphic=True)[1](1.0), lambda z: 3 * z**2),
    "elementwise_grad": (lambda z: srcad.elementwise_grad(cube, holomorphic=True)(z), lambda z: 3 * z**2),
    "hessian": (lambda z: srcad.hessian(cube, holomorphic=True)(z), lambda z: 6 * z),
    "hvp": (lambda z: srcad.hvp(cube, holomorphic=True)(z, 1.0 + 0.0j), lambda z: 6 * z),
    "ggnvp": (lambda z: srcad.ggnvp(cube, holomorphic=True)(z, 1.0 + 0.0j), lambda z: 9 * z**4),
}


@pytest.mark.parametrize("name", HOLOMORPHIC)
def test_holomorphic_functions_have_complex_arguments(name):
    call, expected = HOLOMORPHIC[name]
    assert np.isclose(call(1.0 + 2.0j), expected(1.0 + 2.0j))
    with pytest.raises(ArgumentError, match="not complex, as holomorphic=True promises"):
        call(1.5)


@pytest.mark.parametrize(
    "call",
    [
        lambda: srcad.vjp(volume, 1.0, 2.0, argnums="q"),
        lambda: srcad.jvp(volume, (1.0, 2.0), 1.0, argnums=7),
        lambda: srcad.jvp(volume, (1.0, 2.0), (1.0,), argnums=("z", 0)),
        lambda: srcad.jvp(volume, (1.0, 2.0), (1.0, 1.0), argnums=("z", "z")),
        lambda: srcad.linearize(volume, 1.0, 2.0, z=1.0)[1](1.0),
        lambda: srcad.hvp(volume, "z")(1.0, 2.0),
    ],
)
def test_what_does_not_fit_is_refused_with_the_function(call):
    with pytest.raises(SrcadError) as caught:
        call()
    assert caught.value.location is not None


INSIDE = {
    "hvp": lambda t: srcad.hvp(volume, "z")(t, 2.0, 1.0, z=t),
    "ggnvp": lambda t: srcad.ggnvp(volume, argnums="z")(t, 1.0, 1.0, z=t) ** 0.5,
    "elementwise_grad": lambda t: srcad.elementwise_grad(volume, "z")(t, 1.0, z=t),
    "vjp": lambda t: srcad.vjp(volume, t, 1.0, argnums="z", z=t)[1](1.0),
    "jvp": lambda t: srcad.jvp(volume, (t, 1.0), (t, 1.0), argnums=("z", 1), z=t)[1],
    "linearize": lambda t: srcad.linearize(volume, t, 1.0, argnums="z", z=t)[1](t),
}


@pytest.mark.parametrize("name", INSIDE)
def test_arguments_by_name_inside_of_a_program(name):
    function = INSIDE[name]
    expected = (function(0.7 + 1e-5) - function(0.7 - 1e-5)) / 2e-5
    assert np.isclose(srcad.grad(function)(0.7), expected, rtol=1e-6)
    assert np.isclose(srcad.jvp(function, (0.7,), (1.0,))[1], expected, rtol=1e-6)


@pytest.mark.parametrize("operator", [srcad.jacfwd, srcad.jacrev, srcad.jacobian, srcad.hessian])
def test_a_matrix_by_an_argument_that_was_not_given_is_refused(operator):
    for argnums in (5, (0, 5)):
        with pytest.raises(ArgumentError, match="asks for more arguments than 'product' was given"):
            operator(product, argnums=argnums)(2.0, 3.0)


@pytest.mark.parametrize("operator", [srcad.grad, srcad.jacfwd, srcad.jacrev, srcad.jacobian, srcad.hessian])
def test_a_derivative_by_no_argument_is_empty(operator):
    assert operator(volume, argnums=())(1.5, 2.0) == ()


def test_a_name_among_gathered_keywords_is_refused_with_the_name_of_their_dict():
    def gathering(x, **named):
        return x * named["y"] ** 2

    with pytest.raises(ArgumentError, match=r"What '\*\*named' gathers is differentiated by as one dict"):
        srcad.grad(gathering, argnums="y")(2.0, y=3.0)
    assert srcad.grad(gathering, argnums="named")(2.0, y=3.0) == {"y": 12.0}


def surface(x, y, *, k=2.0):
    return np.sum(k * x**2 * y**3)


FROM_THE_END: dict[str, Callable[..., Any]] = {
    "grad": lambda f, n, v, *a: srcad.grad(f, n)(*a),
    "value_and_grad": lambda f, n, v, *a: srcad.value_and_grad(f, n)(*a),
    "vjp": lambda f, n, v, *a: srcad.vjp(f, *a, argnums=n)[1](1.0),
    "jvp": lambda f, n, v, *a: srcad.jvp(f, a, v, argnums=n),
    "linearize": lambda f, n, v, *a: srcad.linearize(f, *a, argnums=n)[1](*(v if isinstance(n, tuple) else (v,))),
    "jacobian": lambda f, n, v, *a: srcad.jacobian(f, n)(*a),
    "hessian": lambda f, n, v, *a: srcad.hessian(f, n)(*a),
    "hvp": lambda f, n, v, *a: srcad.hvp(f, n)(*a, v),
    "ggnvp": lambda f, n, v, *a: srcad.ggnvp(f, argnums=n)(*a, v),
    "elementwise_grad": lambda f, n, v, *a: srcad.elementwise_grad(f, n)(*a),
    "in a program": lambda f, n, v, *a: srcad.grad(lambda t: np.sum(srcad.grad(f, n)(t, *a[1:])[0]))(1.0 * a[0]),
    "check_grads": lambda f, n, v, *a: srcad.check_grads(f, a, argnums=n),
}  # fmt: skip


@pytest.mark.parametrize("operator", FROM_THE_END)
def test_negative_positions_count_from_the_end_of_the_parameters_by_position(operator):
    x, y, v = np.array([1.0, 2.0]), np.array([3.0, -1.0]), np.array([1.0, 0.5])
    call = FROM_THE_END[operator]
    for negative, positive in (((-1,), (1,)), ((-1, 0), (1, 0)), ((-2, -1), (0, 1))):
        vectors = tuple(v * (k + 1) for k in range(len(negative)))
        expected = call(surface, positive, vectors, x, y)
        np.testing.assert_equal(call(surface, negative, vectors, x, y), expected)
    with pytest.raises(ArgumentError, match="argnums=.*-3.* does not fit 'surface'"):
        call(surface, (-3,), (v,), x, y)


@pytest.mark.parametrize("operator", ["jvp", "linearize", "hvp", "ggnvp"])
def test_a_parameter_has_one_direction(operator):
    x, v = np.array([1.0, 2.0]), np.ones(2)
    for argnums in ((1, -1), ("y", 1), (0, 0)):
        with pytest.raises(ArgumentError, match=r"names '[xy]' of 'surface' twice"):
            FROM_THE_END[operator](surface, argnums, (v, v), x, x)


def test_a_parameter_is_checked_once():
    srcad.check_grads(surface, (np.array([1.0, 2.0]), np.array([0.5, 2.0])), argnums=(1, -1, "y"))


@pytest.mark.parametrize("operator", FROM_THE_END)
def test_positions_from_the_end_of_any_number_of_arguments_are_refused(operator):
    def powers(x, *others):
        return np.sum(x * others[0] * others[-1] ** 2)

    x, v = np.array([1.0, 2.0]), np.ones(2)
    with pytest.raises(ArgumentError, match=r"counts from the end, and .*any number"):
        FROM_THE_END[operator](powers, (-1,), (v,), x, x, x)


def test_all_gathered_arguments_have_one_direction_each_in_a_product_with_the_hessian():
    def powers(x, *others):
        return np.sum(x * others[0] * others[-1] ** 2)

    x, y, z, v = np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.array([0.5, 2.0]), np.ones(2)
    whole = srcad.hvp(powers, "others")(x, y, z, (v, 2.0 * v))
    np.testing.assert_allclose(whole, srcad.hvp(powers, (1, 2))(x, y, z, (v, 2.0 * v)))

    def inside(t):
        first, second = srcad.elementwise_grad(powers, "others")(t, y, z)
        return np.sum(first) + np.sum(second)

    with pytest.raises(SrcadError, match="asks for all that"):
        srcad.grad(inside)(x)

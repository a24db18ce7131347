"""Random compositions of the derivative operators over small functions of arrays, containers and objects.

A composition is a chain: each link turns a real function of a point into another one, by an operator. The value of the
last link is compared with central differences of the chain below it, so that each comparison takes one numerical
derivative whatever the order.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcad import (
    GradientTape,
    checkpoint,
    custom_vjp,
    elementwise_grad,
    ggnvp,
    grad,
    hessian,
    hvp,
    jacfwd,
    jacobian,
    jacrev,
    jvp,
    linearize,
    stop_gradient,
    tree,
    value_and_grad,
    vjp,
)

Function = Callable[[Any], Any]
Pair = namedtuple("Pair", "first second")


@dataclass
class Layer:
    w: Any
    b: Any


class Plain:
    """An object whose class is known to nobody."""

    def __init__(self, w, inner):
        self.w, self.inner = w, inner


tree.register(Plain, lambda p: [p.w, p.inner], lambda p, parts: Plain(*parts))


class Scaled:
    """A function as a method and as an object that is called."""

    def __init__(self, f, scale):
        self.f, self.scale = f, scale

    def value(self, p):
        return self.f(p) * self.scale

    def __call__(self, p):
        return self.scale * self.f(p)


V, U = np.array([0.3, -0.2]), np.array([0.7, 0.4])


# Functions of an array.


def polynomial(x):
    return np.sum(x**3) * x[0] + x[1]


def by_branches(x):
    s = 1.0
    for i in range(2):
        if x[i] > 0.5:
            s = s * np.sin(x[i])
        else:
            s = s + x[i] ** 4
    return s


def filled(x):
    y = np.zeros(3)
    y[0] = x[0]
    for i in range(1, 3):
        y[i] = y[i - 1] * x[i % 2] + x[0] ** 2
    return np.sum(y * y)


def scaled(x):
    y = x * x
    y *= x[0]
    return np.exp(0.3 * y[0]) * y[1]


def appended(x):
    rows = []
    for value in x:
        rows.append(value * value)
        rows.append(rows[0] * value)
    return sum(rows)


def halved(x):
    total = np.sum(x * x)
    while total > 0.3:
        total = total * x[0]
    return total * x[1] ** 2


def held(x):
    layer = Layer(x, x[0] ** 3)
    layer.b = layer.b * layer.w[1]
    return np.tanh(layer.b) + np.sum(layer.w**4)


# Functions of a dict.


def affine(p):
    return np.sum(np.tanh(p["w"] * p["b"])) * p["b"] ** 2


def of_values(p):
    total = 1.0
    for value in p.values():
        total = total * np.sum(value**3)
    return total


def by_a_dict_made(p):
    q = {"w": p["w"] ** 2, "b": p["b"]}
    q["b"] = q["b"] * np.sum(q["w"] * p["w"])
    return q["b"] * p["b"] ** 3


# Functions of a list.


def of_a_list(p):
    w, (b, c) = p
    return np.sum(w**3) * b * b + np.sin(c) * b


def of_a_list_by_loop(p):
    s = 0.5
    for i in range(2):
        s = s * p[0][i] + p[1][i] ** 3
    return s * s


# Functions of named pairs in a tuple, and of an object.


def of_records(p):
    return p[0].first ** 3 * np.sum(p[0].second ** 2) + p[1] ** 2 * p[0].first


def of_an_object(p):
    return np.sum(p.w**3) * p.b + p.b**4


def of_an_object_by_loop(p):
    s = p.b
    for i in range(2):
        s = s * p.w[i] + p.b**2
    return s


def of_nested_objects(p):
    return np.sum(p.w**2) * p.inner.b + np.sum(np.sin(p.inner.w)) * p.inner.b**2


def of_objects_appended(p):
    items = [p.inner.b]
    for value in p.w:
        items.append(items[-1] * value + value**2)
    return items[-1] ** 2 + np.sum(p.inner.w**3)


def of_a_tuple(p):
    w, b = p
    total = b
    for value in w:
        total = total * value + b**2
    return total


@dataclass(frozen=True)
class Kind:
    """Points of one structure, two directions, the functions of it and a measure of its gradients."""

    point: Any
    direction: Any
    measure: Callable[[Any], Any]
    functions: tuple[Function, ...]


KINDS = {
    "array": Kind(
        np.array([0.6, 0.4]),
        V,
        lambda g: np.sum(g * U) + g[0] * g[1],
        (polynomial, by_branches, filled, scaled, appended, halved, held),
    ),
    "dict": Kind(
        {"w": np.array([0.6, 0.4]), "b": 0.8},
        {"w": V, "b": 0.5},
        lambda g: np.sum(g["w"] * U) * g["b"] + g["b"],
        (affine, of_values, by_a_dict_made),
    ),
    "list": Kind(
        [np.array([0.6, 0.4]), (0.8, 0.3)],
        [V, (0.5, -0.3)],
        lambda g: np.sum(g[0] * U) * g[1][0] + g[1][1],
        (of_a_list, of_a_list_by_loop),
    ),
    "records": Kind(
        (Pair(0.8, np.array([0.6, 0.4])), 0.3),
        (Pair(0.5, V), -0.3),
        lambda g: np.sum(g[0].second * U) * g[1] + g[0].first,
        (of_records,),
    ),
    "tuple": Kind(
        (np.array([0.6, 0.4]), 0.8),
        (V, 0.5),
        lambda g: np.sum(g[0] * U) * g[1] + g[1],
        (of_a_tuple,),
    ),
    "nested": Kind(
        Plain(np.array([0.6, 0.4]), Layer(np.array([0.3]), 0.8)),
        Plain(V, Layer(np.array([-0.4]), 0.5)),
        lambda g: np.sum(g.w * U) * g.inner.b + np.sum(g.inner.w),
        (of_nested_objects, of_objects_appended),
    ),
    "object": Kind(
        Layer(np.array([0.6, 0.4]), 0.8),
        Layer(V, 0.5),
        lambda g: np.sum(g.w * U) * g.b + g.b,
        (of_an_object, of_an_object_by_loop),
    ),
}


# Links: the compiled composition, and what it is in terms of the gradient of ``f``.


def by_grad(f, kind):
    measure = kind.measure
    return lambda p: measure(grad(f)(p))


def by_value_and_grad(f, kind):
    measure = kind.measure

    def link(p):
        value, gradient = value_and_grad(f)(p)
        return value * measure(gradient)

    return link


def by_grad_beside_aux(f, kind):
    measure = kind.measure

    def with_aux(p):
        value = f(p)
        return value, (value * 2.0, p)

    def link(p):
        gradient, (double, _) = grad(with_aux, has_aux=True)(p)
        return measure(gradient) * double

    return link


def by_jvp(f, kind):
    direction = kind.direction
    return lambda p: jvp(f, (p,), (direction,))[1]


def by_linearize(f, kind):
    direction = kind.direction

    def link(p):
        value, push = linearize(f, p)
        return push(direction) * value + push(direction)

    return link


def by_vjp(f, kind):
    measure = kind.measure

    def link(p):
        value, pull = vjp(f, p)
        return measure(pull(2.0)[0]) * value

    return link


def by_the_pullback_of_a_pullback(f, kind):
    direction = kind.direction

    def link(p):
        _, pull = vjp(f, p)
        _, again = vjp(lambda c: pull(c)[0], 1.0)
        return again(direction)[0]

    return link


def by_hvp(f, kind):
    direction, measure = kind.direction, kind.measure
    return lambda p: measure(hvp(f)(p, direction))


def by_hvp_by_its_vector(f, kind):
    direction, measure = kind.direction, kind.measure

    def link(p):
        return measure(grad(lambda v: 0.5 * jvp(lambda q: jvp(f, (q,), (v,))[1], (p,), (v,))[1])(direction))

    return link


def by_jacobian(f, kind):
    measure = kind.measure
    return lambda p: measure(jacobian(f)(p))


def by_jacfwd(f, kind):
    measure = kind.measure
    return lambda p: measure(jacfwd(f)(p))


def by_jacrev_of_a_container(f, kind):
    measure = kind.measure

    def several(p):
        value = f(p)
        return {"a": value * value, "b": [value]}

    def link(p):
        found = jacrev(several)(p)
        return measure(found["a"]) + measure(found["b"][0])

    return link


def by_ggnvp(f, kind):
    direction, measure = kind.direction, kind.measure
    return lambda p: measure(ggnvp(f)(p, direction))


def by_checkpoint(f, kind):
    measure = kind.measure
    return lambda p: measure(grad(checkpoint(f))(p))


def by_elementwise_grad(f, kind):
    measure = kind.measure
    return lambda p: measure(elementwise_grad(f)(p))


def by_hessian(f, kind):
    return lambda p: np.sum(hessian(f)(p) * np.outer(U, V))


def by_jacfwd_of_jacrev(f, kind):
    return lambda p: np.sum(jacfwd(jacrev(f))(p) * np.outer(U, V))


# Links that give a function another form, with the value and the derivative that it had.


def by_a_method(f, kind):
    return Scaled(f, 1.3).value


def by_an_object(f, kind):
    return Scaled(f, 1.3)


def by_a_stopped_gradient(f, kind):
    return lambda p: 1.3 * f(p) + stop_gradient(f(p)) - stop_gradient(f(p))


def by_a_custom_function(f, kind):
    @custom_vjp
    def given(p):
        return f(p) * 1.3

    @given.backward
    def _(ans, g, p):
        return tree.map(lambda leaf: 1.3 * g * leaf, grad(f)(p))

    return lambda p: given(p)


def by_a_gradient_of_a_name(f, kind):
    measure = kind.measure
    gradient = grad(lambda scale, p: scale * f(p), argnums="p")
    return lambda p: measure(gradient(1.3, p))


def by_gradients_of_two(f, kind):
    measure = kind.measure

    def link(p):
        value, (slope, gradient) = value_and_grad(lambda scale, q: scale * f(q), (0, "q"))(1.3, p)
        return measure(gradient) * slope + value

    return link


def by_a_gradient_at_what_is_captured(f, kind):
    def link(p):
        return grad(lambda scale: f(p) * scale**2)(1.3)

    return link


FORMS = (
    by_a_method,
    by_an_object,
    by_a_stopped_gradient,
    by_a_custom_function,
    by_a_gradient_at_what_is_captured,
)


def taped(f, p):
    """Return the gradient of a function by the tape."""
    with GradientTape() as tape:
        point = tape.watch(p)
        value = f(point)
    return tape.gradient(value, point, unconnected_gradients="zero")


def differences(f, p, step=2e-3):
    """Return the gradient of ``f`` as a vector, by central differences of fourth order, and the layout of ``p``."""
    vector, layout = tree.flatten(p)
    units = step * np.eye(vector.size)

    def at(shift):
        return float(f(layout(vector + shift)))

    slopes = [(8 * (at(u) - at(-u)) - (at(2 * u) - at(-2 * u))) / (12 * step) for u in units]
    return np.array(slopes), layout


def numerical(f, kind, p):
    slopes, layout = differences(f, p)
    return layout(slopes)


def along(f, kind, p):
    return float(differences(f, p)[0] @ tree.flatten(kind.direction)[0])


def curved(f, kind, p):
    """Return the Hessian's product with the direction, by differences of srcad's gradient."""
    vector, layout = tree.flatten(p)
    way = tree.flatten(kind.direction)[0]

    def at(step):
        return tree.flatten(grad(f)(layout(vector + step * way)))[0]

    h = 2e-3
    return layout((8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h))


def doubled(kind, gradient, factor):
    vector, layout = tree.flatten(gradient)
    return layout(factor * vector)


def full(f, kind, p):
    rows = [curved(f, Kind(p, unit, kind.measure, ()), p) for unit in np.eye(2)]
    return float(np.sum(np.array(rows) * np.outer(U, V)))


LINKS: dict[Any, Any] = {
    by_grad: lambda f, k, p: k.measure(numerical(f, k, p)),
    by_value_and_grad: lambda f, k, p: f(p) * k.measure(numerical(f, k, p)),
    by_grad_beside_aux: lambda f, k, p: 2 * f(p) * k.measure(numerical(f, k, p)),
    by_jvp: along,
    by_linearize: lambda f, k, p: along(f, k, p) * (f(p) + 1.0),
    by_vjp: lambda f, k, p: k.measure(doubled(k, numerical(f, k, p), 2.0)) * f(p),
    by_the_pullback_of_a_pullback: along,
    by_hvp: lambda f, k, p: k.measure(curved(f, k, p)),
    by_hvp_by_its_vector: lambda f, k, p: k.measure(curved(f, k, p)),
    by_jacobian: lambda f, k, p: k.measure(numerical(f, k, p)),
    by_jacfwd: lambda f, k, p: k.measure(numerical(f, k, p)),
    by_jacrev_of_a_container: lambda f, k, p: (
        k.measure(numerical(f, k, p)) + k.measure(doubled(k, numerical(f, k, p), 2 * f(p)))
    ),
    by_ggnvp: lambda f, k, p: k.measure(doubled(k, numerical(f, k, p), along(f, k, p))),
    by_checkpoint: lambda f, k, p: k.measure(numerical(f, k, p)),
    by_elementwise_grad: lambda f, k, p: k.measure(numerical(f, k, p)),
    by_hessian: full,
    by_jacfwd_of_jacrev: full,
    by_a_method: lambda f, k, p: 1.3 * f(p),
    by_an_object: lambda f, k, p: 1.3 * f(p),
    by_a_stopped_gradient: lambda f, k, p: 1.3 * f(p),
    by_a_custom_function: lambda f, k, p: 1.3 * f(p),
    by_a_gradient_of_a_name: lambda f, k, p: k.measure(doubled(k, numerical(f, k, p), 1.3)),
    by_gradients_of_two: lambda f, k, p: k.measure(doubled(k, numerical(f, k, p), 1.3)) * f(p) + 1.3 * f(p),
    by_a_gradient_at_what_is_captured: lambda f, k, p: 2.6 * f(p),
}
OF_ARRAYS = (by_hessian, by_jacfwd_of_jacrev)
"""Links whose measure is that of a matrix."""
SECOND = (by_hvp, by_hvp_by_its_vector, *OF_ARRAYS)
ORDERS = {link: 0 if link in FORMS else 2 if link in SECOND else 1 for link in LINKS}
"""By how much each link raises the order."""


def expected(f, kind, link):
    """Return the value of the link over ``f``, by differences."""
    return LINKS[link](f, kind, kind.point)

"""Functions with a rule that return dicts, nested containers and objects: each part is followed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from srcad import GradientTape, custom_vjp, grad, hessian

X = np.array([0.5, -1.0, 2.0])


@custom_vjp
def scaled(p, x, scale=2.0):
    return {"y": p["w"] * x * scale, "n": [np.sum(p["w"] ** 2)]}


@scaled.backward
def scaled_backward(ans, g, p, x, scale=2.0):
    return (
        {"w": g["y"] * x * scale + 2.0 * g["n"][0] * p["w"]},
        g["y"] * p["w"] * scale,
        np.sum(g["y"] * p["w"] * x),
    )


@dataclass
class Parts:
    a: Any
    b: Any


@custom_vjp
def in_parts(x):
    return Parts(x * x, np.sum(x))


@in_parts.backward
def in_parts_backward(ans, g, x):
    return g.a * 2.0 * x + g.b


def of_a_dict(x):
    return np.sum(scaled({"w": np.sin(x)}, x, scale=x[0])["y"])


def of_a_nested_list(x):
    return scaled({"w": x}, x)["n"][0] ** 2


def of_both(x):
    found = scaled({"w": x}, X)
    return np.sum(found["y"]) * found["n"][0]


def of_an_object(x):
    found = in_parts(x)
    return found.b * np.sum(found.a)


@pytest.mark.parametrize("f", [of_a_dict, of_a_nested_list, of_both, of_an_object], ids=lambda f: f.__name__)
def test_parts_of_results_are_followed(f):
    with GradientTape() as tape:
        x = tape.watch(X)
        y = f(x)
    assert np.allclose(tape.gradient(y, x), grad(f)(X))


@pytest.mark.parametrize("f", [of_a_dict, of_a_nested_list, of_both], ids=lambda f: f.__name__)
def test_parts_of_results_are_followed_twice(f):
    with GradientTape() as outer:
        x = outer.watch(X)
        with GradientTape() as inner:
            inner.watch(x)
            y = f(x)
        slope = inner.gradient(y, x)
    assert np.allclose(outer.jacobian(slope, x), hessian(f)(X))

"""In single precision the gradient checker accepts right derivatives, and catches those that are one percent off."""

from __future__ import annotations

import numpy as np
import pytest

from srcad import check_grads, custom_vjp
from srcad.errors import GradientCheckError

RNG = np.random.default_rng(0)
FACTOR = {"g": 1.0}


def single(*shape):
    return RNG.normal(size=shape).astype(np.float32)


@custom_vjp
def passed(x):
    return x * 1


@passed.backward
def passed_backward(ans, g, x):
    return g * FACTOR["g"]


KEPT = single(4, 3)


def network(w, b, v, x):
    return np.sum(np.tanh(np.maximum(x @ passed(w) + b, 0.0) @ v) ** 2)


def crossentropy(w, x, y):
    z = x @ passed(w)
    z = z - np.max(z, axis=1, keepdims=True)
    return -np.mean(np.sum(y * (z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))), axis=1))


def residuals(w, x, y):
    return np.sum((100 * (x @ passed(w)) - y) ** 2)


def solved(a, b):
    return np.sum(np.linalg.solve(passed(a) + 5 * np.eye(4, dtype=np.float32), b) ** 2)


def rounded_on_its_way(x):
    return np.sum(np.tanh(passed(x).astype(np.float32) * KEPT) ** 2)


def filled_in_single_precision(x):
    out = np.zeros((4, 3), np.float32)
    for i in range(4):
        out[i] = np.sin(passed(x)[i]) * KEPT[i]
    return np.sum(out**2)


def for_single_precision_alone(x):
    if x.dtype != np.float32:
        raise TypeError("only in single precision")
    return np.sum(np.exp(passed(x)))


def large_beside_its_slope(x):
    return np.sum(1000 + passed(x) ** 2)


def of_a_plain_float(s):
    return np.sum(passed(s) * KEPT**2)


def of_complex_numbers(z):
    return np.sum(np.real(passed(z) ** 3))


def nested(params):
    return {"total": np.sum(passed(params["w"]) ** 2) * params["s"], "name": params["name"]}


CASES = [
    (network, (single(3, 8), single(8), single(8, 2), single(5, 3))),
    (crossentropy, (single(3, 4), single(20, 3), np.eye(4, dtype=np.float32)[np.arange(20) % 4])),
    (residuals, (single(5), single(30, 5), single(30))),
    (solved, (single(4, 4), single(4))),
    (rounded_on_its_way, (single(4, 3),)),
    (filled_in_single_precision, (single(4, 3),)),
    (for_single_precision_alone, (single(5),)),
    (large_beside_its_slope, (single(5),)),
    (of_a_plain_float, (2.0,)),
    (of_a_plain_float, (np.float32(2.0),)),
    (of_complex_numbers, ((single(3) + 1j * single(3)).astype(np.complex64),)),
    (nested, ({"w": single(3), "s": 1.5, "name": "first", "none": None},)),
]


@pytest.mark.parametrize("function, args", CASES)
def test_one_percent_is_caught_and_rounding_is_not(function, args, monkeypatch):
    check_grads(function, args, order=2)
    for factor in (0.99, 1.01):
        monkeypatch.setitem(FACTOR, "g", factor)
        with pytest.raises(GradientCheckError):
            check_grads(function, args, modes="reverse")


def test_a_forward_rule_that_is_one_percent_off_is_caught(monkeypatch):
    monkeypatch.setattr(
        "srcad.check.grads.jvp",
        lambda f, args, tangents: (None, np.float32(1.01 * 2 * np.dot(*args, *tangents))),
    )
    x = single(50)
    for modes in (None, "forward"):
        with pytest.raises(GradientCheckError, match="Forward mode"):
            check_grads(lambda x: np.sum(x**2), (x,), modes=modes)


def test_the_tape_catches_one_percent_as_well(monkeypatch):
    monkeypatch.setattr(
        "srcad.check.grads.pulled_back", lambda f, args, direction: [1.01 * 2 * args[0] * direction]
    )
    with pytest.raises(GradientCheckError, match="the tape"):
        check_grads(lambda x: np.sum(x**2), (single(5),), against="tape")


def test_half_precision_passes():
    check_grads(lambda x: np.sum(np.sin(x) * x), (single(6).astype(np.float16),), order=2)


def test_a_kink_near_the_point_is_no_fault():
    x = np.array([0.002, -0.003, 1.0], np.float32)
    check_grads(lambda x: np.sum(np.maximum(x, 0.0) ** 2 + np.abs(x)), (x,))


def test_tolerances_that_are_given_hold():
    check_grads(lambda x: np.sum(passed(x)), (single(3),))
    with pytest.raises(GradientCheckError):
        check_grads(lambda x: np.sum(x**2), (np.full(3, 100.0, np.float32),), eps=0.5, rtol=0.0, atol=0.0)

"""The gradient checker accepts right derivatives, catches wrong ones and names the entry."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest

import srcad.check.grads
from srcad import check_grads, custom_vjp
from srcad.errors import ArgumentError, GradientCheckError, SrcadError


class Layer(NamedTuple):
    weights: np.ndarray
    bias: float


@dataclass
class Model:
    layer: Layer
    name: str


def network(params, x):
    return np.tanh(x @ params["W"]) * params["b"]


def model_output(model, x):
    return np.sum(np.sin(x @ model.layer.weights)) * model.layer.bias


def square(x):
    return x * x


def several(x, y):
    return {"product": x * y, "parts": (np.sin(x), [y])}


def power(x, n):
    result = 1.0
    for _ in range(n):
        result = result * x
    return result


def parameters():
    rng = np.random.default_rng(1)
    return {"W": rng.normal(size=(2, 3)), "b": 0.7}


def wrong_vjp(spoil):
    """A stand-in for ``vjp`` whose pullback is passed through ``spoil``."""
    right = srcad.check.grads.vjp

    def vjp(f, *args):
        value, pullback = right(f, *args)
        return value, lambda cotangent: spoil(pullback(cotangent))

    return vjp


def test_right_derivatives_pass_on_arrays_and_dicts():
    check_grads(network, (parameters(), np.array([[0.3, -0.4], [1.0, 2.0]])))


def test_right_derivatives_pass_on_dataclasses_and_namedtuples():
    model = Model(Layer(np.array([0.5, -0.2]), 1.5), "small")
    check_grads(model_output, (model, np.array([[0.3, -0.4], [1.0, 2.0]])))


def test_every_part_of_a_container_result_is_checked():
    check_grads(several, (0.4, 0.8))


def test_second_order_on_arrays():
    check_grads(lambda x: np.sum(np.sin(x) * x), (np.array([0.3, 1.2]),), order=2)


def vector(x):
    return x**3


def record(x):
    return Layer(np.sin(x), np.sum(x) ** 3)


def instance(x):
    return Model(Layer(x**2, 1.5), "fixed")


def nested(x, y):
    return {"product": x * y, 3: [np.sin(x), (y**2, None, "text")]}


@pytest.mark.parametrize("against", ["differences", "tape"])
@pytest.mark.parametrize("function", [vector, record, instance, nested])
def test_second_order_of_what_a_function_returns(function, against):
    x = np.array([0.3, 1.2])

    check_grads(function, (x, x + 1.0) if function is nested else (x,), order=2, against=against)


@pytest.mark.parametrize("function", [vector, record, nested])
def test_a_kink_in_the_gradient_of_a_part_is_caught(function):
    def kinked(x):
        parts = function(x, 1.0) if function is nested else function(x)
        return [parts, x * np.abs(x)]

    with pytest.raises(GradientCheckError, match="gradient of kinked"):
        check_grads(kinked, (1e-7,), order=2)


def test_integers_are_held_unless_named():
    check_grads(power, (1.5, 3))
    check_grads(lambda x, n: x * n * n, (1.5, 3), argnums=(0, 1))


def test_float32_is_checked_with_its_own_tolerance():
    check_grads(lambda x: np.sum(np.sin(x)), (np.array([0.3, 1.2], dtype=np.float32),))


def test_the_arguments_stay_as_they_were():
    params = parameters()
    before = params["W"].copy()
    check_grads(network, (params, np.ones((1, 2))))
    assert np.array_equal(params["W"], before)


def test_a_wrong_entry_is_caught_and_named(monkeypatch):
    def spoil(gradients):
        gradients[0]["W"][1, 2] += 0.5
        return gradients

    monkeypatch.setattr(srcad.check.grads, "vjp", wrong_vjp(spoil))
    with pytest.raises(GradientCheckError) as caught:
        check_grads(network, (parameters(), np.ones((1, 2))))
    message = str(caught.value)
    assert "args[0]['W'][1, 2]" in message
    assert "network" in message and "step" in message and "central differences" in message


def test_an_attribute_is_named_as_it_is_written(monkeypatch):
    def spoil(gradients):
        gradients[0].layer.weights[1] *= 1.01
        return gradients

    monkeypatch.setattr(srcad.check.grads, "vjp", wrong_vjp(spoil))
    with pytest.raises(GradientCheckError, match=r"args\[0\]\.layer\[0\]\[1\]"):
        check_grads(model_output, (Model(Layer(np.array([0.5, -0.2]), 1.5), "m"), np.ones((1, 2))))


@pytest.mark.parametrize(
    ("spoiled", "reason"),
    [
        (lambda g: (g[0] * 0.0,), r"args\[0\]\[1\] is 0\.0.*Of 2 entries that differ this is the worst"),
        (lambda g: (g[0] * np.nan,), "is nan"),
        (lambda g: (g[0][:1],), r"has shape \(1,\)"),
        (lambda g: (None,), "no number"),
    ],
)
def test_zero_nan_misshapen_and_missing_gradients_are_caught(monkeypatch, spoiled, reason):
    monkeypatch.setattr(srcad.check.grads, "vjp", wrong_vjp(spoiled))
    with pytest.raises(GradientCheckError, match=reason):
        check_grads(lambda x: np.sum(np.exp(x)), (np.array([0.3, 1.2]),))


def test_a_derivative_that_is_wrong_only_in_second_order_is_caught(monkeypatch):
    right = srcad.check.grads.vjp
    calls = []

    def vjp(f, *args):
        calls.append(f)
        value, pullback = right(f, *args)
        if len(calls) == 1:
            return value, pullback
        return value, lambda cotangent: tuple(g * 2.0 for g in pullback(cotangent))

    monkeypatch.setattr(srcad.check.grads, "vjp", vjp)
    check_grads(square, (1.3,))
    calls.clear()
    with pytest.raises(GradientCheckError, match="the gradient of square"):
        check_grads(square, (1.3,), order=2)


def test_a_kink_is_reported_with_the_way_out():
    with pytest.raises(GradientCheckError, match="away from kinks"):
        check_grads(lambda x: np.sum(np.where(x > 0.0, x, 5.0 * x)), (np.array([0.0]),))


@pytest.mark.parametrize(
    ("args", "options", "reason"),
    [
        ((2.0,), {"argnums": 3}, "position 3"),
        ((2,), {}, "nothing to check"),
        (("text", 2.0), {"argnums": 0}, "without an entry"),
        (2.0, {}, "tuple or a list"),
        ((2.0,), {"order": 0}, "at least 1"),
        ((2.0,), {"order": 1.5}, "a whole number"),
        ((2.0,), {"order": "two"}, "a whole number"),
        ((2.0,), {"modes": "sideways"}, "'sideways' is not known"),
    ],
)
def test_a_wrong_use_is_an_argument_error(args, options, reason):
    with pytest.raises(ArgumentError, match=reason) as caught:
        check_grads(square, args, **options)
    assert isinstance(caught.value, SrcadError)


def test_the_entry_that_differs_most_is_reported(monkeypatch):
    monkeypatch.setattr(srcad.check.grads, "vjp", wrong_vjp(lambda g: (g[0] + np.array([0.001, 0.5, 0.01]),)))
    with pytest.raises(GradientCheckError, match=r"args\[0\]\[1\] .*Of 3 entries"):
        check_grads(lambda x: np.sum(np.exp(x)), (np.array([0.3, 1.2, 0.4]),))


@custom_vjp
def squared(x):
    return x**2


@squared.backward
def squared_backward(ans, g, x):
    return 2.0 * g * x


@squared.forward
def squared_forward(ans, t, x):
    return 3.0 * x * t  # wrong


@pytest.mark.parametrize(
    ("modes", "judge"),
    [("fwd", "differences"), (("forward", "reverse"), "the gradient"), (None, "the gradient")],
)
def test_a_wrong_rule_of_forward_mode_is_found(modes, judge):
    point = (np.array([1.0, 2.0]),)
    check_grads(squared, point, modes="reverse")
    with pytest.raises(GradientCheckError, match=f"Forward mode of squared .* {judge}"):
        check_grads(squared, point, modes=modes)


def test_both_modes_and_orders_are_checked_on_containers():
    point = {"w": np.array([0.3, -0.5]), "b": 2.0, "label": "first", "n": 3}
    check_grads(lambda p: {"a": np.sin(p["w"]) * p["b"], "n": 3}, (point,), order=2, modes=("fwd", "rev"))


Z = np.array([0.3 - 0.7j, 1.1 + 0.2j])


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (lambda z: abs(z) ** 2, (1.0 + 2.0j,)),
        (lambda z: z**3, (1.0 + 2.0j,)),
        (lambda z, x: {"a": z * np.exp(x * z), "b": [x, np.conj(z)]}, (Z, 0.7)),
        (lambda x: np.fft.fft(x) * x, (np.array([0.3, 1.2, -0.7]),)),
    ],
)
@pytest.mark.parametrize("against", ["differences", "tape"])
def test_complex_arguments_and_results_are_checked_by_their_parts(f, args, against) -> None:
    check_grads(f, args, order=2 if against == "differences" else 1, against=against)
    check_grads(f, args, argnums=0)


def test_a_wrong_derivative_of_a_complex_function_is_caught() -> None:
    @custom_vjp
    def squared(z):
        return z * z

    @squared.backward
    def squared_backward(ans, g, z):
        return g * z

    for wrong in (lambda z: squared(z), lambda x: squared(x * (1.0 + 2.0j))):
        with pytest.raises(GradientCheckError):
            check_grads(wrong, (0.7,))
    with pytest.raises(GradientCheckError):
        check_grads(lambda z: squared(z), (0.7 + 0.2j,))


def test_complex_numbers_inside_of_containers_are_refused() -> None:
    with pytest.raises(ArgumentError, match="stand inside args"):
        check_grads(lambda pair: abs(pair[0] * pair[1]), ([1.0 + 2.0j, 0.5],))


class Scale:
    __slots__ = ("factor",)

    def __init__(self, factor):
        self.factor = factor


class Registered:
    def __init__(self, weights, count):
        self.weights, self.count = weights, count


srcad.tree.register(Registered, lambda r: [r.weights], lambda r, parts: Registered(parts[0], r.count))


@pytest.mark.parametrize(
    ("f", "argument"),
    [
        (lambda o: np.sum(o.weights**3) * o.count, SimpleNamespace(weights=np.ones(2), count=2)),
        (lambda o: np.sum(o.weights**3) * o.count, Registered(np.ones(2), 3)),
        (lambda o: o.factor**3, Scale(2.0)),
        (lambda os: os["a"].factor * os["b"][0].factor ** 2, {"a": Scale(2.0), "b": [Scale(3.0)]}),
    ],
)
def test_the_attributes_of_objects_are_checked(f, argument) -> None:
    check_grads(f, (argument,), order=2)


def test_a_wrong_gradient_of_an_attribute_is_named() -> None:
    @custom_vjp
    def spoiled(x):
        return x**2

    @spoiled.backward
    def spoiled_backward(ans, g, x):
        return 3 * g * x

    with pytest.raises(GradientCheckError, match=r"args\[0\]\.factor") as caught:
        check_grads(lambda o: spoiled(o.factor), (Scale(2.0),))
    assert "check_grads(lambda o" in str(caught.value)
    with pytest.raises(GradientCheckError, match="spoiled|lambda"):
        check_grads(lambda x: Registered(spoiled(x), 1), (2.0,))


def test_arguments_by_name_and_an_auxiliary_result() -> None:
    def scaled(x, n, *, power=3):
        return x**power * n, "scaled"

    check_grads(scaled, (2.0, 3), argnums=("n", "x"), has_aux=True)
    check_grads(scaled, (2.0, 3), has_aux=True, modes="forward")
    with pytest.raises(ArgumentError, match="argnums='y' does not fit"):
        check_grads(scaled, (2.0, 3), argnums="y", has_aux=True)
    with pytest.raises(ArgumentError, match="The result of <lambda> holds no") as caught:
        check_grads(lambda x: "text", (1.0,))
    assert caught.value.location is not None


def test_an_array_without_axes_stays_one_in_forward_mode() -> None:
    def stored(x):
        x[...] = 2.0 * np.sin(x)
        return x * x

    check_grads(stored, (np.array(0.7),), modes="forward")


class _Node:
    def __init__(self, value: float) -> None:
        self.value = value
        self.peer: Any = self


def test_objects_that_know_each_other_are_checked() -> None:
    def energy(node: Any) -> Any:
        return node.value**2 * node.peer.value + np.sin(node.peer.peer.value)

    first, second = _Node(2.0), _Node(3.0)
    first.peer, second.peer = second, first
    for node in (first, _Node(1.5)):
        check_grads(energy, (node,))


def test_a_wrong_gradient_of_objects_that_know_each_other_is_found() -> None:
    @custom_vjp
    def halved(x: float) -> float:
        return 0.5 * x

    @halved.backward
    def halved_backward(ans: Any, g: Any, x: float) -> Any:
        return g

    def energy(node: Any) -> Any:
        return node.value * halved(node.peer.value)

    first, second = _Node(2.0), _Node(3.0)
    first.peer, second.peer = second, first
    with pytest.raises(AssertionError, match="peer.value"):
        check_grads(energy, (first,), modes=("reverse",))


def test_an_object_under_two_names_has_a_gradient_for_each() -> None:
    def energy(pair: Any) -> Any:
        return pair.left.value**2 * pair.right.value

    node = SimpleNamespace(value=2.0)
    check_grads(energy, (SimpleNamespace(left=node, right=node),))

"""Calls of what objects and lists hold are plain code where their classes are known, and raise where Python raises."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcad.api import grad
from srcad.check import check_grads
from srcad.errors import UnsupportedError
from srcad.operators import jvp

X = np.array([[0.9, -0.4, 1.3], [0.2, 0.8, -0.7]])
W = np.array([[0.7, -0.2, 0.4], [0.1, 0.9, -0.3], [-0.5, 0.2, 0.6]])


class Linear:
    def __init__(self, weights: Any) -> None:
        self.weights = weights

    def __call__(self, x: Any) -> Any:
        return x @ self.weights


class Tanh:
    def __call__(self, x: Any) -> Any:
        return np.tanh(x)


class Held:
    def __init__(self, layers: Any, last: Any = None) -> None:
        self.layers, self.last = layers, last


class Sized:
    def __init__(self, size: Any) -> None:
        self.size = size

    @property
    def shape(self) -> Any:
        return self.size**3


def through(held, x):
    for layer in held.layers:
        x = layer(x)
    return np.sum(x if held.last is None else held.last(x))


def made(weights, x):
    held = Held([Linear(weights), Tanh(), Linear(weights * 0.5)], np.sin)
    for layer in held.layers:
        x = layer(x)
    return np.sum(held.last(x))


def of_sizes(x):
    things = [Sized(x), Sized(2.0 * x)]
    return sum(t.size**2 for t in things) + things[0].shape


def of_anything(things):
    return sum(t.size**2 for t in things)


def text_of(function: Any, *args: Any) -> str:
    derived = grad(function)
    derived(*args)
    return str(derived.source)


def test_layers_of_one_class_are_a_plain_loop() -> None:
    text = text_of(through, Held([Linear(W), Linear(W)]), X)
    assert "rt.call" not in text and "type(" not in text


def test_layers_of_several_classes_are_branches() -> None:
    text = text_of(through, Held([Linear(W), Tanh()]), X)
    assert "rt.call" not in text and "type(layer) is" in text


def test_layers_that_are_made_inside_are_a_plain_loop() -> None:
    assert "rt.call" not in text_of(made, W, X)
    check_grads(made, (W, X), order=2)


def test_other_classes_at_the_next_call_are_seen() -> None:
    derived = grad(through, argnums=1)
    for layers in ([Linear(W), Tanh()], [Tanh(), Tanh()], [Linear(W)], (Tanh(), Linear(W * 2.0))):
        held = Held(layers, np.cos)
        step, direction = 1e-6, np.ones_like(X)
        expected = (through(held, X + step * direction) - through(held, X - step * direction)) / (2 * step)
        assert np.sum(derived(held, X)) == pytest.approx(expected, rel=1e-6)


def test_a_method_that_is_replaced_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    derived, held = grad(through, argnums=1), Held([Linear(W), Tanh()])
    before = derived(held, X)
    monkeypatch.setattr(Tanh, "__call__", lambda self, x: 3.0 * x)
    after = derived(held, X)
    np.testing.assert_allclose(after, np.broadcast_to(3.0 * W.sum(axis=1), X.shape))
    assert not np.allclose(before, after)


def test_a_part_that_is_none_raises_as_python_does() -> None:
    with pytest.raises(TypeError, match="NoneType"):
        grad(through, argnums=1)(Held([Linear(W), None]), X)


def test_a_class_without_the_method_raises_as_python_does() -> None:
    with pytest.raises(AttributeError):
        grad(of_anything)([Sized(1.0), Tanh()])


@pytest.mark.parametrize("function", [of_sizes])
def test_attributes_named_like_those_of_arrays_have_a_derivative(function: Any) -> None:
    check_grads(function, (1.3,), order=2)
    assert jvp(function, (1.3,), (1.0,))[1] == pytest.approx(10 * 1.3 + 3 * 1.3**2)


def test_attributes_named_like_those_of_arrays_of_unknown_objects_have_a_derivative() -> None:
    def of_dict(x):
        things = {"a": Sized(x)}
        return sum(t.size**2 for t in things.values())

    assert grad(of_dict)(1.5) == pytest.approx(3.0)


def asked_before(things, x):
    total = 0.0
    for k in range(2):
        if k > 0:
            is_linear = isinstance(thing, Linear)  # noqa: F821  (of the trip before)
        for thing in things:
            if k > 0:
                if is_linear:
                    total = total + np.sum(thing(x))
    return total


def asked_now_and_then(things, x):
    total, k = 0.0, 0
    for thing in things:
        if k == 0:
            is_linear = isinstance(thing, Linear)
        k += 1
        if is_linear:
            total = total + np.sum(thing(x)) * k
    return total


@pytest.mark.parametrize("function", [asked_before, asked_now_and_then])
def test_what_was_asked_of_another_object_tells_nothing(function: Any) -> None:
    for things in ([Linear(W), Tanh()], [Tanh(), Linear(W)], [Tanh(), Tanh(), Linear(W)]):
        check_grads(lambda x, things=things: function(things, x), (X,), order=1)
        assert grad(function, argnums=1)(things, X).shape == X.shape


class Rated:
    rate = 2.0

    def __init__(self, v: Any) -> None:
        self.v = v

    def raised(self, n: int) -> Any:
        if n > 0:
            self.rate = self.rate * self.v
            return self.raised(n - 1)
        return self.rate


def raised_recursively(x):
    rates = [Rated(x), Rated(2.0 * x)]
    found = [r.raised(2) for r in rates]
    return rates[0].rate * rates[1].rate + found[0]


def test_an_attribute_of_the_class_may_become_the_object_s_own() -> None:
    check_grads(raised_recursively, (1.3,), order=1)


def of_two_in_objects(a, b):
    layers = [Linear(a), Linear(b)]
    layers[0].weights = layers[0].weights * b
    return np.sum(layers[0].weights * layers[1].weights)


def test_one_array_given_twice_and_held_by_objects_has_two_gradients() -> None:
    x = np.array([0.3, -0.5, 0.8])
    first, second = grad(of_two_in_objects, argnums=(0, 1))(x, x)
    np.testing.assert_allclose(first, x**2)
    np.testing.assert_allclose(second, 2 * x**2)


class Logged:
    def __init__(self, w: Any) -> None:
        self.w = w
        self.log = []

    def step(self, factor: Any) -> Any:
        self.log.append(self.w)
        self.w = self.w * factor
        return self.w


def of_two_that_keep_logs(a, b):
    both = [Logged(a), Logged(b)]
    total = 0.0
    for one in both:
        total += np.sum(one.step(b))
    return total + sum(np.sum(one.log[0] ** 3) for one in both)


def of_two_in_a_dict(a, b):
    both = {"a": Logged(a), "b": Logged(b)}
    both["a"].log.append(b)
    both["b"].step(2.0)
    return np.sum(both["a"].log[0] * both["b"].w * both["a"].w)


@pytest.mark.parametrize("function", [of_two_that_keep_logs, of_two_in_a_dict])
def test_what_objects_do_to_their_lists_changes_no_array_in_them(function: Any) -> None:
    x = np.array([0.3, -0.5, 0.8])
    found, apart = (grad(function, argnums=(0, 1))(first, x) for first in (x, x.copy()))
    np.testing.assert_allclose(found, apart)
    assert np.all(np.abs(found[1]) > 0)


class Mixed:
    def __init__(self, w: Any) -> None:
        self.parts = [Linear(w)]
        self.log = []

    def step(self, factor: Any) -> None:
        self.log.append(self.parts[0].weights)
        self.parts[0].weights = self.parts[0].weights * factor


def of_two_in_lists_of_whatever(a, b):
    both = [Mixed(a), Mixed(b)]
    for one in both:
        one.step(b)
    return sum(np.sum(one.log[0] * one.parts[0].weights) for one in both)


def changed_in_lists_of_whatever(a, b):
    both = [Mixed(a), Mixed(b)]
    for one in both:
        one.log.append(one.parts[0].weights)
        one.log[0][0] *= 2.0
    return sum(np.sum(one.parts[0].weights ** 2) for one in both)


def test_what_may_or_may_not_change_shared_memory_is_refused_where_it_does_not() -> None:
    x = np.array([0.3, -0.5, 0.8])
    with pytest.raises(UnsupportedError, match="share memory, and it is not known"):
        grad(of_two_in_lists_of_whatever, argnums=(0, 1))(x, x)
    check_grads(of_two_in_lists_of_whatever, (x, x.copy()), order=1)
    first, second = grad(changed_in_lists_of_whatever, argnums=(0, 1))(x, x)
    np.testing.assert_allclose(first, 4 * x * [16.0, 1.0, 1.0])  # both double the one entry
    assert not np.any(second)


class SetUp:
    def set_up(self, a: Any) -> None:
        self.a, self.y = a, 0.0

    def step(self, x: Any) -> Any:
        self.y = self.a * x + (1 - self.a) * self.y
        return self.y


def set_up_in_a_loop(a, x):
    several = [SetUp(), SetUp()]
    for one in several:
        one.set_up(a)
    return sum(one.step(v) * v for v in x for one in several)


def filled(x):
    squares = [0.0] * len(x)
    for i in range(len(x)):
        squares[i] = x[i] ** 2
    return sum(squares) * squares[0]


def table(x):
    rows = [[0.0] * len(x) for _ in range(2)]
    for i in range(len(x)):
        rows[0][i], rows[1][i] = x[i], rows[0][i - 1] * x[i]
    return sum(sum(row) for row in rows)


class Likelihood:
    def __init__(self, x: Any) -> None:
        self.x = x

    def add(self, z: Any) -> None:
        self.x = self.x * z
        self.total = getattr(self, "total", 0.0) + self.x**2


def with_a_default(a, x):
    several = [Likelihood(a), Likelihood(a * 2)]
    for v in x:
        for one in several:
            one.add(v)
    return several[0].total * several[1].total


@pytest.mark.parametrize("function", [set_up_in_a_loop, with_a_default])
def test_attributes_that_are_set_after_the_making_are_plain_code(function: Any) -> None:
    assert "rt.call" not in text_of(function, 0.3, X[0])
    check_grads(function, (0.3, X[0]), order=2)


@pytest.mark.parametrize("function", [filled, table])
def test_lists_that_are_repeated_are_plain_code(function: Any) -> None:
    assert "rt.call" not in text_of(function, X[0])
    check_grads(function, (X[0],), order=2)


def cubed(v):
    return v**3


def functions_by_names(x):
    table, y = {"cubed": cubed, "sin": np.sin}, x[0]
    for name in ("cubed", "sin"):
        y = table[name](y) * x[1]
    return y


def objects_by_names(x):
    several = {}
    for name, v in zip("aba", x):
        if name not in several:
            several[name] = Likelihood(v)
        several[name].add(v)
    return sum(one.total for one in several.values())


@pytest.mark.parametrize("function", [functions_by_names, objects_by_names])
def test_what_dicts_hold_under_keys_that_are_not_written_out_is_plain_code(function: Any) -> None:
    assert "rt.call" not in text_of(function, X[0])
    check_grads(function, (X[0],), order=2)


class Stepping:
    def __init__(self, w: Any, part: Any) -> None:
        self.w = w
        self.part = part
        self.parts = [part]

    def step(self, v: Any, x: float) -> None:
        pass


class Storing(Stepping):
    def step(self, v: Any, x: float) -> Any:
        super().step(v, x)
        v[0] = self.parts[0].weights[1]
        return self.part.weights


class Unrelated:
    def step(self, v: Any, x: float) -> Any:
        return self.parts[-1](v)


def stored_by_what_inherits(a):
    one = Storing(a, Linear(a[::-1]))
    one.step(one.part.weights, 0.3)[0] *= one.w[2]
    return np.sum(a**3)


def test_the_class_that_super_goes_on_from_has_its_own_name() -> None:
    check_grads(stored_by_what_inherits, (np.array([0.3, -0.5, 0.8]),), order=2)
    derivative = grad(stored_by_what_inherits)
    derivative(np.ones(3))
    assert "super" in derivative.source
    assert "__class__" not in derivative.source


def stored_and_called_in_one_loop(a, b):
    both = [Logged(a), Logged(b)]
    total = np.zeros(2)
    for k, one in enumerate(both):
        one.w = one.w * 2.0
        total[k] += np.sum(one.step(b))
    return np.sum(total**2) + sum(np.sum(one.log[0] ** 3) for one in both)


def test_objects_in_a_list_that_does_not_grow_are_known_in_loops_that_call_and_store() -> None:
    x = np.array([0.3, -0.5, 0.8])
    derivative = grad(stored_and_called_in_one_loop, argnums=(0, 1))
    derivative(x, x + 0.1)
    assert "rt.call" not in derivative.source and "while" not in derivative.source

"""Values with a derivative that are kept in memory which outlives the call are refused in every mode."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest

from srcad import grad, hvp, jvp
from srcad.errors import UnsupportedError

KEPT: list[float] = []
TABLE: dict[str, float] = {}
ARRAY = np.ones(3)


class Keeper:
    """Has memory of its own, of its class and of neither."""

    numbers: list[float] = [1.0, 3.0]  # noqa: RUF012
    table: dict[str, Any] = {"a": 2.0, "b": np.ones(2), "c": [1.0, 2.0]}  # noqa: RUF012
    array = np.array([1.0, 2.0])
    total = 1.0

    def __init__(self, x):
        self.x = x
        self.log = []

    def appends(self, x):
        self.numbers.append(x)
        return self.numbers[-1] * x

    def stores(self, x):
        self.array[0] = x
        return self.array[0] * x

    def stores_deep(self, x):
        self.table["c"][0] = x
        return self.table["c"][0] * x

    @classmethod
    def assigns(cls, x):
        cls.total = x
        return cls.total * x

    def reads(self):
        first, second = self.numbers
        total = first * self.x + second * self.x**2 + sum(v * self.x for v in self.numbers)
        for value in self.table.values():
            total = total + np.sum(value) * self.x
        own = [*self.numbers, self.x]
        own[0] = self.x
        self.log.append(self.x)
        return (
            total
            + own[0] * own[1]
            + np.dot(self.array, self.array) * self.x
            + self.log[0] * max(self.numbers)
        )


def gathers(x, seen=[]):  # noqa: B006
    seen.append(x)
    return sum(v * v for v in seen)


def remembers(n, x, cache={}):  # noqa: B006
    if n not in cache:
        cache[n] = x if n < 2 else remembers(n - 1, x) * remembers(n - 2, x) + n
    return cache[n]


def scales(x, options={"scale": 2.0}):  # noqa: B006
    y = np.zeros(3)
    y[0] = x * options["scale"]
    return np.sum(y**2)


def default_list(x):
    return gathers(x) + gathers(2 * x)


def default_list_called_at_run_time(x):
    functions = [gathers, math.sin]
    k = 0 if x > 0 else 1
    return functions[k](x) + functions[k](2 * x)


def default_dict(x):
    return remembers(5, x) * x


def global_list(x):
    KEPT.append(x)
    return KEPT[0] * x


def global_dict(x):
    TABLE["a"] = x
    return TABLE["a"] * x


def global_array(x):
    ARRAY[0] = x
    return ARRAY[0] * x


def list_of_a_class(x):
    return Keeper(x).appends(x)


def array_of_a_class(x):
    return Keeper(x).stores(x)


def nested_list_of_a_class(x):
    return Keeper(x).stores_deep(x)


def attribute_of_a_class(x):
    return Keeper.assigns(x)


class Network:
    """Lives in a global variable, and keeps what went through it."""

    def __init__(self):
        self.weight = 2.0
        self.hidden = 1.0
        self.history = []
        self.buffer = np.zeros(3)
        self.calls = 0
        self.hours = 0.0

    def forward(self, x):
        self.hidden = x * self.weight
        return self.hidden

    def loss(self):
        return self.hidden**2

    def notes(self, x):
        self.history.append(x)

    def fills(self, x):
        self.buffer[1] = x

    def applies(self, function, x):
        self.calls += 1
        self.hours += 0.25
        self.history.clear()
        self.buffer[:] = 0.0
        return function(x) * self.weight


NETWORK = Network()
NETWORKS = {"first": Network(), "second": Network()}


def memorized(function):
    cache = {}

    def wrapper(n, x):
        if (n, x) not in cache:
            cache[n, x] = function(n, x)
        return cache[n, x]

    return wrapper


class Memorized:
    def __init__(self, function):
        self.function = function
        self.cache = {}

    def __call__(self, n, x):
        if (n, x) not in self.cache:
            self.cache[n, x] = self.function(n, x)
        return self.cache[n, x]


@memorized
def power_by_closure(n, x):
    return x if n < 2 else power_by_closure(n - 1, x) * x


@Memorized
def power_by_class(n, x):
    return x if n < 2 else power_by_class(n - 1, x) * x


def cache_of_a_decorator(x):
    return power_by_closure(3, x)


def cache_of_a_decorator_that_is_full(x):
    power_by_closure(3, 0.7)
    return power_by_closure(3, x)


def cache_of_a_decorating_class(x):
    return power_by_class(3, x)


def method_of_a_global_object(x):
    NETWORK.forward(x)
    return NETWORK.loss()


def method_of_an_object_in_a_global_dict(x):
    NETWORKS["second" if x < 0 else "first"].notes(x)
    return NETWORKS["first"].history[-1] * x


def array_of_a_global_object(x):
    NETWORK.fills(x)
    return np.sum(NETWORK.buffer) * x


def method_whose_name_is_computed(x):
    getattr(KEPT, "append" if x > 0 else "remove")(x)
    return KEPT[-1] * x


def attribute_whose_name_is_computed(x):
    setattr(NETWORK, "hidden" if x > 0 else "weight", x)
    return NETWORK.loss()


HELD = {"list": [1.0, 2.0], "array": np.ones(2)}


def list_in_a_shallow_copy(x):
    held = copy.copy(HELD)
    held["list"][0] = x
    return HELD["list"][0] * x


def array_in_a_shallow_copy(x):
    array = HELD.copy()["array"]
    array[0] = x
    return HELD["array"][0] * x


class Single:
    """Is its own copy."""

    weight = 1.0

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


SINGLE = Single()


def copy_that_is_none(x):
    single = copy.copy(SINGLE)
    single.weight = x
    return SINGLE.weight * x


def deep_copy_that_is_none(x):
    single = copy.deepcopy(SINGLE)
    single.weight = x
    return SINGLE.weight * x


KEEPING = [
    list_in_a_shallow_copy, array_in_a_shallow_copy, copy_that_is_none, deep_copy_that_is_none,
    cache_of_a_decorator, cache_of_a_decorator_that_is_full, cache_of_a_decorating_class, method_of_a_global_object,
    method_of_an_object_in_a_global_dict, array_of_a_global_object, method_whose_name_is_computed,
    attribute_whose_name_is_computed,
    default_list, default_list_called_at_run_time, default_dict, global_list, global_dict, global_array,
    list_of_a_class, array_of_a_class, nested_list_of_a_class, attribute_of_a_class,
]  # fmt: skip


@pytest.fixture(autouse=True)
def fresh_memory(monkeypatch):
    monkeypatch.setattr(gathers, "__defaults__", ([],))
    monkeypatch.setattr(remembers, "__defaults__", ({},))
    monkeypatch.setattr(Keeper, "numbers", [1.0, 3.0])
    KEPT.clear()
    TABLE.clear()


@pytest.mark.parametrize("program", KEEPING, ids=lambda program: program.__name__)
@pytest.mark.parametrize("mode", ["reverse", "forward", "second order"])
def test_keeping_is_refused_at_its_line(program, mode):
    with pytest.raises(UnsupportedError) as caught:
        if mode == "reverse":
            grad(program)(0.7)
        elif mode == "forward":
            jvp(program, (0.7,), (1.0,))
        else:
            hvp(program)(0.7, 1.0)
    assert "test_outliving_memory.py" in str(caught.value)


def reading_what_belongs_to_a_class(x):
    return Keeper(x).reads()


def reading_a_default(x):
    return scales(x) * x


def counting_in_a_global_object(x):
    return NETWORK.applies(scales, x) * NETWORK.applies(math.sin, x)


READING = [reading_what_belongs_to_a_class, reading_a_default, counting_in_a_global_object]


@pytest.mark.parametrize("program", READING, ids=lambda program: program.__name__)
def test_reading_is_not(program):
    first = (program(0.7 + 1e-6) - program(0.7 - 1e-6)) / 2e-6
    second = (program(0.7 + 1e-4) - 2 * program(0.7) + program(0.7 - 1e-4)) / 1e-8
    assert grad(program)(0.7) == pytest.approx(first, rel=1e-6)
    assert jvp(program, (0.7,), (1.0,))[1] == pytest.approx(first, rel=1e-6)
    assert hvp(program)(0.7, 1.0) == pytest.approx(second, rel=1e-5)

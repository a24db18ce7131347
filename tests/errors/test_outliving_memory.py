"""Values with a derivative that are kept in memory which outlives the call are refused in every mode."""

from __future__ import annotations

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


KEEPING = [
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


@pytest.mark.parametrize("program", [reading_what_belongs_to_a_class, reading_a_default])
def test_reading_is_not(program):
    first = (program(0.7 + 1e-6) - program(0.7 - 1e-6)) / 2e-6
    second = (program(0.7 + 1e-4) - 2 * program(0.7) + program(0.7 - 1e-4)) / 1e-8
    assert grad(program)(0.7) == pytest.approx(first, rel=1e-6)
    assert jvp(program, (0.7,), (1.0,))[1] == pytest.approx(first, rel=1e-6)
    assert hvp(program)(0.7, 1.0) == pytest.approx(second, rel=1e-5)

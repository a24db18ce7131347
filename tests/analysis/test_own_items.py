"""Classes that extend containers and say themselves what their items are: refused, made inside or given."""

from __future__ import annotations

import collections

import pytest

from srcad import grad, jvp
from srcad.errors import UnsupportedError


class Longer(list):
    def __len__(self):
        return 2


class Doubling(list):
    def __getitem__(self, index):
        return super().__getitem__(index) * 2


class Appending(list):
    def append(self, value):
        super().append(value * 2)


class Backwards(list):
    def __reversed__(self):
        return iter([self[0]])


class Pairs(tuple):
    def __getitem__(self, index):
        return super().__getitem__(index) * 2


class Looking(dict):
    def __getitem__(self, key):
        return super().__getitem__(key) * 2


class Listing(dict):
    def values(self):
        return [3.0 * value for value in super().values()]


class Filling(collections.defaultdict):
    def __missing__(self, key):
        self[key] = 2.0
        return self[key]


def appended(x):
    values = Appending()
    values.append(x)
    return values[0] * x


def filled(x):
    values = Filling(float)
    values["a"] += x
    return values["a"] * x


MADE_INSIDE = {
    "length": lambda x: sum(Longer([x, 2.0 * x])) * x,
    "item": lambda x: Doubling([x, x * x])[1],
    "append": appended,
    "reversed": lambda x: sum(reversed(Backwards([x, x * x]))),
    "tuple": lambda x: Pairs((x, x * x))[1],
    "lookup": lambda x: Looking(a=x)["a"] * x,
    "missing": filled,
}
GIVEN = {
    "length": (lambda v: sum(v) * len(v), Longer([1.0, 2.0, 3.0])),
    "item": (lambda v: v[0] * v[1], Doubling([1.0, 2.0])),
    "reversed": (lambda v: sum(reversed(v)), Backwards([1.0, 2.0])),
    "tuple": (lambda v: v[0] * v[1], Pairs((1.0, 2.0))),
    "lookup": (lambda v: v["a"], Looking(a=1.0)),
    "values": (lambda v: sum(v.values()), Listing(a=1.0, b=2.0)),
}


@pytest.mark.parametrize("program", MADE_INSIDE.values(), ids=MADE_INSIDE)
def test_a_container_with_items_of_its_own_is_refused_where_it_is_made(program):
    with pytest.raises(UnsupportedError, match="in an attribute of its instances"):
        grad(program)(1.5)
    with pytest.raises(UnsupportedError, match="in an attribute of its instances"):
        jvp(program, (1.5,), (1.0,))


@pytest.mark.parametrize("program, argument", GIVEN.values(), ids=GIVEN)
def test_a_container_with_items_of_its_own_is_refused_as_an_argument(program, argument):
    with pytest.raises(UnsupportedError, match="in an attribute of its instances"):
        grad(program)(argument)


def test_containers_with_further_methods_are_differentiated():
    class Stack(list):
        def top(self):
            return self[-1]

        def __contains__(self, value):
            return True

    def program(x):
        stack = Stack([x])
        stack.append(x * x)
        return stack.top() * stack[0] if 7.0 in stack else x

    assert grad(program)(1.5) == pytest.approx(3 * 1.5**2)

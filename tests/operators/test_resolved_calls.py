"""Derivatives of forward mode through calls that are resolved when they run: classes in lists, ``jvp`` in ``jvp``."""

from __future__ import annotations

import copy
import functools
from dataclasses import dataclass, field

import numpy as np
import pytest

from srcad import grad, jvp
from srcad.errors import UnsupportedError

ORDERS = {
    "reverse over forward": lambda f: lambda x: grad(lambda y: jvp(f, (y,), (1.0,))[1])(x),
    "reverse over forward over forward": lambda f: (
        lambda x: grad(lambda z: jvp(lambda y: jvp(f, (y,), (1.0,))[1], (z,), (1.0,))[1])(x)
    ),
    "forward over reverse over forward": lambda f: (
        lambda x: jvp(grad(lambda y: jvp(f, (y,), (1.0,))[1]), (x,), (1.0,))[1]
    ),
    "forward over forward over reverse": lambda f: (
        lambda x: jvp(lambda y: jvp(grad(f), (y,), (1.0,))[1], (x,), (1.0,))[1]
    ),
    "reverse over reverse over forward": lambda f: lambda x: grad(grad(lambda y: jvp(f, (y,), (1.0,))[1]))(x),
    "forward over reverse over forward over forward": lambda f: (
        lambda x: jvp(grad(lambda z: jvp(lambda y: jvp(f, (y,), (1.0,))[1], (z,), (1.0,))[1]), (x,), (1.0,))[
            1
        ]
    ),
}


class Cubed:
    def __init__(self, x):
        self.value = x**5


@dataclass
class Filled:
    x: float
    rest: list = field(default_factory=list)

    def __post_init__(self):
        self.rest.append(self.x**2)
        self.value = self.rest[0] * self.x**3


class Called:
    def __init__(self, x):
        self.x = x

    def __call__(self):
        return self.x**5


class Computed:
    def __init__(self, x):
        self.x = x

    @property
    def value(self):
        return self.x**5

    def __getitem__(self, i):
        return self.x ** (i + 5)

    def __iter__(self):
        return iter([self.x**2, self.x**3])


def of_a_class(x):
    return sum([c(x).value for c in [Cubed]])


def of_dataclasses(x):
    total = 0.0
    for made in [Filled, Cubed]:
        total = total + made(x).value
    return 0.5 * total


def of_an_object_that_is_called(x):
    total = 0.0
    for made in [Called]:
        total = total + made(x)()
    return total


def of_a_property(x):
    total = 0.0
    for item in [made(x) for made in (Computed, Cubed)]:
        total = total + 0.5 * item.value
    return total


def of_an_item(x):
    total = 0.0
    for item in [made(x) for made in (Computed, Computed)]:
        total = total + 0.5 * item[0]
    return total


def of_an_iterable(x):
    product = 1.0
    for item in [made(x) for made in (Computed,)]:
        for value in item:
            product = product * value
    return product


def of_a_dict_made_late(x):
    make = [dict][0]
    table = make([("a", x**2), ("b", x**3)])
    return table["a"] * table["b"]


def of_methods_in_a_list(x):
    items = []
    for add in [items.append]:
        add(x**2)
        add(x**3)
    return items[0] * items[1]


def of_a_list_times_an_array(x):
    rows = [x**2]
    for items in (rows,):
        product = items * np.array([x**3])
    return product[0]


def of_a_dict_and_pairs(x):
    table = {"a": x**2}
    for items in (table,):
        items |= [("b", x**3)]
    return table["a"] * table["b"]


class Held:
    def __init__(self, x, rest):
        self.x, self.rest = x, rest


class Copied(Held):
    def __copy__(self):
        return Copied(self.x * self.x, self.rest)

    def __deepcopy__(self, memo):
        if id(self) not in memo:
            memo[id(self)] = Copied(self.x, copy.deepcopy(self.rest, memo))
        return memo[id(self)]


class Doubled:
    def __init__(self, x):
        self.x = x

    def __setattr__(self, name, value):
        object.__setattr__(self, name, 2.0 * value)


class Squared:
    def __init__(self, x):
        self.x = x

    def __getattribute__(self, name):
        kept = object.__getattribute__(self, name)
        return kept**2 if name == "x" else kept


def of_a_copy(x):
    (held,) = [cls(x, [x**2]) for cls in (Held,)]
    made = copy.copy(held)
    made.x = made.x**2
    made.rest.append(held.x)
    return made.x * held.rest[0] * held.rest[1]


def of_a_deep_copy(x):
    (held,) = [cls(x, {"a": [x**2]}) for cls in (Held,)]
    made = copy.deepcopy(held)
    made.rest["a"][0] = made.rest["a"][0] * made.x
    return made.rest["a"][0] * held.rest["a"][0]


def of_copies_by_a_class(x):
    (held,) = [cls(x, [x]) for cls in (Copied,)]
    first, again = copy.deepcopy([held, held])
    first.rest[0] = first.rest[0] * first.x
    return copy.copy(held).x * again.rest[0] * held.rest[0]


def of_attributes_that_object_keeps(x):
    (doubled,) = [cls(x) for cls in (Doubled,)]
    (squared,) = [cls(x) for cls in (Squared,)]
    return doubled.x * squared.x**2 / 2.0


def of_all_attributes(x):
    (held,) = [cls(x, x) for cls in (Held,)]
    vars(held)["rest"] = x**3
    product = held.__dict__["x"]
    for value in vars(held).values():
        product = product * value
    return product


class Inner:
    def __init__(self, x):
        self.x = x

    def power(self, n):
        return self.x**n

    @property
    def square(self):
        return self.x**2


class Outer:
    def __init__(self, x):
        self.inner = Inner(x)

    def __getattr__(self, name):
        return getattr(self.inner, name)


class Derived(Inner):
    def power(self, n):
        return super().power(n) * super().square


def of_methods_of_another_object(x):
    (outer,) = [cls(x) for cls in (Outer,)]
    return outer.power(2) * outer.x**3


def of_methods_of_a_base_class(x):
    (derived,) = [cls(x) for cls in (Derived,)]
    return derived.power(3)


def of_partial_functions(x):
    total = 0.0
    for function in [functools.partial(lambda a, b, c: a * b * c, x**2, c=x)]:
        total = total + function(x**2)
    return total


def of_a_list_sorted(x):
    items = [(x**2, 1), (x, 2), (x**2, 0)]
    for found in [items]:
        found.sort(key=lambda item: -item[1])
    items[0] = (items[0][0] ** 2, 0)
    return items[0][0] * items[1][0] * sorted([x, items[2][0]])[1]


def of_a_method_of_an_array(x):
    y = np.array([x, x**2])
    return getattr(y, ["prod"][0])() * x**2


OF_OBJECTS = [
    of_methods_of_another_object,
    of_methods_of_a_base_class,
    of_partial_functions,
    of_a_list_sorted,
    of_a_method_of_an_array,
    of_a_copy,
    of_a_deep_copy,
    of_copies_by_a_class,
    of_attributes_that_object_keeps,
    of_all_attributes,
]
FUNCTIONS = [
    of_a_list_times_an_array,
    of_a_dict_and_pairs,
    of_a_class,
    of_dataclasses,
    of_an_object_that_is_called,
    of_a_property,
    of_an_item,
    of_an_iterable,
    of_a_dict_made_late,
    of_methods_in_a_list,
]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.__name__)
def test_a_class_found_late_has_derivatives_of_forward_mode_in_every_mode(f, order):
    expected = {2: 20 * 0.7**3, 3: 60 * 0.7**2, 4: 120 * 0.7}[len(order.split(" over "))]
    assert np.isclose(ORDERS[order](f)(0.7), expected, rtol=1e-10)


MADE_INSIDE = (of_methods_of_another_object, of_copies_by_a_class)
"""Functions whose objects are put together in the text, which reverse mode does not go through twice removed."""


@pytest.mark.parametrize("order", [order for order in ORDERS if order.count("over") < 3])
@pytest.mark.parametrize("f", OF_OBJECTS, ids=lambda f: f.__name__)
def test_what_is_done_with_objects_found_late_has_derivatives_of_forward_mode_in_every_mode(f, order):
    if f in MADE_INSIDE and order == "reverse over forward over forward":
        with pytest.raises(UnsupportedError, match="third derivative"):
            ORDERS[order](f)(0.7)
        return
    expected = {2: 20 * 0.7**3, 3: 60 * 0.7**2}[len(order.split(" over "))]
    assert np.isclose(ORDERS[order](f)(0.7), expected, rtol=1e-10)


def test_jvp_of_a_function_of_any_number_of_arguments_is_differentiated():
    def direction(x):
        return jvp(lambda *a: a[0] * a[1] ** 2, (x, x), (1.0, 2.0))[1]

    assert np.isclose(grad(direction)(3.0), 30.0)  # of x**2 + 4 * x**2
    assert np.isclose(jvp(direction, (3.0,), (1.0,))[1], 30.0)


def test_jvp_beside_an_integer_that_only_counts_is_differentiated():
    def direction(x):
        return jvp(lambda y, n, z: y**n * z, (x, 3, x), (1.0, 0, 2.0))[1]

    assert np.isclose(grad(direction)(0.5), 15 * 0.5**2)  # of 3 x**3 + 2 x**3

"""Iterators that are made in one place and run in another, where what they read has changed meanwhile."""

from __future__ import annotations

import math

import numpy as np

from tests.programs.corpus import program

X = np.array([0.3, 0.5, 0.7])


@program(X, 0.7)
def generator_run_behind_stores_in_what_it_reads(x, y):
    a = np.array([y, y * y])
    products = (v * a[0] for v in x)
    a[0] *= 2.0
    x[1] = a[0]
    return sum(products)


@program(X, 0.7)
def generator_run_behind_assignments_of_what_it_reads(x, y):
    products = (v * y for v in x)
    y = y * 2.0
    total = sum(products)
    others = (v * y for v in x)
    x = x * 3.0
    return total + math.sin(max(others)) + sum(x)


@program(X, 0.7)
def generator_run_behind_the_growth_of_its_list(x, y):
    held = [y, y]
    products = (v * y for v in held)
    held.append(x[0])
    held[0] = x[1]
    squares = (v * v for v in held)
    held = [x[2]]
    return sum(products) + sum(squares) * held[0]


@program(X, 0.7)
def generator_run_behind_a_function_that_changes_what_it_reads(x, y):
    def bump():
        x[0] *= 2.0

    products = (k * x[0] * y for k in (1, 2))
    bump()
    total = 0.0
    for product in products:
        total += product * total + product
    return total


@program(X, 0.7)
def maps_and_filters_run_behind_changes(x, y):
    large = filter(lambda v: v * y > 0.3, x)
    scaled = map(lambda v: v * y * x[0], x)
    pairs = enumerate(v * y for v in x)
    x[0] = 2.0 * y
    x *= 2.0
    return sum(large) + sum(k * v for k, v in pairs) + max(scaled)


@program(X, 0.7)
def generator_run_in_one_branch(x, y):
    products = (v * y for v in x)
    x *= 2.0
    if y > 0.5:
        a, b, c = products
    else:
        a, b, c = x
    return a * b + c


class Growing:
    """Changes when it is read."""

    def __init__(self, value):
        self.value = value
        self.seen = [value]

    @property
    def counted(self):
        self.value = self.value * 1.1
        return self.value

    @property
    def pushed(self):
        self.seen.append(self.value * self.seen[-1])
        return self.seen[-1]

    def __getitem__(self, index):
        self.value = self.value + 1.0
        return self.value * index


@program(0.7)
def properties_that_change_the_objects_of_a_list(x):
    held = [Growing(x), Growing(x * x)]
    total = 0.0
    for one in held:
        total = total + one.pushed
    return total + held[0].seen[-1] * held[1].value


@program(0.7)
def properties_that_change_their_objects_in_a_sum(x):
    held = [Growing(x), Growing(x * x)]
    before = held[1].value * 1.0
    total = sum(one.pushed * one.counted for one in held)
    return total + held[0].seen[-1] * before + held[1].value


@program(0.7)
def items_that_change_the_objects_of_a_list(x):
    held = [Growing(x), Growing(x * x)]
    total = 0.0
    for one in held:
        total += one[2] * one.value
    return total * held[0].value


def products_of(x, a):
    for value in a:
        yield value * x


ITERATORS = {"products": products_of, "iter": lambda x, a: iter(a)}


@program(0.7, 1.3)
def generator_of_a_dict_whose_items_are_taken_at_once(x, n):
    a = [1.0, 2.0 * n]
    first = list(ITERATORS["products"](x, a))
    a[0] = 5.0 * n
    total = sum(ITERATORS["products"](x, a)) * first[0]
    for value in ITERATORS["products"](x, a):
        total += value**2
    return total


@program(0.7, 1.3)
def function_of_a_dict_called_before_what_it_reads_changes(x, n):
    rules = {"first": lambda a: a[0] * x, "sum": lambda a: sum(a)}
    a = [1.0, 2.0]
    first = rules["first"](a)
    a[0] = 5.0 * n
    return first * rules["sum"](a) + rules["first"](a)


@program(0.7, 1.3)
def iterator_over_a_list_that_changes(x, n):
    a = [1.0, 2.0]
    items = iter(a)
    others = ITERATORS["iter"](x, a)
    a[0] = 5.0 * n
    return sum(items) * x + next(others) * n


class Mapped:
    """A stream whose items are taken at its end."""

    def __init__(self, items):
        self.items = items

    def map(self, function):
        return Mapped(map(function, self.items))

    def total(self):
        return sum(self.items)


@program(np.array([0.7, -0.4, 1.3]))
def streams_run_before_their_source_changes(x):
    a = x.copy()
    first = Mapped(a).map(lambda v: v * v).map(lambda v: v + 1.0).total()
    a[0] = first * a[1]
    return Mapped(a).map(lambda v: v**3).total()


class Parameters:
    """Named numbers that are updated."""

    def __init__(self, w, b):
        self.held = {"w": w, "b": b}

    def named(self):
        return self.held.items()


@program(0.7, 1.3)
def views_of_dicts_that_change(w, b):
    parameters = Parameters(w, b)
    names = parameters.held.keys()
    values = parameters.held.values()
    held = {"a": w}
    shown = held.values()
    pairs = held.items()
    for _ in range(2):
        for name in names:
            parameters.held[name] -= 0.1 * parameters.held[name] ** 2
    for name, value in parameters.named():
        parameters.held[name] = value * 0.9
    held["b"] = b * b
    total = sum(shown) * sum(values) * len(pairs)
    held["a"] = total
    return sum(value * value for _, value in pairs)


class Replay:
    def __init__(self):
        self.transitions = []

    def add(self, *transition):
        self.transitions.append(transition)

    def latest(self, count):
        return zip(*self.transitions[-count:])

    def weights(self):
        for state, *_ in self.transitions:
            yield state * state


@program(X, 0.7)
def iterators_of_a_method_unpacked_before_more_is_added(x, y):
    replay, loss = Replay(), 0.0
    for state in x:
        replay.add(state, y * state)
        states, rewards = replay.latest(2)
        for s, r in zip(states, rewards):
            loss += s * r
        y = y + rewards[-1]
    first, *others = replay.weights()
    replay.transitions[0] = (first * y, 0.0)
    [changed, *_] = replay.weights()
    return loss + first * sum(others) + changed

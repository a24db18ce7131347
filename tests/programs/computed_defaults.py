"""Dicts whose missing items are made by functions that have captured numbers."""

import collections
import functools

import numpy as np

from tests.programs.corpus import program

V = np.array([0.7, 1.3, -0.4])


@program(V)
def a_default_that_is_captured(x):
    items = collections.defaultdict(lambda: x[0])
    items["q"] *= x[1]
    return items["q"] + items["r"]


@program(V)
def defaults_that_are_lists_and_arrays(x):
    lists = collections.defaultdict(lambda: [x[0], 1.0])
    arrays = collections.defaultdict(lambda: x * 2.0)
    for k, v in enumerate(x):
        lists[k % 2].append(v)
        arrays[k % 2] += x * v
        arrays[k % 2][0] *= x[1]
    return sum(lists[0]) * sum(lists[1]) + np.sum(arrays[0] * arrays[1])


@program(V)
def defaults_counted_as_they_are_made(x):
    made = [0]

    def make():
        made[0] += 1
        return x[made[0]] * made[0]

    items = collections.defaultdict(make)
    total = 0.0
    for key in "aabba":
        items[key] = items[key] * 1.5
        total = total + items[key]
        if total > 100.0:
            break
    return total * sum(items.copy().values())


@program(V)
def defaults_inside_of_defaults(x):
    inner = collections.defaultdict(lambda: x[1] ** 2)
    outer = collections.defaultdict(lambda: inner["z"])
    table = collections.defaultdict(lambda: collections.defaultdict(lambda: x[1]))
    table["a"]["b"] += x[0]
    return outer["q"] * inner["z"] + table["a"]["b"] * table["c"]["d"]


class Maker:
    def __init__(self, size):
        self.size = size

    def new(self):
        return self.size * 2.0


@program(V)
def defaults_made_by_a_method_and_by_a_partial_function(x):
    maker = Maker(x[0])
    items = collections.defaultdict(maker.new)
    scaled = collections.defaultdict(functools.partial(lambda a, b: a * b, x[1], x[2]))
    items["k"] += x[1]
    maker.size = x[2]
    scaled["a"] *= x[0]
    return items["k"] * items["j"] + scaled["a"] * scaled["b"]


class Registry:
    def __init__(self, x):
        self.x = x
        self.items = collections.defaultdict(lambda: [self.x[0] * self.x[1]])

    def put(self, key, v):
        self.items[key].append(v)


@program(V)
def defaults_of_what_changes_between(x):
    registry = Registry(x)
    for k, v in enumerate(x):
        registry.put(k % 2, v)
    registry.x[0] = 5.0
    registry.put("z", 1.0)
    return sum(sum(v) * (k + 1) for k, v in enumerate(registry.items.values()))


@program(V)
def a_default_made_before_an_error(x):
    items = collections.defaultdict(lambda: [x[1]])
    try:
        found = items[1]
        found[3] = 1.0
    except IndexError:
        items[1][0] *= 2.0
    return items[1][0]

"""Lists and dicts that are filled from arrays, pairs and generators, lists in arithmetic, records and views of several."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

from tests.programs.corpus import program

X = np.array([1.2, 0.4, 0.7])
A = np.array([[1.3, 0.4, -0.6], [0.7, 1.8, 0.55]])
RECORD = np.dtype([("pos", float, 2), ("m", float)])


@program(X)
def list_filled_from_an_array(x):
    y = x * 1.0
    items = [1.0, x[0]]
    items[1:2] = y
    items.extend(y)
    items[2] *= 3
    y[0] = 5.0
    items[:0] = y[::-1]
    items += list(y)
    return sum([v * v * (i + 1) for i, v in enumerate(items)])


@program(A)
def list_filled_with_rows(a):
    y = a * 1.0
    items = [y[0]]
    items.extend(y)
    y[0] *= 2.0
    items[1:1] = y
    items[2] += 1.0
    items[-1][...] *= items[0]
    return np.sum(y**2) + np.sum(items[3])


@program(X)
def list_filled_from_generators(x):
    items = [1.0, x[0]]
    items[1:] = (v * 2 for v in x)
    items[1:1] = reversed(x)
    items += (v * v for v in x)
    items += filter(lambda v: v > 0.5, x)
    return sum([v * v * (i + 1) for i, v in enumerate(items)])


@program(X)
def dict_filled_from_pairs(x):
    table = {"a": x[0]}
    table.update((k, v * v) for k, v in zip("bc", x))
    table.update(zip("de", x))
    table |= zip("fg", x)
    return table["b"] * table["c"] + table["e"] * table["f"] + table["g"] ** 2 * table["a"]


@program(X)
def oldest_entry_dropped(x):
    cache = OrderedDict()
    total = 0.0
    for key, value in zip([0, 1, 0, 2], [x[0], x[1], x[2], x[0] * x[1]]):
        if key in cache:
            cache.move_to_end(key)
            total += cache[key] * value
        cache[key] = value * value
        if len(cache) > 2:
            oldest = cache.popitem(last=False)
            total += oldest[1]
    for value in cache.values():
        total = total * 1.5 + value
    return total


@program(X)
def lists_in_arithmetic_with_arrays(x):
    items = [x[1], x[0], 3.0]
    product = x * items
    items[0] = x[2]
    sums = items + x
    sums -= (1.0, x[0], 2.0)
    return np.sum(product * sums) + np.sum((items - np.ones(3)) ** 2) + np.sum(x / items)


@program(X)
def list_that_becomes_an_array(x):
    items = [1.0, 2.0, x[1]]
    items += x
    return np.sum(items * items)


class Holder:
    def __init__(self, items):
        self.items = items


@program(X)
def lists_in_arithmetic_with_attributes(x):
    lists, arrays = Holder([x[1], x[0], 3.0]), Holder(x * 1.0)
    arrays.items += lists.items
    arrays.items = arrays.items * lists.items
    arrays.items[0] *= 2
    return np.sum((lists.items + arrays.items) ** 2) + np.sum(np.add(lists.items, x) / lists.items)


@program(X)
def fields_of_a_structured_array(x):
    particles = np.zeros(2, dtype=RECORD)
    particles["m"] = x[:2]
    particles["pos"][:, 0] = x[1:]
    particles["m"] *= particles["pos"][:, 0]
    positions = particles["pos"]
    positions[1] = particles["m"]
    return np.sum(particles["m"] * particles["pos"][:, 0]) + np.sum(positions**2)


@program(X)
def views_of_several_arrays_from_one_call(x):
    holder = Holder(x * 1.0)
    wide, narrow = np.broadcast_arrays(holder.items, holder.items[1:2] ** 2)
    columns, rows = np.meshgrid(holder.items, holder.items * 2)
    flat = np.atleast_2d(holder.items)
    holder.items[0] = 2.0 * holder.items[1]
    return np.sum(wide * narrow**2) + np.sum(columns * rows) + np.sum(flat**3)


@program(X)
def pieces_of_an_attribute(x):
    holder = Holder(x * 1.0)
    first, second, third = np.split(holder.items, 3)
    first *= second**2
    third += holder.items[0] * holder.items[1]
    return np.sum(holder.items**2) * third[0] + np.einsum("i,i->", holder.items, holder.items**2)


NAMES = ("alpha", "beta")
KEYS = ["alpha", "beta"]


@program([0.5, 1.5], 2.0)
@program([0.5, 1.5], 0.7)
@program(np.array([0.5, 1.5]), 2.0)
def dict_of_pairs_with_names_from_outside(x, k):
    table = dict(zip(NAMES, x))
    table["gamma"] = table["alpha"] * k
    if k > 1.0:
        table["alpha"] = table["gamma"] ** 2
    else:
        table["beta"] = table["alpha"]
    return table["alpha"] * table["beta"] * table["gamma"]


@program([0.5, 1.5])
def containers_begun_with_names_from_outside(x):
    totals = dict.fromkeys(NAMES, 0.0)
    for name, value in zip(KEYS, x):
        totals[name] += value**2
    rest = list(NAMES)
    rest.append(x[0] * x[1])
    pairs = dict.fromkeys(sorted(KEYS))
    pairs["beta"] = totals["beta"] * rest[-1]
    return totals["alpha"] * pairs["beta"] + len(rest)

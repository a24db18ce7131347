"""Functions that are kept in lists, dicts and partial functions, and that store what they are called with."""

import functools
import math

import numpy as np

from tests.programs.corpus import program


@program(0.8, 0.9)
def recorder_and_damper(x, damping):
    callbacks, seen = [], []

    def record(k, value):
        seen.append(value)

    def damp(k, value):
        if k % 2:
            return value * damping

    callbacks.append(record)
    callbacks.append(damp)
    for k in range(4):
        x = math.sin(x)
        for callback in callbacks:
            x = callback(k, x) or x
    return sum(v * v for v in seen) + x


class Simulation:
    def __init__(self):
        self.callbacks = []

    def on_step(self, callback):
        self.callbacks.append(callback)
        return callback

    def run(self, x, steps):
        for k in range(steps):
            x = math.sin(x) + 0.1 * x
            for callback in self.callbacks:
                x = callback(k, x) or x
        return x


@program(0.8, 0.9)
def registered_by_decorators(x, damping):
    simulation, seen = Simulation(), []

    @simulation.on_step
    def record(k, value):
        seen.append(value)

    @simulation.on_step
    def damp(k, value):
        if k % 2:
            return value * damping

    return simulation.run(x, 4) + sum(v * v for v in seen)


class Log:
    def __init__(self):
        self.total = 0.0
        self.items = []

    def add(self, value):
        self.total += value * value
        self.items.append(value)


@program(0.7)
def methods_in_a_list(x):
    log = Log()
    for add in [log.add, lambda value: log.add(2 * value)]:
        add(x)
    return log.total * log.items[1]


@program(0.7)
def functions_in_a_dict(x):
    found = {}

    def put(key, value):
        found[key] = value

    table = {"a": put, "b": lambda key, value: put(key + "!", value * value)}
    for key, function in table.items():
        function(key, x)
    return found["a"] * found["b!"]


@program(0.7)
def setters_of_entries(x):
    buffer = np.zeros(3)

    def setter(i):
        def inner(value):
            buffer[i] = value * (i + 1)

        return inner

    for function in [setter(i) for i in range(3)]:
        function(x)
    return np.sum(buffer**2)


@program(0.7)
def nonlocal_through_a_tuple_of_functions(x):
    total = 0.0

    def add(value):
        nonlocal total
        total += value**2

    for function in (add, add, math.sin):
        function(x)
    return total


@program(0.7)
def partial_functions_that_append(x):
    seen = []
    add = functools.partial(lambda items, scale, value: items.append(scale * value), seen, 3.0)
    for function in [add, add]:
        function(x)
    return sum(v * v for v in seen)


@program(np.array([0.3, 0.8, 0.5]))
def kept_by_functions_that_map_and_sort_call(x):
    best = []

    def keep(value):
        if not best or value > best[-1]:
            best.append(value)

    list(map(keep, x))
    any(keep(value * 2) for value in x)
    sorted(x, key=lambda value: keep(value * 3) or 0)
    return sum(b * b for b in best)


@program(np.array([0.3, 0.8, 0.5]))
def methods_bound_to_names(x):
    items, table = [x[0]], {}
    add, more, take, put = items.append, items.extend, items.pop, table.setdefault
    append = items.append
    for v in x:
        add(v * v)
        append(v)
    more([2 * x[1], put("a", x[2])])
    first = take(0)
    return sum(items) * first + table["a"] ** 2


@program(0.7)
def names_of_functions(x):
    log = []

    def traced(f):
        @functools.wraps(f)
        def inner(*args):
            result = f(*args)
            log.append((f.__name__, result))
            return result

        return inner

    def square(v):
        return v * v

    square, sine = traced(square), traced(math.sin)
    y = square(sine(x))
    return y + sum(result for name, result in log if name != "sin") + len(log[-1][0])


def _for_each(functions, value):
    for function in functions:
        function(value)


@program(0.7)
def methods_of_containers_as_arguments(x):
    seen, table = [], {}
    _for_each([seen.append, lambda value: seen.append(value * value)], x)
    list(map(seen.append, [2 * x, x**3]))
    put = table.setdefault
    for function in (seen.insert, put):
        function(0, x * 3)
    return sum(v * v for v in seen) * table[0]


@program(-0.71, 0.37)
def extended_by_an_array_after_callbacks(x, y):
    values = [x, y * 2]
    entries = np.array([x, y])
    callback = lambda v: values.__setitem__(0, v + values[0])  # noqa: E731
    for call in [callback, callback]:
        call(y)
    values.extend(entries)
    values[0:0] = entries * 2
    values.extend(entries[:1])
    values += [math.sin(x)]
    return values[-2] * values[-3] * values[0] * values[1]


@program(-0.71, 0.37)
def list_and_array_added_after_callbacks(x, y):
    values = [x]
    entries = np.array([x, y])
    callback = lambda v: values.__setitem__(0, v + values[0])  # noqa: E731
    for call in [callback, callback]:
        call(y)
    values += entries
    return values[-1] * values[0]

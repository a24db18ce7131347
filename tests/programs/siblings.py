"""Functions that one maker defined around the same variables: what one stores, the others see."""

import numpy as np

from tests.programs.corpus import program

X = np.array([0.7, 1.2, 0.4])
START = np.array([2.0, 3.0, 5.0])


class Box:
    pass


def make_buffer():
    buffer, scale = START.copy(), 1.5

    def read(x):
        return x * buffer * scale

    def overwrite():
        buffer[1] = 7.0

    def store(k, v):
        buffer[k] = v

    def store_by_name(k, *, v=2.0):
        buffer[k] = v

    def store_all(*values):
        for k, v in enumerate(values):
            buffer[k] = v

    def view():
        return buffer

    def items():
        for value in buffer:
            yield value * scale

    def power(n, x):
        return x if n == 0 else x * power(n - 1, x) * buffer[0]

    def even(n, x):
        return x if n == 0 else odd(n - 1, x) * buffer[1]

    def odd(n, x):
        return x if n == 0 else even(n - 1, x) + buffer[2]

    def apply(f, x):
        return f(x)

    @program(X)
    def stores_before_another_reads(x):
        buffer[:] = START
        buffer[1] = 7.0
        return np.sum(read(x) * x)

    @program(X)
    def stores_what_carries_a_derivative(x):
        buffer[:] = START
        buffer[1] = x[0] ** 2
        return np.sum(read(x))

    @program(X)
    def another_stores(x):
        buffer[:] = START
        store(0, x[0] * x[1])
        return np.sum(x * buffer)

    @program(X)
    def two_others_store_and_read(x):
        store_all(2.0, 3.0, 5.0)
        store(2, x[0])
        return np.sum(read(x))

    @program(X)
    def another_stores_after_a_read(x):
        store_all(2.0, 3.0, 5.0)
        y = read(x)
        overwrite()
        return np.sum(y * x * read(x))

    @program(X)
    def stores_in_each_trip(x):
        buffer[:] = START
        total = 0.0
        for k in range(3):
            buffer[k] = x[k] * total + k
            total = total + np.sum(read(x))
        return total

    @program(X)
    def stores_through_a_view_from_another(x):
        buffer[:] = START
        shown = view()
        shown[1] = x[0]
        return np.sum(read(x) * shown)

    @program(X)
    def a_generator_reads(x):
        buffer[:] = START
        store(0, x[1])
        return sum(value * x[0] for value in items())

    @program(X)
    def they_come_back_to_themselves(x):
        buffer[:] = START
        store(1, x[2])
        return power(2, x[0]) + even(3, x[1])

    @program(X)
    def a_function_inside_calls_them(x):
        buffer[:] = START

        def inner(y):
            store(0, y[0])
            return np.sum(read(y))

        return inner(x * 2) + inner(x)

    @program(X)
    def a_lambda_calls_them(x):
        buffer[:] = START
        store(1, x[0])
        return sum(map(lambda k: read(x)[k], range(3)))

    @program(X)
    def they_are_chosen_from_a_list(x):
        buffer[:] = START
        chosen = [store, read]
        chosen[0](1, x[2])
        return np.sum(chosen[1](x))

    @program(X)
    def they_are_passed_on(x):
        buffer[:] = START
        store_by_name(2, v=x[0])
        store_by_name(0)
        return np.sum(apply(read, x))

    @program(X)
    def a_local_variable_has_the_same_name(x):
        store_all(2.0, 3.0, 5.0)

        def double(buffer):
            return buffer * 2

        store(0, x[1])
        return np.sum(double(x) * read(x))


make_buffer()


def make_records():
    log, cache, box = [], {}, Box()

    def note(v):
        log.append(v)

    def last():
        return log[-1]

    def cached(k, x):
        if k not in cache:
            cache[k] = np.sum(x**k)
        return cache[k]

    def add(v):
        box.total = box.total + v

    def total():
        return box.total

    def weights():
        return cache["w"]

    @program(X)
    def a_list_is_filled(x):
        log.clear()
        for v in x:
            note(v * v)
        return sum(log) + len(log) * last()

    @program(X)
    def a_cache_is_filled(x):
        cache.clear()
        return cached(2, x) + cached(3, x) * cached(2, x)

    @program(X)
    def an_object_counts(x):
        box.total = 0.0
        for v in x:
            add(v * v)
        return total() * x[0]

    @program(X)
    def an_item_is_replaced_and_changed(x):
        cache.clear()
        cache["w"] = x * 2
        cache["w"][1] = 4.0
        return np.sum(weights() * x)


make_records()


def make_reader():
    table, scale = START.copy(), 1.5

    def read(x):
        return x * table * scale

    def overwrite(k):
        table[k] = 7.0

    def items():
        for value in table:
            yield value * scale

    return read, overwrite, items


READ, OVERWRITE, ITEMS = make_reader()


@program(X)
def a_global_closure_reads(x):
    return np.sum(READ(x) * x)


@program(X)
def a_global_closure_stores_before_another_reads(x):
    OVERWRITE(1)
    return np.sum(READ(x) * x)


@program(X)
def a_global_generator_reads(x):
    return sum(value * x[1] * x[2] for value in ITEMS())

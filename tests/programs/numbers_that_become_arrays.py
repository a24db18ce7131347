"""Sums that begin as a number and become arrays: `acc = 0.0`, then `acc += row`, alone and under several names."""

import numpy as np

from tests.programs.corpus import program

X = np.array([[0.9, -0.4, 1.3], [0.2, 0.8, -0.7], [-1.1, 0.5, 0.6], [0.3, 1.4, -0.2]])


class Total:
    def __init__(self):
        self.value = 0.0

    def add(self, row):
        self.value += row


@program(X)
def snapshots_in_a_list(x):
    acc = 0.0
    L = []
    for row in x:
        acc += row * row
        L.append(acc)
    return sum(np.sum(np.sin(each) * (i + 1)) for i, each in enumerate(L))


@program(X)
def value_before_the_update(x):
    acc = 0.0
    prev = 0.0
    tot = 0.0
    for row in x:
        prev = acc
        acc += row
        tot += np.sum(np.sin(prev) * row)
    return tot


@program(X)
def snapshot_of_one_trip(x):
    acc = 0.0
    best = None
    for k, row in enumerate(x):
        acc += row
        if k == 1:
            best = acc
    return np.sum(np.cos(best)) + np.sum(acc)


@program(X)
def view_of_one_trip(x):
    acc = 0.0
    for k, row in enumerate(x):
        acc += row
        if k == 1:
            v = acc[1:]
    return np.sum(np.cos(v)) + np.sum(acc)


@program(X)
def read_by_a_closure(x):
    acc = 0.0

    def get():
        return np.sum(np.sin(acc))

    t = 0.0
    for row in x:
        acc += row
        t += get()
    return t


@program(X)
def snapshots_in_a_dict(x):
    acc = 0.0
    d = {}
    for k, row in enumerate(x):
        acc += row
        d[k % 2] = acc
    return np.sum(np.sin(d[0])) * np.sum(np.cos(d[1]))


@program(X)
def begun_again_in_an_outer_loop(x):
    keep = []
    for j in range(2):
        acc = 0.0
        for row in x:
            acc += row * (j + 1)
        keep.append(acc)
    return np.sum(np.sin(keep[0]) * keep[1])


@program(X)
def updated_under_another_name(x):
    acc = 0.0
    for row in x:
        acc += row
        row2 = acc
        row2 *= 1.1
    return np.sum(np.sin(acc))


@program(X)
def several_that_feed_each_other(x):
    acc = 0
    other = 0
    for row in x:
        acc += row
        other += acc
        acc *= 0.5
    acc /= other
    acc **= 2
    return np.sum(acc)


@program(X)
def left_by_an_exception(x):
    acc = 0.0
    try:
        for k, row in enumerate(x):
            acc += row
            if k == 2:
                raise ValueError
            keep = acc
    except ValueError:
        acc += 1.0
    return np.sum(np.sin(keep) * acc)


@program(X)
def bound_to_a_parameter_s_row(x):
    acc = 0.0
    for k, row in enumerate(x):
        if k == 2:
            acc = x[0]
        acc += row
    return np.sum(np.sin(acc)) + np.sum(x[0] ** 2)


@program(X)
def other_name_of_an_endless_loop(x):
    acc = 0.0
    before = 1.0
    for k, row in enumerate(x):
        while True:
            before = acc
            acc += row
            if k >= 1:
                break
            k += 1
    return np.sum(np.sin(acc) * before)


@program(X)
def begun_as_an_active_number(x):
    s = x[0, 0]
    acc = s
    for row in x:
        acc = acc * 0.5 + row
    return np.sum(np.sin(acc))


@program(X)
def first_update_by_an_active_number(x):
    acc = 0.0
    s = np.sum(x)
    for k, row in enumerate(x):
        if k == 0:
            acc += s
        else:
            acc += row
    return np.sum(np.sin(acc))


@program(X)
def scaled_by_an_active_number(x):
    acc = 0.0
    for k, row in enumerate(x):
        acc -= -row if k else 2.0
        acc = acc * x[0, 0] + 1
    return np.sum(np.sin(acc))


@program(X)
def attribute_of_an_object(x):
    o = Total()
    for row in x:
        o.add(row)
    return np.sum(np.sin(o.value))


@program(X)
def read_as_a_number_by_other_shapes(x):
    acc = 0.0
    w5 = np.arange(5.0)
    for k, row in enumerate(x):
        if k == 0:
            z = np.sum(acc * w5) + np.sum(w5 * acc)
        acc += row
    return np.sum(np.sin(acc)) + z


@program(X)
def two_that_trade_places(x):
    a, b = 0.0, 1.0
    for row in x:
        a, b = b, a
        a += row
    return np.sum(np.sin(a) * b)


@program(X)
def running_mean(x):
    n = 0.0
    m = 0.0
    for row in x:
        n += 1
        delta = row - m
        m += delta / n
    return np.sum(np.sin(m))


@program(X)
def other_name_after_the_loop(x):
    acc = 0.0
    for row in x:
        acc += row
        if np.sum(acc) > 1e9:
            return np.sum(acc)
    y = acc
    y += x[0]
    return np.sum(acc * y)


@program(X)
def whole_number_that_becomes_an_array(x):
    acc = 0
    for k in range(len(x)):
        acc += x[k] * (k + 1)
    return np.sum(acc * acc)


@program(X)
def decay_and_products(x):
    acc = 1.0
    for row in x:
        acc *= 0.5
        acc += np.tanh(x @ row)
        acc -= 0.1
    acc /= 3.0
    return np.sum(np.sin(acc))


@program(X, [1, 0, 2, 1])
def begun_again_by_some_branches(x, kinds):
    acc = 0.0
    total = 0.0
    for row, kind in zip(x, kinds):
        if kind == 1:
            acc += x @ row
        elif kind == 2:
            total += np.sum(np.sin(acc))
            acc = 0.0
        else:
            acc += 1.0
    return total + np.sum(acc * acc)


@program(X)
def column_that_rows_would_broadcast(x):
    acc = 0.0
    for k in range(3):
        acc = acc + x[:, k : k + 1]
    wide = acc * x
    return np.sum(np.sin(wide)) + np.sum(acc)


@program(X)
def no_trips_at_all(x):
    acc = 0.0
    for row in x[:0]:
        acc += row
    return np.sum(acc * x)

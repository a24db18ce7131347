"""Loops over every kind of iterable, nested, with zero trips, with loop-carried values."""

import math

import numpy as np

from tests.programs.corpus import program

X = np.array([0.3, -1.2, 0.7])
M = np.array([[0.3, 0.2], [0.5, -0.4], [1.1, 0.9]])


@program(0.9, 4)
@program(0.9, 1)
@program(0.9, 0)
def power(x, n):
    y = 1.0
    for _ in range(n):
        y = y * x
    return y


@program(0.9)
def polynomial(x):
    total = 0.0
    term = 1.0
    for i in range(1, 8):
        term = term * x / i
        total = total + term * (-1) ** i
    return total


@program(0.9, 7, 0, -2)
@program(0.9, 0, 7, 3)
@program(0.9, 7, 0, 1)
def range_with_any_step(x, start, stop, step):
    y = x
    for i in range(start, stop, step):
        y = math.sin(y) + i * x
    return y


@program(X)
def over_an_array(x):
    total = 0.0
    for v in x:
        total = total * 0.5 + v * v
    return total


@program(M)
def over_rows(m):
    total = 0.0
    for row in m:
        total = total + row[0] * row[1] ** 2 + np.sum(row) * total
    return total


@program((0.5, 1.5, 2.5))
def over_a_tuple(values):
    product = 1.0
    for v in values:
        product *= v
    return product


@program([0.5, 1.5, 2.5])
@program([])
def over_a_list(values):
    y = 1.0
    for v in values:
        y = y * v + v
    return y


@program(0.7)
def over_a_display(x):
    y = 0.0
    for v in (x, x * x, 3.0, 1):
        y = y + v * x
    return y


@program(X, np.array([1.0, 2.0, 3.0]))
def over_zip(x, w):
    total = 0.0
    for a, b in zip(x, w):
        total += a * b * total + a
    return total


@program(X, [1.0, 2.0])
def over_zip_of_unequal_lengths(x, w):
    total = 0.0
    for a, b in zip(x, w):
        total += math.sin(a) * b
    return total


@program(X)
def over_enumerate(x):
    total = 0.0
    for i, v in enumerate(x):
        total += (i + 1) * v**2
    return total


@program([0.5, 1.5, 2.5])
def over_enumerate_with_start(values):
    total = 1.0
    for i, v in enumerate(values, start=2):
        total = total * v + i
    return total


@program(X, X * 2.0)
def over_enumerate_of_zip(x, w):
    total = 0.0
    for i, (a, b) in enumerate(zip(x, w)):
        total += i * a * b + a
    return total


@program([0.5, 1.5, 2.5])
def over_reversed(values):
    y = 0.1
    for v in reversed(values):
        y = math.sin(y * v)
    return y


@program(0.8)
def over_reversed_range(x):
    y = x
    for i in reversed(range(1, 4)):
        y = y * x + i
    return y


@program({"a": 0.5, "b": 1.5})
def over_dict_items(params):
    y = 1.0
    for name, value in params.items():
        y = y * value + len(name)
    return y


@program({"a": 0.5, "b": 1.5})
def over_dict_keys_and_values(params):
    y = 1.0
    for name in params:
        y = y * params[name]
    for value in params.values():
        y = y + value * value
    return y


@program(0.8)
def over_a_string(x):
    y = x
    for letter in "abca":
        y = y * x if letter == "a" else y + x
    return y


@program(M)
def nested_with_indices(m):
    rows, columns = m.shape
    total = 0.0
    for i in range(rows):
        for j in range(columns):
            total = total * 0.9 + math.sin(m[i, j]) * (i + j)
    return total


@program(0.7)
def triangular_nest(x):
    y = x
    for i in range(4):
        for j in range(i):
            y = math.sin(y + x * j)
        y = y * x
    return y


@program(0.7)
def loop_in_a_branch_in_a_loop(x):
    y = x
    for i in range(5):
        if i % 2 == 0:
            for _ in range(i):
                y = y * x + 0.1
        else:
            y = math.cos(y)
    return y


@program(0.3)
@program(3.0)
def branch_on_a_loop_value(x):
    y = x
    for _ in range(5):
        if y > 1:
            y = y * 0.3
        else:
            y = y * 2.5 + x
    return y


@program(100.0)
@program(0.5)
def while_loop(x):
    y = x
    while y > 1:
        y = y / 2
    return y * x


@program(0.4)
def while_with_counter(x):
    i = 0
    y = x
    while i < 6:
        y = y + x**i
        i += 1
    return y * i


@program(2.0)
def newton(a):
    x = a
    while abs(x * x - a) > 1e-13:
        x = 0.5 * (x + a / x)
    return x


@program(0.4)
def while_in_for(x):
    y = x
    for i in range(3):
        z = y * 5
        while z > 1:
            z = z * 0.6
            y = y + z * x
        y = y * 0.5 + i
    return y


@program(0.4)
def while_with_short_circuit(x):
    y = x
    i = 0
    while i < 10 and y < 3:
        y = y * 1.7
        i += 1
    return y * y


@program(X)
def loop_variable_read_afterwards(x):
    total = 0.0
    for i, v in enumerate(x):  # noqa: B007
        total += v
    return total * v * i


@program(0.8)
def loop_variable_rebound_inside(x):
    y = 0.0
    for i in range(4):
        i = i * x
        y = y + i * i
    return y + i


@program([0.5, 1.5])
@program([])
def zero_trips_keep_the_old_value(values):
    v = 3.0
    y = 1.0
    for v in values:
        y = y + v
    return y * v


@program(0.8)
def fibonacci_style_carry(x):
    a, b = x, 1.0
    for _ in range(6):
        a, b = b, a * 0.5 + b * x
    return a * b


@program(X)
def array_carried(x):
    h = np.zeros(3)
    for _ in range(4):
        h = np.tanh(h + x)
    return np.sum(h * h)


@program(np.array([[0.1, 0.4], [-0.3, 0.2]]), np.array([0.5, -0.5]), np.ones((3, 2)))
def recurrent(w, h, inputs):
    for u in inputs:
        h = np.tanh(w @ h + u)
    return h


@program(0.8)
def first_trip_is_different(x):
    previous = None
    y = x
    for i in range(3):
        if previous is not None:
            y = y + previous * x
        previous = y * i
    return y


@program(X)
def scalar_becomes_array(x):
    total = 0
    for i in range(3):
        total = total + x * i
    return np.sum(total**2)


@program(X, 4)
@program(X, 0)
def accumulate_from_zero(x, n):
    total = 0.0
    for i in range(n):
        total = total + np.sum(x**i)
    return total + np.sum(x)


@program(M)
def over_columns_of_the_transpose(m):
    y = 0.0
    for column in m.T:
        y = y + column[0] * column[1] * column[2]
    return y


@program(M)
def over_a_range_of_a_shape(m):
    y = 0.0
    for i in range(len(m)):
        y += m[i].sum() ** 2 * m[i - 1, 0]
    return y


@program(0.5)
def many_carried_values(x):
    a, b, c, d = x, x * 2, x * 3, 1.0
    for i in range(3):
        d = a * b + c * i
        c = b - d * 0.1
        b = a * c
        a = math.sin(d)
    return a + b * c - d


@program(0.5)
def loop_invariant_inside(x):
    y = 0.0
    for i in range(5):
        scale = math.exp(x)
        y = y + scale * i
    return y


@program(0.7, 5)
def variable_of_an_inner_loop_read_after_it(x, n):
    y = x
    for i in range(3):
        for j in range(n - i):
            y = y * (1.1 - 0.01 * j)
        y = y * x + j * math.sin(y)
    return y


@program(0.7)
def variable_of_a_loop_with_an_exit_read_after_it(x):
    y = x
    for _ in range(4):
        for j in range(6):
            y = y * 1.3
            if y > 2.0:
                y = y * x * j
                break
        y = y * (j + 0.5) * math.cos(x * j)
    return y


@program(2.0)
def loop_left_at_its_top_in_a_loop(x):
    total = 0.0
    for scale in (1.0, 2.0, 3.0):
        r = x * scale
        while True:
            step = (r * r - x) / (2.0 * r)
            if abs(step) < 1e-3:
                break
            r = r - step
        total += r * scale * step
    return total


@program(0.4)
@program(1.4)
def two_ways_out_with_values(x):
    y = x
    for i in range(5):
        if y > 2.0:
            return y * x * i
        y = y * 1.5
        if y > 1.2:
            y = y * y + i
            break
        y = y + x
    return y * x


@program(0.4)
def value_of_the_last_trip_read_after_the_loop(x):
    y = x
    for _ in range(3):
        z = 0.0
        while True:
            z = z + y * x
            w = z * z
            if w > 0.5:
                w = w * x
                break
            y = y * 1.2
        y = y + w * z
    return y


@program([0.4, 1.2])
def counter_that_names_a_value_later(xs):
    kept, total = [], 0.0
    for order, x in enumerate(xs):
        kept.append([x, order * 1])
    while len(kept) > 1:
        try:
            while True:
                value, order = kept[0]
                total += value * (order + 1)
                if len(kept) == 2:
                    raise StopIteration
        except StopIteration:
            kept.pop(0)
    if kept:
        value, order = kept[0]
        total += value * order
    return total


@program(X)
def arrays_made_in_an_inner_loop(x):
    total = 0.0
    for _ in range(2):
        for k in range(3):
            pair = np.array([x[0] * k, x[1]])
            rows = np.stack([x, x * k])
            halves = np.split(np.append(x, x[0] * k), 2)
            sums = np.cumsum(x * k)
            turned = np.outer(x, x * k).reshape(1, 9).T
            ordered = np.sort(x * k)
            spectrum = np.fft.rfft(x * k)
            solution = np.linalg.solve(np.eye(3) + np.outer(x, x), x * k)
        total += pair @ pair + rows.sum() + halves[0] @ halves[1] + sums @ ordered
        total += turned[1, 0] * turned[2, 0] + np.sum(np.abs(spectrum) ** 2) + solution[1]
    return total


@program(X)
def arrays_made_and_not_used(x):
    total = 0.0
    for k in range(4):
        if k != 1:
            pair = np.array([x[0] * k, x[1]])
            joined = 2.0 * np.concatenate([x[:2] * k, x])
        if k == 1:
            total += pair @ pair + joined @ joined
    return total


@program(X)
def arrays_that_grow_from_trip_to_trip(x):
    total = 0.0
    for _ in range(2):
        for k in range(3):
            joined = np.concatenate([x[: k + 1] * k, x])
        total += joined[0] * joined[1] * joined[-1]
    return total


@program(np.array([1.0, 0.5]), 2.0)
def steps_that_are_tried_again(x, c):
    def value_and_slope(v):
        value = (1.0 - v[0]) ** 2 + c * (v[1] - v[0] ** 2) ** 2
        return value, np.array(
            [2.0 * (v[0] - 1.0) - 4.0 * c * v[0] * (v[1] - v[0] ** 2), 2.0 * c * (v[1] - v[0] ** 2)]
        )

    value, slope = value_and_slope(x)
    for _ in range(3):
        step = 1.0
        while True:
            tried = x - step * slope
            lower, new_slope = value_and_slope(tried)
            if lower < value:
                break
            step *= 0.4
        x, value, slope = tried, lower, new_slope
    return value


@program(20.0)
@program(0.01)
def limited_newton_steps(x):
    biggest = 2.0
    root, before, trips = x, 10.0, 0
    while abs(root - before) > 1e-9 and trips < 50:
        before = root
        step = -(root * root - 3.0 * x) / (2.0 * root)
        if step < -biggest:
            step = -biggest
        elif step > biggest:
            step = +biggest
        root = before + step
        trips += 1
    return root * x

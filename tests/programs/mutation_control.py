"""Stores among exits, generators, exceptions and variables of enclosing functions."""

import math

import numpy as np

from srcad.api import grad
from tests.programs.corpus import program

X = np.array([0.3, 1.2, -0.7, 0.9, 0.4])
Y = np.array([0.8, -0.5, 0.6, 1.1, -0.9])
S = np.array([[0.4, 1.3, -0.2], [0.7, 0.5, -1.1], [-0.6, 0.9, 0.8]])


@program(X, 0.5)
@program(X, -0.5)
def early_return_between_stores(x, s):
    x[0] = s * x[1]
    if x[0] > 0:
        x[1] *= s
        return x * x
    x[2] = x[0] * x[1]
    return x * s


@program(X)
def early_return_from_a_loop(x):
    for i in range(1, 5):
        x[i] += x[i - 1]
        if x[i] > 1.4:
            x[0] = x[i] * x[i]
            return x * x
        x[i] *= 1.5
    return x


@program(X)
def break_between_stores(x):
    for i in range(1, 5):
        x[i] *= 2.0
        if x[i] > 1.5:
            x[i] = x[0] * x[i]
            break
        x[i] += x[i - 1]
    return x * x


@program(X)
def continue_between_stores(x):
    for i in range(1, 5):
        x[i] *= 2.0
        if x[i] < 0:
            x[i] = x[i] * x[i - 1]
            continue
        x[i - 1] += x[i] * x[i]
    return x * x


@program(X)
def exits_in_nested_loops(x):
    for i in range(4):
        for j in range(5):
            if j == i:
                continue
            x[j] += 0.1 * x[i] * x[j]
            if x[j] > 1.35:
                x[j] *= 0.5
                break
        else:
            x[i] *= 2.0
        if np.sum(x) > 4.0:
            x[0] = 1.0
            return x * x
    return x


@program(X)
def while_with_stores(x):
    k = 0
    while x[0] < 1.5:
        x[0] *= 1.0 + x[1] * x[1]
        x[1] = math.sin(x[0])
        k += 1
    x[k % 5] *= 2.0
    return x * x


@program(X)
def while_true_with_stores(x):
    while True:
        x[1:] = 0.6 * x[1:] + 0.1 * x[:-1]
        if np.max(np.abs(x[1:])) < 0.3:
            break
        x[0] *= 0.8
    return x * x


@program(X, 0)
@program(X, 1)
@program(X, 3)
def zero_trips(x, n):
    for i in range(n):
        x[i] = x[i + 1] * x[0]
    for i in range(n, 0):
        x[i] = 0.0
    return x * x


@program(X, 0)
@program(X, 2)
def buffer_made_in_a_loop_of_unknown_length(x, n):
    y = x
    for _ in range(n):
        y = np.zeros(5)
        y[1:] = x[:-1] * x[1:]
        x[0] += y[1]
    y[2] *= x[0]
    return x * y


@program(X, 0.5)
@program(X, -0.5)
def stores_in_branches(x, s):
    if s > 0:
        x[0] = s * x[1]
        part = x[1:3]
    elif s < 0:
        x[1:3] = s
        part = x[2:4]
    else:
        part = x[:2]
    part *= x[4]
    return x * x


@program(S, 0.5)
def stores_in_branches_of_a_loop(a, s):
    for i in range(3):
        if a[i, 0] > 0.5:
            a[i] *= s
        elif a[i, 0] > 0:
            a[i, 1:] = a[i, :-1] * s
        else:
            a[:, i] += a[i]
    return a * a


@program(X)
def store_under_try_finally(x):
    try:
        x[0] = x[1] * x[2]
    finally:
        x[1] *= 3.0
    return x * x


@program(X, 0.5)
@program(X, -0.5)
def exception_that_depends_on_values(x, s):
    try:
        x[0] = s
        if x[0] < 0:
            raise ValueError("negative")
        x[1] = x[0] * x[0]
    except ValueError:
        x[2] = x[0] * 2.0
    return x * x


@program(X, 0.5)
@program(X, -0.5)
def exception_with_else_and_finally(x, s):
    total = 0.0
    try:
        if s < 0:
            raise ArithmeticError
        total = s * x[0]
    except ArithmeticError:
        total = x[1] * x[1]
    else:
        x[2] = total
    finally:
        x[3] *= total
    return x * total


def _checked_root(v):
    if v < 0:
        raise ValueError("no real root")
    return math.sqrt(v)


@program(X)
def exception_from_a_function(x):
    for i in range(5):
        try:
            x[i] = _checked_root(x[i])
        except ValueError:
            x[i] = -x[i] * x[0]
    return x * x


@program(X, 0.5)
def exception_from_python(x, s):
    table = {"a": s}
    try:
        value = table["b"]
    except KeyError:
        value = table["a"] * x[0]
    try:
        value += [s][3]
    except (IndexError, TypeError) as error:
        value *= 2.0 if isinstance(error, IndexError) else 3.0
    return x * value


@program(X)
def exception_that_ends_a_loop(x):
    total = 0.0
    try:
        for v in x:
            if v < 0:
                raise StopIteration
            total += v * v
    except StopIteration:
        total *= 2.0
    return total * x


@program(X)
def exception_of_nested_handlers(x):
    total = x[0]
    try:
        try:
            total *= x[1]
            raise KeyError("inner")
        except IndexError:
            total = 0.0 * total
        finally:
            total += x[2]
    except KeyError:
        total *= total
    return total * x


@program(0.7)
def nonlocal_number(x):
    total = 0.0

    def add(v):
        nonlocal total
        total = total * x + v

    for i in range(4):
        add(x + i)
    return total


@program(0.7)
def nonlocal_read_and_returned(x):
    state = x

    def step():
        nonlocal state
        previous = state
        state = math.sin(state) * x
        return previous

    a = step()
    b = step()
    return a * b * state


@program(X)
def nonlocal_array(x):
    best = x

    def shift(k):
        nonlocal best
        best = best * x[k]
        best[0] = x[k]

    shift(1)
    shift(2)
    x[3] = best[3]
    return best * x


@program(0.7)
def nonlocal_of_two_levels(x):
    total = x

    def outer():
        def inner(v):
            nonlocal total
            total = total * v

        inner(x + 1.0)
        inner(total)

    outer()
    return total * x


def _multiples(x, n):
    value = x
    for _ in range(n):
        yield value
        value = value * x


def _windows(x, width):
    for i in range(len(x) - width + 1):
        yield x[i : i + width]


def _pairs(values):
    previous = None
    for v in values:
        if previous is not None:
            yield previous, v
        previous = v


def _both(x, y):
    yield from x
    yield x[0] * y[0]
    yield from y


@program(0.7)
def generator_in_a_loop(x):
    total = 0.0
    for value in _multiples(x, 4):
        total = total * 0.5 + value
    return total


@program(0.7)
def generator_left_early(x):
    total = 0.0
    for i, value in enumerate(_multiples(x, 100)):
        total += value * i
        if value < 0.2:
            break
    return total


@program(0.7)
def generator_consumed_by_functions(x):
    values = list(_multiples(x, 3))
    return sum(_multiples(values[2], 3)) * max(_multiples(x, 2)) + sum(v * v for v in _multiples(x, 2))


@program(X)
def generator_of_views(x):
    for window in _windows(x, 2):
        window[1] += window[0] * window[1]
    return x * x


@program(X)
def generator_of_pairs(x):
    total = 0.0
    for a, b in _pairs(x):
        total += a * b * b
    return total


@program(X, Y)
def generator_that_delegates(x, y):
    return sum(v * v for v in _both(x, y))


@program(X)
def generator_nested_in_the_function(x):
    def running():
        total = 0.0
        for v in x:
            total += v
            yield total

    for i, t in enumerate(running()):
        x[i] = t * t
    return x * X


@program(X)
def with_statement_around_stores(x):
    with np.errstate(all="ignore"):
        x[0] = x[1] / (x[2] ** 2)
        x[1:] *= x[0]
    return x * x


@program(X)
def assertion_between_stores(x):
    x[0] = x[1] * x[2]
    assert x[0] < 0, "negative"
    x *= x[0]
    return x * x


@program(X)
def walrus_in_a_store(x):
    x[(k := 2)] = (v := x[2] * x[0]) + v
    x[k - 1] *= v
    return x * v


@program(X)
def gradient_of_a_function_that_stores(x):
    def energy(z):
        y = np.zeros(5)
        y[1:] = z[:-1] * z[1:]
        y[0] = z[2] ** 3
        return np.sum(y * y)

    return np.sum(grad(energy)(x) * X)


@program(X)
def gradient_of_a_function_that_changes_its_argument(x):
    def energy(z):
        z[1:] *= z[:-1]
        return np.sum(z * z)

    x[0] = 0.5 * x[1]
    return grad(energy)(x) * x


@program(X)
def comprehension_of_changed_rows(x):
    rows = []
    for k in range(3):
        x[k] *= x[k + 1]
        rows.append([v * v for v in x])
    return sum(sum(row) for row in rows)


@program(S)
def match_with_stores(a):
    for i in range(3):
        match i:
            case 0:
                a[i] *= a[1]
            case 1:
                a[i, 0] = a[0, 1]
            case _:
                a[:, i] = a[0]
    return a * a


@program(X, Y)
def conditional_stores_by_short_circuit(x, y):
    for i in range(4):
        if x[i] > 0 and y[i] < 1.0 or x[i + 1] > 1.0:
            x[i] *= y[i]
        y[i + 1] += x[i] if not x[i] > 0.5 else x[i] * x[i]
    return x * y


@program(X)
def view_of_what_an_inner_loop_swaps(x):
    a, b = x[:2], x[3:]
    for k in range(3):
        for _ in range(k + 1):
            a, b = b[::-1], a
        part = a[:1]
        part -= 0.3 * np.sin(a[1:])
    return x * x


@program(X, 0.4)
def array_rebound_to_a_view_on_the_way_out(x, y):
    z = np.sin(x)
    k = 0
    while k < 2 and y < 0.5:
        k += 1
        z[[3, 2, 3]] += 0.5 * x[1]
        for _ in range(3):
            z = x[::-1]
            if k == 1:
                break
    return z * z + x * y


@program(0.7)
def variable_of_an_inner_loop_as_an_index_after_it(x):
    y = np.ones(4)
    for i in range(3):
        for j in range(4 - i):
            y[j] *= x
        y[j] = y[j] * math.sin(x * j)
    return np.sum(y * y)


@program(np.outer(X, Y))
def view_of_a_row_returned_from_a_loop(m):
    for i, row in enumerate(m):
        part = row[::2]
        if i == 2:
            return np.sum(row * row) + np.sum(part * part * part)
    return np.sum(m)

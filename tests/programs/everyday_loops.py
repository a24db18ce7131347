"""Loops as people write them: else, continue, break, try, early return, stacks and tables of state."""

import math

import numpy as np

from tests.programs.corpus import program

X = np.array([2.1, 1.4, 2.6, 1.7, 2.9])
A = np.array([[1.3, 0.4, -0.6, 0.9], [0.7, 1.8, 0.55, -0.3], [-0.8, 0.6, 1.1, 1.4], [0.2, -0.5, 0.95, 1.6]])


@program(X)
def nested_loop_with_else_continue_and_return(x):
    s = 0.0
    for i, v in enumerate(x):
        if i == 1:
            continue
        for j in range(i):
            if x[j] > 100:
                return s
            s += v * x[j]
        else:
            s *= 1.1
    return s


@program(X, 0)
@program(X, 3)
def product_of_the_first_and_countdown(x, n):
    s = x[0]
    for i in range(n):
        s = s * x[i]
    while n > 0:
        n -= 1
        s += x[n]
    return s


@program(0.7)
def depth_first_walk_with_an_explicit_stack(x):
    total = 0.0
    stack = [(x, 0)]
    while stack:
        v, depth = stack.pop()
        total += v
        if depth < 3:
            stack.append((v * x, depth + 1))
            stack.append((v + x, depth + 1))
    return total


@program(X)
def raise_catch_and_count_on_in_finally(x):
    s = 0.0
    i = 0
    while True:
        if i >= len(x):
            break
        try:
            if x[i] < 1.9:
                raise ValueError
            s += math.log(x[i])
        except ValueError:
            s -= x[i] ** 2
        finally:
            i += 1
    return s


@program(X)
def loop_over_an_iterator_of_positions(x):
    positions = iter([1.0, 2.0])
    s = 0.0
    for k in positions:
        s += k * x[int(k)]
    return s * s


@program(A)
def leaky_sum_over_rows_and_entries(a):
    s = 0.0
    for row in a:
        for v in row:
            s += v if v > 0 else 0.1 * v * v
    return s


@program(X)
def forwards_against_backwards_then_items_of_a_display(x):
    r = 0.0
    for a, b in zip(x, reversed(x)):
        r += a * b * b
    for _, v in {"a": x[0], "b": x[1]}.items():
        r *= v
    return r


@program(X)
def largest_and_filtered_of_one_generator(x):
    def squares_so_far():
        s = 0.0
        for v in x:
            s = s + v * v
            yield s

    return max(squares_so_far()) + sum(v for v in squares_so_far() if v > 5)


@program(X)
def logarithms_over_neighbours_under_errstate(x):
    s = 0.0
    with np.errstate(all="ignore"):
        for i in range(5):
            if x[i] < 0:
                continue
            s += np.log(x[i]) / x[i - 1]
    return s


@program(X)
def horner_over_reversed_positions_with_else(x):
    s = 0
    for i in reversed(range(1, 5, 2)):
        s = s * 0.5 + x[i] ** 2
    else:
        s = s + i
    return s * i if i else s


@program(X)
def assignment_expression_in_the_condition(x):
    i = 0
    total = 0.0
    while (v := x[i]) < 100:
        total += v * v
        i += 1
        if i == 5:
            break
    else:
        total = 0.0
    return total


@program(X)
def squares_collected_until_the_index_error(x):
    out = []
    try:
        for i in range(10):
            out.append(x[i] ** 2)
    except IndexError:
        pass
    return sum(out)


@program(X)
def continue_out_of_an_except_clause(x):
    r = 0.0
    for i in range(3):
        try:
            if i == 1:
                raise KeyError(i)
            r += x[i]
        except KeyError:
            r *= 2
            continue
        r += 1
    return r * r


@program(1.5)
def growth_until_a_bound_or_a_count(x):
    n = 0
    while x < 100 and n < 10:
        x = x * x if x < 10 else x + 50
        n += 1
    return x


@program(A)
def rows_left_at_their_first_negative_entry(a):
    total = 0.0
    for i in range(4):
        for j in range(4):
            if i == j:
                continue
            if a[i, j] < 0:
                break
            total += a[i, j] * a[j, i]
        else:
            total *= 2
    return total


@program(X)
def loop_over_ndindex(x):
    s = 0.0
    for i, j in np.ndindex(2, 2):
        s += x[i] * x[j + 1]
    return s


@program(X)
def nested_targets_of_zip(x):
    s = 0.0
    for a, (b, c) in zip(x, [(1.0, x[0]), (2.0, x[1])]):
        s += a * b * c
    return s


@program(X)
def table_of_lists_filled_from_the_row_above(x):
    table = [[0.0] * 3 for _ in range(3)]
    for i in range(3):
        for j in range(3):
            table[i][j] = x[i] * x[j] + (table[i - 1][j] if i else 0)
    return sum(map(sum, table)) + sum(table[i][i] for i in range(3))


@program(X)
def state_of_a_loop_kept_in_a_dict(x):
    state = {"i": 0, "s": 0.0}
    while state["i"] < 5:
        state["s"] += x[state["i"]] ** 2
        state["i"] += 1
        if state["s"] > 10:
            break
    return state["s"] * state["i"]


@program(X)
def running_maximum_that_starts_as_none(x):
    y = x if len(x) > 3 else None
    if y is not None:
        y[0] = 3 * y[1]
    largest = None
    for v in x:
        largest = v if largest is None else max(largest, v)
    return np.sum(y) * largest


@program(X)
def append_in_either_arm_of_a_conditional_expression(x):
    r = []
    for i in range(3):
        r.append(x[i]) if x[i] > 2 else r.append(-x[i])
    return sum(r) ** 2


@program(X)
def filtered_list_made_a_dict_and_crossed(x):
    y = [v * v for v in x if v > 1.9]
    z = {i: v for i, v in enumerate(y)}
    w = [a * b for a in y for b in x[:2]]
    return sum(z.values()) * sum(w)


@program(X)
def self_convolution_by_shifted_sums(x):
    acc = np.zeros_like(x)
    for i in range(len(x)):
        acc[i:] += x[i] * x[: len(x) - i]
    return acc @ acc


@program(A)
def entries_multiplied_by_those_of_the_row_above(a):
    for i, row in enumerate(a):
        for j in range(len(row)):
            row[j] = row[j] * a[i - 1, j] if i > 0 else row[j] ** 2
    return np.sum(a)

"""Loops and functions that end early: break, continue, loop else, return anywhere, with, try/finally."""

import contextlib
import math

import numpy as np

from tests.programs.corpus import program

X = np.array([0.3, 1.2, 0.7, 2.2])


@program(0.8)
def break_on_a_value(x):
    y = x
    for i in range(20):  # noqa: B007
        y = y * 1.5
        if y > 4:
            break
    return y * i


@program(0.8)
def break_first_thing(x):
    y = x
    while True:
        if y > 4:
            break
        y = y * y + x
    return y


@program(0.8)
def continue_on_a_value(x):
    y = x
    for i in range(8):
        if i % 3 == 1:
            continue
        y = math.sin(y) + i * x
    return y


@program(0.8)
def break_and_continue(x):
    y = x
    total = 0.0
    for i in range(30):
        y = y * 1.3
        if i % 2:
            continue
        total = total + y
        if total > 9:
            break
        total = total * 0.9
    return total


@program(0.8, 50.0)
@program(0.8, 3.0)
def for_else(x, limit):
    y = x
    for _ in range(5):
        y = y * 2
        if y > limit:
            break
    else:
        y = y * x
    return y


@program(0.8, 50.0)
@program(0.8, 3.0)
def while_else(x, limit):
    y = x
    i = 0
    while i < 4:
        i += 1
        y = y * 2
        if y > limit:
            y = -y
            break
    else:
        y = math.sin(y)
    return y


@program(0.8)
@program(-0.8)
def early_return(x):
    if x < 0:
        return x * x
    y = math.sqrt(x)
    return y * x


@program(0.8)
@program(0.01)
def return_from_a_loop(x):
    y = x
    for i in range(10):
        y = y * 1.5
        if y > 3:
            return y * i
    return y * y


@program(np.array([[0.5, 1.0], [2.0, 3.0]]))
@program(np.array([[0.5, 1.0], [1.0, 1.0]]))
def return_from_nested_loops(m):
    total = 0.0
    for row in m:
        for v in row:
            total = total + v * v
            if total > 5:
                return total * v
        total = total * 0.5
    return total


@program(0.8)
def return_from_while_true(x):
    y = x
    while True:
        y = y * 2
        if y > 10:
            return y * x
        if y > 100:
            return x


@program(0.8)
def break_the_inner_loop_only(x):
    y = 0.0
    for i in range(4):
        z = x
        for j in range(10):
            if j > i:
                break
            z = z * x + j
        y = y + z
    return y


@program(0.8)
def flag_leaves_two_loops(x):
    y = x
    done = False
    for _ in range(5):
        for j in range(5):
            y = y * 1.2 + j * 0.1
            if y > 4:
                done = True
                break
        if done:
            break
        y = y * 0.9
    return y


@program(0.8)
def continue_in_while(x):
    y = x
    i = 0
    while i < 10:
        i += 1
        if i % 2 == 0:
            continue
        y = math.sin(y) + x / i
    return y


@program(0.8)
def break_inside_two_branches(x):
    y = x
    for i in range(10):
        if i > 2:
            if y > 2:
                break
            y = y * 1.7
        else:
            y = y + x
            continue
        y = y + 0.1
    return y


@program(X)
def search(x):
    for i in range(len(x)):
        if x[i] > 1:
            return x[i] ** 2 + x[0]
    return 0.0


@program(X)
def return_of_different_expressions(x):
    for v in x:
        if v > 2:
            return np.sum(x) * v
        elif v < 0:
            return v
    return np.prod(x)


@program(0.8)
def code_after_a_return_in_both_branches(x):
    if x > 0:
        return x * 2
    else:
        return x * 3


@program(0.8)
def return_in_for_else(x):
    for i in range(3):
        x = x * 1.1
        if x > 5:
            return i * x
    else:
        return x * x


@program(0.8)
def try_finally(x):
    log = []
    try:
        y = x * x
        z = y * x
    finally:
        log.append("done")
    return z * len(log)


@program(0.8)
def return_inside_try_finally(x):
    log = ["start"]
    try:
        if x > 0:
            return x**3
        x = x * 2
    finally:
        log.append("end")
    return x * len(log)


@program(0.8)
def with_statement(x):
    with contextlib.nullcontext(2.0) as scale, np.errstate(divide="ignore"):
        y = x * scale
        y = y * y
    return y


@program(0.8)
def return_inside_with(x):
    with np.errstate(over="ignore"):
        for _ in range(3):
            x = x * 2
            if x > 3:
                return x * x
    return x


@program(3)
@program(5)
def only_integers(n):
    y = 0.0
    for i in range(n):
        if i % 3 == 0:
            y += 1.0
    return y


@program(0.7, 3)
@program(0.7, 0)
def while_counts_down(x, n):
    y = 1.0
    while n:
        y = y * x + n
        n -= 1
    return y


@program(X, 0.4)
def trips_passed_over_by_two_conditions(x, bound):
    total = 0.0
    for i in range(3):
        for j in range(4):
            if i == j == 0:
                continue
            if 0 < i < 2 and j > 1:
                continue
            if x[j] > bound and i > 0 or j == 3:
                continue
            total += x[j] ** 2 * (i + 1)
    return total


@program(X, 0.4)
def nothing_is_done_by_two_conditions(x, bound):
    total = x[1] ** 2
    if x[0] > 0 and x[1] > bound:
        pass
    else:
        total = total * x[2]
    if -2 < x[1] < bound:
        pass
    elif x[3] > bound:
        total = 0.5 * total
    return total


@program(27.3)
def collatz_like(x):
    steps = 0
    y = x
    while y > 2.5 and steps < 50:
        if int(y) % 2 == 0:
            y = y / 2
        else:
            y = 0.3 * y + 1
        steps += 1
    return y * steps


@program([[1.0, 2.0, 3.0], [0.5], [0.3, 0.4], [0.1, 0.7, 0.9, 0.2]])
def made_in_one_branch_and_taken_apart_in_another(rows):
    total = 0.0
    for r in rows:
        if len(r) > 1:
            pair = (r[0], r[1])
            parts = {"first": r[0], "rest": r[1:]}
        if len(r) > 2:
            total += pair[1] ** 2 + parts["first"] * sum(parts["rest"])
    return total

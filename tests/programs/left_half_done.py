"""Functions and methods that raise when they have changed something, and whose exceptions are caught."""

from __future__ import annotations

import math

import numpy as np

from tests.programs.corpus import program


def grow(values, factor):
    values[0] *= factor
    for _ in range(3):
        values[1] += factor
        if values[1] > 1.0:
            raise ValueError("large", factor)
        if factor < 0.0:
            return values[0]
    return values[1]


def grow_twice(values, factor):
    values[1] *= 1.5
    grown = grow(values, factor)
    values[0] += 1.0
    return grown * 2.0


@program(0.7, 0.6)
@program(0.9, 0.2)
def function_that_changes_its_argument_and_raises(x, y):
    a, total = np.array([x, y]), 0.0
    for v in (0.1, x, y, -1.0):
        try:
            total += grow(a, v) * a[0]
        except ValueError:
            total += a[1]
        else:
            total *= 1.1
        finally:
            a *= 0.8
    return total + a @ a


@program(0.7, 0.6)
@program(0.9, 0.2)
def function_whose_callee_raises(x, y):
    a, total = np.array([x, y]), 0.0
    for _ in range(3):
        try:
            total += grow_twice(a, x) + grow_twice(a, y * 0.1)
        except (ValueError, KeyError):
            a[:] = a[::-1]
            continue
        total *= a[0]
    return total + a[1]


@program(0.7, 0.6)
def nested_function_that_changes_what_it_captures_and_raises(x, y):
    state = {"n": 0, "v": x}
    count = 0

    def step(w):
        nonlocal count
        count += 1
        state["v"] *= w
        if state["v"] > 0.5:
            raise RuntimeError
        return math.sqrt(state["v"] - 0.1 * y)

    total = 0.0
    for w in (y, 1.2, 1.7, 0.2, y):
        try:
            total += step(w)
        except RuntimeError:
            state["v"] = 0.3 * y
        except ValueError:
            total += state["v"] * count
    return total * state["v"] + count


class Diverged(Exception):
    """Raised by a machine that went too far."""


class Machine:
    """Changes at each step."""

    def __init__(self, value):
        self.value = value
        self.count = 0
        self.log = []

    def step(self, factor):
        self.value = self.value * factor
        self.count += 1
        self.log.append(self.value)
        if self.value > 0.62:
            raise Diverged(self.count)
        return self.value


class Doubling(Machine):
    """Changes what its base class has logged."""

    def step(self, factor):
        self.value = self.value + 0.1 * factor
        result = super().step(factor)
        self.log[-1] *= 2.0
        return result


@program(0.7, 0.6)
@program(0.4, 0.9)
def methods_that_change_their_objects_and_raise(x, y):
    machines, total = [Machine(x), Doubling(y), Doubling(x * y)], 0.0
    for k in range(2):
        for machine in machines:
            try:
                total += machine.step(1.3) * (k + 1)
            except Diverged:
                machine.value = x * 0.3
                total += machine.log[0]
    return total + sum(m.value * m.count + sum(m.log) for m in machines)


@program(0.7, 0.6)
def method_that_raises_in_a_method(x, y):
    machine, best = Machine(x), y
    for k in range(4):
        try:
            best = machine.step(y + 0.4 * k)
        except Diverged:
            machine.value = machine.log[0] * 0.5
            break
    return machine.value * best + sum(machine.log)


class Account:
    """Its balance is changed before it is looked at."""

    def __init__(self, balance):
        self.balance = balance

    def withdraw(self, amount):
        self.balance = self.balance - amount
        if self.balance < 1.0:
            raise RuntimeError("empty")
        return self.balance * amount


@program(np.array([1.1, 2.2, 0.6]))
def account_that_is_overdrawn(x):
    account, total = Account(4.0), 0.0
    for amount in x:
        try:
            total += account.withdraw(amount)
        except RuntimeError:
            account.balance += amount
    return total * account.balance


@program(0.7, 0.6)
@program(0.9, 0.2)
def loop_over_zipped_lists_that_is_left(x, y):
    held, pair = [x, y * 2.0], ([x, y], [y, x * x])
    try:
        for v, w in zip(*pair):
            held[0] = held[0] + v * w
            if held[0] > 1.2:
                raise ValueError
    except ValueError:
        held[1] *= held[0]
    return held[0] * held[1]


@program(np.array([0.3, -0.7, 1.1]), 1.3)
def functions_that_return_where_they_catch(x, k):
    log = []

    def safe(i):
        try:
            if i == 1:
                raise KeyError(i)
            v = x[i] * k
        except KeyError:
            log.append(k)
            return -k
        else:
            return v if v > 0 else v * v

    total = 0.0
    for i in range(5):
        try:
            total += safe(i)
        except IndexError:
            total *= 2
            break
    return total + sum(log)

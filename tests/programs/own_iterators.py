"""Loops over instances that say themselves what their items are, left early, without end, changed meanwhile."""

from __future__ import annotations

import numpy as np

from tests.programs.corpus import program

X = np.array([0.3, -0.7, 1.1, 0.5])


class Growth:
    """Ends after some items."""

    def __init__(self, value, count):
        self.value, self.count, self.taken = value, count, 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.taken >= self.count:
            raise StopIteration
        self.taken += 1
        self.value = self.value * 1.3
        return self.value


class Fibonacci:
    """Has no end."""

    def __init__(self, first):
        self.a = self.b = first

    def __iter__(self):
        return self

    def __next__(self):
        self.a, self.b = self.b, self.a + self.b
        return self.a


class Stepper:
    """Changes an array of others, and returns views of it from a loop and after it."""

    def __init__(self, x, h):
        self.x, self.h, self.done = x, h, False

    def __iter__(self):
        return self

    def __next__(self):
        if self.done:
            raise StopIteration()
        self.done = bool(self.x[0] > 1.5)
        self.x[0] += self.h
        for k in range(1, len(self.x)):
            if self.x[k] > 1.0:
                self.x[k] *= 0.5
                return self.x[k:]
            self.x[k] += self.h * self.x[k - 1]
        return self.x


class Epochs:
    """Begins again with each loop."""

    def __init__(self, values):
        self.values = values

    def __iter__(self):
        self.position = 0
        return self

    def __next__(self):
        if self.position == len(self.values):
            raise StopIteration
        self.position += 1
        return self.values[self.position - 1]


class Cursor:
    def __init__(self, owner):
        self.owner, self.position = owner, -1

    def __iter__(self):
        return self

    def __next__(self):
        self.position += 1
        if self.position >= len(self.owner.items):
            raise StopIteration
        return self.owner.items[self.position]


class Shelf:
    """Makes an iterator of another class for each loop."""

    def __init__(self, *items):
        self.items = list(items)

    def __iter__(self):
        return Cursor(self)


class Chained:
    """A list of nodes that a generator runs through."""

    def __init__(self):
        self.head = None

    def push(self, value):
        self.head = (value, self.head)

    def __iter__(self):
        node = self.head
        while node is not None:
            yield node[0]
            node = node[1]


@program(X, 0.7)
def left_by_break_and_gone_on_with(x, y):
    growth, total = Growth(y, 10), 0.0
    for value in growth:
        if value > 1.2:
            break
        total += value * x[1]
    for value in growth:
        total += value * value * x[2]
        if value > 3.0:
            break
    return total + growth.value


@program(X, 0.7)
def left_by_return(x, y):
    for value in Growth(y, 10):
        if value > 1.5:
            return value * x[0]
    return y


@program(X, 0.7)
def without_end(x, y):
    total = 0.0
    for value in Fibonacci(y):
        total += value * x[1]
        if total < -5.0:
            break
    for k, value in enumerate(Fibonacci(y * y)):
        total += value * x[k]
        if k == 3:
            break
    return total


@program(X, 0.7)
def without_end_beside_an_array(x, y):
    total, numbers = 0.0, Fibonacci(y * y)
    for value, entry in zip(Fibonacci(y), x):
        total += value * entry * entry
    for entry, value in zip(x, numbers):
        total += value * entry
    for value, entry in zip(numbers, x[:2]):
        total += value * entry
    return total + numbers.a * numbers.b


@program(X, 0.7)
def two_loops_over_one_iterator(x, y):
    numbers, total = Fibonacci(y), 0.0
    for a in numbers:
        for b in numbers:
            total += a * b * x[0]
            if b > 5.0:
                break
        if a > 7.0:
            break
    return total


@program(X, 0.7)
def changed_while_it_runs(x, y):
    total, stepper = 0.0, Stepper(x, y)
    for k, view in enumerate(stepper):
        view *= 1.1
        stepper.h *= 0.9
        if k == 1:
            continue
        total += np.sum(view * view)
    else:
        total *= 2.0
    return total + stepper.h


@program(X, 0.7)
def begun_again(x, y):
    epochs, total = Epochs(x * y), 0.0
    for number in range(2):
        for value in epochs:
            if value > 0.5:
                break
            total += value * value * (number + 1)
    return total + sum(epochs) + max(epochs)


@program(X, 0.7)
def an_iterator_of_another_class(x, y):
    shelf, total = Shelf(x[0], y, x[1] * y), 0.0
    for value in shelf:
        total += value * value
        if len(shelf.items) < 5:
            shelf.items.append(value * y)
        if total > 3.0:
            break
    for a in shelf:
        for b in shelf:
            total += a * b
    return total


@program(X, 0.7)
def nodes_run_through_by_a_generator(x, y):
    chained, total = Chained(), 0.0
    for entry in x:
        chained.push(entry * y)
    for value in chained:
        if value > 0.7:
            break
        total += value * value
    for k, value in enumerate(chained):
        total += k * value
    return total


@program(X, 0.7)
def a_raise_in_a_loop_over_an_iterator(x, y):
    total, numbers = 0.0, Fibonacci(y)
    try:
        for value in numbers:
            total += value * x[0]
            if value > 5.0:
                raise ValueError
    except ValueError:
        total *= numbers.a
    return total


@program(X, 0.7)
def jumps_after_an_iterator_that_is_used_up(x, y):
    total = 0.0
    for k in range(3):
        items = iter(x)
        total += next(items) * y
        for value in items:
            total += value * y
            if value > 5.0:
                break
        else:
            if k == 1:
                break
            total *= 1.3
            continue
        total += 100.0 * y
    return total * total

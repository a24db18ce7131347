"""Loops over lists and iterators of what changes meanwhile: Python looks at it before each trip."""

from __future__ import annotations

import itertools

import numpy as np

from tests.programs.corpus import program

X = np.array([0.3, -0.7, 1.1, 0.5])


@program(X, 0.7)
def numbered_items_of_a_list_that_grows(x, y):
    tasks, total = [y], 0.0
    for i, task in enumerate(tasks):
        total += task * (i + 1)
        if len(tasks) < 5:
            tasks.append(task * x[i])
    return total


@program(X, 0.7)
def beside_an_array(x, y):
    tasks, total = [y], 0.0
    for entry, task in zip(x, tasks):
        total += task * entry
        if len(tasks) < 9:
            tasks.extend([task * entry, y])
    return total


@program(X, 0.7)
def a_list_that_becomes_shorter(x, y):
    values, total = list(x), 0.0
    for i, value in enumerate(values):
        total += value * (i + 1) * y
        if i == 1:
            values.pop()
    return total + sum(values)


@program(X, 0.7)
def a_list_in_a_dict(x, y):
    held, total = {"tasks": [y]}, 0.0
    for task in held["tasks"]:
        total += task * y
        if len(held["tasks"]) < 5:
            held["tasks"].append(task * x[0])
    return total


def add(tasks, task):
    tasks.append(task)


def add_below(tasks, task, depth):
    if depth:
        add_below(tasks, task * 0.9, depth - 1)
    else:
        tasks.append(task)


@program(X, 0.7)
def functions_that_lengthen_it(x, y):
    tasks, total = [y], 0.0
    for task in tasks:
        total += task * y
        if len(tasks) < 4:
            add(tasks, task * x[0])
        elif len(tasks) < 7:
            add_below(tasks, task, 2)
    return total


@program(X, 0.7)
def updates_and_slices_that_lengthen_it(x, y):
    tasks, total = [y], 0.0
    same = tasks
    for task in same:
        total += task * y
        if len(tasks) < 3:
            tasks += [task * x[0]]
        elif len(tasks) < 6:
            same[len(same) :] = [task * x[1], x[2]]
    return total


class Swarm:
    def __init__(self, first):
        self.members, self.energy = [first], 0.0

    def spawn(self, value):
        self.members.append(value)

    def run(self, x):
        for member in self.members:
            self.energy += member * x[0]
            if len(self.members) < 5:
                self.spawn(member * x[1])
        for k, member in enumerate(self.members):
            if k < 2:
                self.members.append(member * self.energy)


@program(X, 0.7)
def a_method_that_lengthens_the_list_of_its_object(x, y):
    swarm = Swarm(y)
    swarm.run(x)
    return swarm.energy * sum(swarm.members)


class Cell:
    def __init__(self, size):
        self.size = size

    def divide(self, cells, share):
        cells.append(Cell(self.size * share))
        self.size *= 1.0 - share


@program(X, 0.7)
def objects_that_add_objects(x, y):
    cells = [Cell(x[0]), Cell(y)]
    for cell in cells:
        if cell.size > 0.25 and len(cells) < 6:
            cell.divide(cells, y * 0.6)
    return sum(cell.size**2 * (k + 1) for k, cell in enumerate(cells))


@program(X, 0.7)
def a_nested_function_that_lengthens_it(x, y):
    tasks, total = [y], 0.0

    def push(task):
        tasks.append(task)

    for task in tasks:
        total += task * y
        if total > 2.0:
            break
        if len(tasks) < 5:
            push(task * x[0])
    else:
        total *= 2.0
    return total


@program(X, 0.7)
def two_parameters_that_are_one_list(x, y):
    def spread(source, target):
        total = 0.0
        for value in source:
            total += value * y
            if len(target) < 4:
                target.append(value * x[2])
        return total

    values = [y]
    return spread(values, values) + spread(values, []) * sum(values)


@program(X, 0.7)
def an_array_that_changes_while_its_iterator_is_zipped(x, y):
    entries = iter(x)
    total = 0.0
    for a, b in zip(entries, entries):
        total += a * b
        x[3] += a * y
    others = iter(x)
    total += next(others)
    for a, b in zip(x, others):
        total += a * b
        x[3] += a
    return total


@program(X, 0.7)
def a_list_that_grows_while_its_iterator_is_numbered(x, y):
    values = [y, 2.0 * y, x[0]]
    entries = iter(values)
    total = next(entries)
    for k, value in enumerate(entries, 1):
        total += value * k
        values[2] *= 2.0
        if len(values) < 5:
            values.append(value * x[1])
    return total


@program(X, 0.7)
def iterators_left_in_the_midst_of_a_zip(x, y):
    entries = iter(x)
    total = 0.0
    for _ in range(2):
        for a, b in zip([y, y * 2.0, 1.0], entries):
            total += a * b
            if total > 0.1:
                break
            if b > 0.0:
                continue
            total *= 1.1
        else:
            total -= y
    return total + next(entries, 5.0)


@program(X, 0.7)
def a_function_asked_until_it_says_stop(x, y):
    state, count = [y], 0

    def more():
        state[0] *= 0.7
        return state[0] > 0.2

    for _ in iter(more, False):
        count += 1
        state[0] += 0.01 * x[count % 4]
    stack = [1.0, None, y, 2.0]
    total = 0.0
    for value in iter(lambda: stack.pop(), None):
        total += value * x[1]
    return state[0] * count + total


@program(X, 0.7)
def items_of_itertools_beside_what_changes(x, y):
    out, total = np.zeros(3), 0.0
    for k, (a, b) in enumerate(itertools.pairwise(x)):
        out[k] = a * b
        total += a
    for k, a in enumerate(itertools.chain(x, [y])):
        out[k % 3] += a
    for a, b in zip(itertools.cycle([1.0, y]), x):
        total += a * b
        out[0] *= a
    return total + out.sum()

"""Iterators that are run through elsewhere than where they were made: they read what is there when their turn comes."""

import numpy as np

from tests.programs.corpus import program

X = np.array([0.5, -1.2, 2.0, 0.3])


class Holder:
    pass


def _consume(items, x):
    total = 0.0
    for v in items:
        total += v * v
        x[2] += v
    return total


@program(X)
def an_iterator_that_is_passed_on_reads_what_changes(x):
    x = x * 1.0
    return _consume(iter(x), x)


@program(X)
def an_iterator_in_an_object_reads_what_changes(x):
    x = list(x)
    holder = Holder()
    holder.it = iter(x)
    total = 0.0
    for v in holder.it:
        total += v * v
        x[2] = x[2] + v
    return total


@program(X)
def iterators_in_a_list_read_what_changes(x):
    x = x * 1.0
    total = 0.0
    for it in [iter(x), iter(x[::-1])]:
        for v in it:
            total += v * v
            x[1] *= 1.1
    return total


@program(X)
def an_iterator_is_passed_on_after_its_first_item(x):
    x = x * 1.0
    items = iter(x)
    first = next(items)
    return first * _consume(items, x)


@program(X)
def what_is_left_of_an_iterator_is_listed(x):
    items = iter(x)
    first = next(items)
    rest = list(items)
    return first * rest[0] * rest[1] + sum(rest)


@program(X)
def what_is_left_of_an_iterator_extends_a_list(x):
    items = iter(x)
    taken = [next(items)]
    taken.extend(items)
    return taken[0] * taken[1] * taken[-1]

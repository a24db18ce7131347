"""Objects and generators that change while their items are taken are refused; those that stay are differentiated."""

from __future__ import annotations

import numpy as np
import pytest

from srcad import grad, jvp
from srcad.errors import UnsupportedError

X = np.array([0.4, 1.3, -0.7])


class Pair:
    def __init__(self, first, second):
        self.first, self.second, self.both = first, second, [first, second]

    def each(self):
        yield self.first
        yield self.second

    def doubled(self):
        for value in self.both:
            yield value * 2

    def __iter__(self):
        yield self.first
        yield self.second


class Row:
    def __init__(self, *values):
        self.values = list(values)

    def __iter__(self):
        return iter(self.values)

    def add(self, value):
        self.values.append(value)


class Counting:
    def __init__(self, count):
        self.count, self.place, self.factor = count, 0, 1.0

    def __iter__(self):
        return self

    def __next__(self):
        if self.place >= self.count:
            raise StopIteration
        self.place += 1
        return self.factor * self.place


class Indexed:
    def __init__(self, *values):
        self.values = list(values)

    def __getitem__(self, place):
        return self.values[place]

    def __len__(self):
        return len(self.values)


class Tree:
    def __init__(self, key):
        self.key, self.value, self.left, self.right = key, key * key, None, None

    def insert(self, key):
        side = "left" if key < self.key else "right"
        if getattr(self, side) is None:
            setattr(self, side, Tree(key))
        else:
            getattr(self, side).insert(key)

    def walk(self, depth=1):
        if self.left:
            yield from self.left.walk(depth + 1)
        yield self.value, depth
        if self.right:
            yield from self.right.walk(depth + 1)

    def values(self):
        for child in (self.left, self.right):
            if child is not None:
                yield from child.values()
        yield self.value


class Settings:
    def __init__(self, **given):
        self.given = given

    def items(self):
        return [(key, value * 2) for key, value in self.given.items()]

    def keys(self):
        return sorted(self.given)

    def values(self):
        return [value * 3 for value in self.given.values()]


def recursive(values, place):
    if place < len(values):
        yield values[place]
        yield from recursive(values, place + 1)


def each(pair):
    yield pair.first
    yield pair.second


def tree_of(x):
    root = Tree(x[0])
    for key in x[1:]:
        root.insert(key)
    return root


def kept_method(x):
    pair = Pair(x[0], x[1])
    items = pair.each()
    pair.first = x[2]
    return sum(items)


def method_in_a_loop_that_changes(x):
    pair, total = Pair(x[0], x[1]), 0.0
    for value in pair.each():
        pair.second *= 2
        total += value
    return total


def list_that_the_method_reads_grows(x):
    pair, total = Pair(x[0], x[1]), 0.0
    for value in pair.doubled():
        total += value
        if len(pair.both) < 4:
            pair.both.append(value * value)
    return total


def list_of_generators(x):
    pairs = [Pair(x[0], x[1]), Pair(x[1], x[2])]
    generators = [each(pair) for pair in pairs]
    pairs[0].first = 1.0
    return sum(sum(items) for items in generators)


def recursive_generator(x):
    values, total = list(x), 0.0
    for value in recursive(values, 0):
        total += value
        if len(values) < 6:
            values.append(value * value)
    return total


def object_in_a_loop_that_changes(x):
    pair, total = Pair(x[0], x[1]), 0.0
    for value in pair:
        pair.second *= 2
        total += value
    return total


def object_that_grows(x):
    row, total = Row(x[0], x[1]), 0.0
    for value in row:
        total += value
        if len(row.values) < 4:
            row.values.append(value * value)
    return total


def object_that_grows_by_a_method(x):
    row, total = Row(x[0], x[1]), 0.0
    for value in row:
        total += value
        if len(row.values) < 4:
            row.add(value * value)
    return total


def iterator_that_changes(x):
    counting, total = Counting(3), 0.0
    for value in counting:
        total += value * x[0]
        counting.factor = x[1]
    return total


def indexed_object_that_changes(x):
    indexed, total = Indexed(x[0], x[1]), 0.0
    for value in indexed:
        indexed.values[1] = x[2]
        total += value
    return total


def kept_iterator_of_an_object(x):
    pair = Pair(x[0], x[1])
    items = iter(pair)
    pair.first = 5.0
    return next(items) + next(items)


CHANGING = [
    kept_method, method_in_a_loop_that_changes, list_that_the_method_reads_grows, list_of_generators, recursive_generator,
    object_that_grows, object_that_grows_by_a_method,
    indexed_object_that_changes, kept_iterator_of_an_object,
]  # fmt: skip


@pytest.mark.parametrize("program", CHANGING)
def test_what_changes_while_its_items_are_taken_is_refused(program):
    with pytest.raises(UnsupportedError, match="made at once|is changed|changes what it reads") as caught:
        grad(program)(X)
    assert caught.value.location is not None


@pytest.mark.parametrize("program", [object_in_a_loop_that_changes, iterator_that_changes])
def test_items_that_are_made_one_after_the_other_are_those_of_their_turn(program):
    steps = 1e-6 * np.eye(len(X))
    moved = [(program(X + step) - program(X - step)) / 2e-6 for step in steps]
    np.testing.assert_allclose(grad(program)(X), moved, atol=1e-7)
    assert jvp(program, (X,), (np.ones(len(X)),))[1] == pytest.approx(sum(moved), abs=1e-7)


def nested_walk(x):
    return sum(value * depth * (k + 1) for k, (value, depth) in enumerate(tree_of(x).walk()))


def walk_kept_in_a_list(x):
    tree = tree_of(x)
    found = list(tree.walk())
    tree.value *= 2
    return sum(value * depth for value, depth in found) + sum(tree.values())


def items_gathered_in_a_loop(x):
    gathered, total = [], 0.0
    for value in tree_of(x).values():
        gathered.append(value)
        total += value * len(gathered)
    return total * gathered[0]


def others_changed_in_the_loop(x):
    pairs = [Pair(x[0], x[1]), Pair(x[1], x[2])]
    for pair in pairs:
        pair.first *= 2
        pair.second = pair.first * x[2]
    return sum(sum(pair) for pair in pairs)


def views_of_ones_own(x):
    settings, total = Settings(a=x[0], b=x[1]), 0.0
    for key, value in settings.items():
        total += value * len(key)
    for place, value in enumerate(settings.values()):
        total += value * value * place
    for key in settings.keys():
        total += settings.given[key]
    return total + sum(value for _, value in settings.items()) * x[2]


STEADY = [
    nested_walk,
    walk_kept_in_a_list,
    items_gathered_in_a_loop,
    others_changed_in_the_loop,
    views_of_ones_own,
]


@pytest.mark.parametrize("program", STEADY)
def test_what_stays_while_its_items_are_taken_is_differentiated(program):
    step = 1e-6 * np.eye(3)
    expected = [(program(X + e) - program(X - e)) / 2e-6 for e in step]
    np.testing.assert_allclose(grad(program)(X), expected, rtol=1e-6, atol=1e-8)


def test_items_unpacked_beside_an_iterator_that_is_kept():
    def kept(x):
        pair = Pair(x[0], x[1])
        each, factor = pair.each(), x[2]
        pair.first = 5.0 * x[1]
        first, second = each
        return first * second * factor

    with pytest.raises(UnsupportedError, match="before its items are taken"):
        grad(kept)(X)

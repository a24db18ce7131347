"""Iterators taken item by item, those of ``itertools``, generators kept under a name, and getters of ``operator``."""

import itertools
import math
import operator
from itertools import accumulate, chain, count, cycle, islice, repeat, takewhile

import numpy as np

from tests.programs.corpus import program

X = np.array([0.5, -1.2, 2.0, 0.3])


def multiples(n, x):
    for i in range(n):
        yield x * i


def neighbours(values):
    previous = None
    for value in values:
        if previous is not None:
            yield previous, value
        previous = value


def fibonacci():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


class Tree:
    def __init__(self, value, left=None, right=None):
        self.value, self.left, self.right = value, left, right

    def __iter__(self):
        if self.left is not None:
            yield from self.left
        yield self.value
        if self.right is not None:
            yield from self.right


def walk(tree):
    if tree is not None:
        yield from walk(tree.left)
        yield tree.value
        yield from walk(tree.right)


@program(X)
def items_taken_by_hand(x):
    items = iter(x)
    total = next(items)
    for value in items:
        total = total * value + 1
    return total + next(items, 2.0)


@program(0.7)
def prefix_notation(x):
    tokens = iter("+ x * x 3".split())

    def parsed():
        token = next(tokens)
        if token == "+":
            return parsed() + parsed()
        if token == "*":
            return parsed() * parsed()
        return x if token == "x" else float(token)

    return parsed()


@program([0.5, 1.5, 2.5])
def iterator_with_a_default(values):
    items = iter(values)
    previous = next(items, None)
    total = 0.0
    while previous is not None:
        current = next(items, None)
        if current is not None:
            total += (current - previous) ** 2 * current
        previous = current
    return total


@program(0.7)
def loop_that_takes_items_as_well(x):
    tokens = iter("x 3 y x 2".split())
    total = 0.0
    for token in tokens:
        if token == "x":
            total += x * float(next(tokens))
        else:
            total *= x
    return total * x


@program(0.7)
def loop_left_and_gone_on_with(x):
    items = iter([x, 2 * x, 3.0, 4 * x])
    total = 0.0
    for value in items:
        if value > x:
            break
        total += value
    for value in items:
        total += value * value
    return total


@program(0.7)
def counter(x):
    numbers = count(1)
    return x ** next(numbers) + x ** next(numbers)


@program(X)
def zip_that_is_used_up(x):
    pairs = zip(x, x[1:])
    total = sum(a * b for a, b in pairs)
    return total + sum(a for a, b in pairs) + 2 * len(list(pairs))


@program(X)
def filter_and_map_under_a_name(x):
    positive = filter(lambda v: v > 0, x)
    squares = map(lambda v: v * v, x)
    first = next(positive)
    return first * next(positive) + sum(positive) + next(squares) * sum(squares)


@program(0.7)
def generators_side_by_side(x):
    total = sum(a * b for a, b in zip(multiples(4, x), multiples(3, x * x)))
    for _, a, (b, c) in zip("abc", multiples(5, x), neighbours([x, 1.0, x * x, 2.0])):
        total += a * b * c
    return total + dict(zip("abc", multiples(3, x)))["c"]


@program(X)
def generator_under_a_name(x):
    pairs = neighbours(x)
    total = 0.0
    for a, b in pairs:
        total += a * b
        if a < 0:
            break
    for a, b in pairs:
        total += a - b * b
    return total * (1 if next(pairs, None) is None else 3.0)


def weighted(values, weight):
    total = 0.0
    for value in values:
        total = total * weight + value
    return total


@program(0.7)
def generator_passed_on(x):
    return weighted(multiples(4, x), x) + weighted((v * v for v in [x, 2.0]), x)


@program(0.7)
def generator_in_itself(x):
    total = 0.0
    for a in multiples(3, x):
        for b in multiples(2, a):
            total += a * b + x
    return total + sum(v * k for k in range(1, 4) for v in multiples(k, x))


@program(X)
def generator_unpacked(x):
    a, *b = multiples(3, x[0])
    c, d = multiples(2, x[1])
    return a + b[1] * d * c + x[2]


@program(Tree(1.0, Tree(2.0), Tree(3.0, Tree(0.5))))
def generator_that_calls_itself(tree):
    return sum(value * value for value in walk(tree))


@program(Tree(1.0, Tree(2.0), Tree(3.0, Tree(0.5))))
def class_with_a_generator(tree):
    total = 1.0
    for k, value in enumerate(tree):
        if k == 3:
            break
        total = total * value + k
    return total


@program(0.5)
def generator_without_end_in_a_zip(x):
    total = 0.0
    for k, number in zip(range(6), fibonacci()):
        total += number * x**k
    return total


@program(0.7)
def series_with_a_cycle_of_signs(x):
    total = 0.0
    for sign, k in zip(cycle([1.0, -1.0]), range(5)):
        total += sign * x**k / math.factorial(k)
    return total


@program(0.7)
def counting_until_it_converges(a):
    x = 1.0
    for k in itertools.count():
        new = 0.5 * (x + a / x)
        if abs(new - x) < 1e-12:
            return new * k
        if k == 1:
            x = new * 1.01
            continue
        x = new


@program(X)
def endless_iterators(x):
    total = sum(w * v for w, v in zip(cycle(x[:2]), x)) + sum(a * b for a, b in zip(x, repeat(x[0])))
    for v in islice(cycle(x), 2, 9, 3):
        total += v * v
    for i, weight in zip(count(), cycle([1.0, 2.0])):
        if i == len(x):
            break
        total += weight * x[i] ** 2
    return total + sum(islice(cycle(x), 6)) + sum(i * v for i, v in zip(islice(count(), 3), x))


@program(X)
def scans(x):
    *_, product = accumulate(x, operator.mul)
    return sum(accumulate(x)) + product + sum(accumulate(x, lambda a, b: a * 0.5 + b, initial=1.0))


@program(X)
def combined_items(x):
    pairs = sum(abs(a - b) for a, b in itertools.combinations(x, 2))
    steps = sum((b - a) ** 2 * a for a, b in itertools.pairwise(x))
    triples = sum(a * b * c for a, b, c in itertools.permutations(x[:3], 3))
    return pairs + steps + triples + sum(a * b**2 for a, b in itertools.product(x[:2], x[2:]))


@program(X)
def chosen_items(x):
    total = sum(v * v for v in islice(x, 1, None, 2)) + sum(takewhile(lambda v: v < 1.5, x))
    total += sum(itertools.dropwhile(lambda v: v < 1.5, x)) + sum(chain(x, [x[0] ** 2]))
    total += sum(chain.from_iterable([x, x * x])) + sum(itertools.compress(x, [1, 0, 1, 0]))
    return total + sum(itertools.starmap(lambda a, b: a * b, zip(x, x[::-1])))


@program(X)
def groups_and_padding(x):
    total = sum(a * b for a, b in itertools.zip_longest(x, x[:2] ** 2, fillvalue=1.5))
    for positive, group in itertools.groupby(x, key=lambda v: v > 0):
        total += (2.0 if positive else 3.0) * sum(v**2 for v in group)
    return total


@program([1.0, 2.0, 0.5])
def chunks_of_an_iterator(values):
    items = iter(values)
    total = 0.0
    while chunk := list(islice(items, 2)):
        total += sum(chunk) ** 2
    return total


@program([(0.5, 1.0), (2.0, -1.0)])
def item_getters(pairs):
    second = operator.itemgetter(1)
    a, b = operator.itemgetter(1, 0)(pairs[0])
    return sum(second(p) * p[0] for p in pairs) + sorted(pairs, key=second)[0][0] * a * b


@program(X, "sum")
def method_by_name(x, name):
    return getattr(x * x, name)() + operator.methodcaller("mean")(x * x)


class Leaf:
    def __init__(self, value):
        self.value = value


class Branch:
    def __init__(self, x):
        self.leaf = Leaf(x)


@program(0.7)
def attribute_by_path(x):
    found = Branch(x)
    for name in "leaf.value".split("."):
        found = getattr(found, name)
    return found * operator.attrgetter("leaf.value")(Branch(x * x))


class Sequence:
    def __init__(self, values):
        self.values = values

    def __iter__(self):
        return iter(self.values)


@program(0.7)
def lists_of_what_a_class_runs_over(x):
    total = sum(list(Sequence([x, 2 * x]))) + sorted(Sequence([x * x, x]))[0]
    return total + tuple(Sequence([x, x * x]))[1] + sum(p * q for p, q in zip(Sequence([x]), [x]))


@program(X)
def array_spread_in_a_list_beside_dynamic_values(x):
    return max([0.0, *x]) + max(x, default=0)


@program({(0, 1): 1.0, (1, 2): 2.0, (0, 2): 6.0})
def shortest_path(edges):
    distances = {0: 0.0, 1: math.inf, 2: math.inf}
    todo = set(distances)
    while todo:
        nearest = min(todo, key=distances.get)
        todo.remove(nearest)
        for (a, b), length in edges.items():
            if a == nearest and distances[a] + length * length < distances[b]:
                distances[b] = distances[a] + length * length
    return distances[2] * distances[1]


@program(np.array([0.5, -1.2, 2.0, 0.3, 1.1, -0.4]))
def iterator_zipped_with_itself(x):
    entries = iter(x)
    total = sum(a * b**2 for a, b in zip(entries, entries))
    return total + sum(a * b - c for a, b, c in zip(*[iter(x)] * 3))


def in_groups(values, size):
    return zip(*[iter(values)] * size)


@program(np.array([0.5, -1.2, 2.0, 0.3, 1.1, -0.4, 0.9]))
def rows_from_the_recipe_for_groups(x):
    first, second = in_groups(x, 3)
    return first[0] * second[1] + first[2] * second[0] ** 2


@program(np.array([0.5, -1.2, 2.0, 0.3, 1.1]))
def rest_of_an_iterator_zipped_with_something_shorter(x):
    entries = iter(x)
    named = dict(zip(["width", "height"], entries))
    return named["width"] * named["height"] + sum(entry**3 for entry in entries)

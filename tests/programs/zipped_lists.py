"""Lists, tuples and dicts made of ``zip`` and ``enumerate``: read, sorted, changed, and made of what changes later."""

import itertools

import numpy as np

from tests.programs.corpus import program

X, Y = np.array([0.7, -1.2, 0.4, 1.9, -0.3]), np.array([1.1, 0.6, -0.8, 0.25, 1.4])
A = np.array([[0.4, -0.2, 1.3], [1.1, 0.9, -0.7]])


@program(X, Y)
def pairs_run_through_backwards(x, y):
    total = 0.0
    for a, b in reversed(list(zip(x, y))):
        total = total * 0.9 + a * b * b
    return total


@program(X, Y)
def pairs_sorted_downwards(x, y):
    pairs = sorted(zip(x, y), reverse=True)
    return pairs[0][1] * 3 + pairs[1][0] ** 2


@program(X, Y)
def places_sorted_by_value(x, y):
    ranked = sorted(enumerate(x), key=lambda pair: -pair[1])
    return sum(y[k] * v * rank for rank, (k, v) in enumerate(ranked, 1))


@program(X, Y)
def names_and_values_with_one_more(x, y):
    named = dict(zip("abcde", x), z=y[0])
    return named["a"] * named["z"] + sum(v**2 for v in named.values())


@program(X, Y)
def enumerated_from_a_start(x, y):
    up = sum(k * v**2 for k, v in list(enumerate(x, 1))[::-1])
    return up + sum(k * v for k, v in tuple(enumerate(y, start=3)))


@program(X, Y)
def triples_appended_replaced_and_deleted(x, y):
    triples = list(zip(x, y, x * y))
    triples.append((y[0], x[0], 2.0))
    triples[0] = (triples[1][1], 1.0, triples[0][2])
    del triples[2]
    return sum(a * b * c for a, b, c in triples)


@program(X, Y)
def pairs_of_an_array_that_is_cleared_later(x, y):
    kept = x.copy()
    pairs = list(zip(kept, y))
    kept[:] = 0.0
    return sum(a * b for a, b in pairs) + kept.sum()


@program(A, np.array([0.3, -1.7]))
def rows_of_an_array_that_is_doubled_later(a, y):
    other = a * 1.0
    rows = list(enumerate(other))
    other *= 2
    return sum((row * v).sum() for row, v in list(zip(a, y))) + sum(np.sum(row**2) * i for i, row in rows)


@program(X, Y)
def columns_of_pairs(x, y):
    columns = list(zip(*[(a, b) for a, b in zip(x, y)]))
    return sum(columns[0]) * columns[1][2]


@program(X, Y)
def rest_of_an_iterator_enumerated(x, y):
    items = iter(x)
    first = next(items)
    return first * sum(v * (i + 1) * y[i] for i, v in list(enumerate(items)))


@program(X, Y)
def points_changed_after_they_were_enumerated(x, y):
    points = [list(point) for point in zip(x, y)]
    for point in points:
        point[0] *= point[1]
    numbered = list(enumerate(points))
    points[0][0] = 5.0
    return sum(i * point[0] + point[1] for i, point in numbered)


@program(X, Y)
def copied_pairs_sorted_in_place(x, y):
    pairs = list(zip(x, y))
    ordered = list(pairs)
    ordered.sort()
    return ordered[0][0] * ordered[-1][1] ** 2 + pairs[0][1]


@program(A, np.array([0.3, -1.7]))
def weights_of_numbered_entries_of_rows(a, y):
    total = 0.0
    for row, weight in zip(a, y):
        for i, v in reversed(list(enumerate(row))):
            total += v * weight * (i + 1)
    return total


@program(X, Y)
def numbered_entries_kept_beside_what_has_a_derivative(x, y):
    numbered = list(enumerate(y))
    total = 0.0
    for i, v in numbered[1:]:
        total = total * 0.9 + x[i] * x[i] * v
    return total


class Polynomial:
    def __init__(self, coefficients):
        self.coefficients = list(coefficients)

    def __add__(self, other):
        pairs = itertools.zip_longest(self.coefficients, other.coefficients, fillvalue=0.0)
        return Polynomial(a + b for a, b in pairs)

    def __mul__(self, other):
        made = [0.0] * (len(self.coefficients) + len(other.coefficients) - 1)
        for i, a in enumerate(self.coefficients):
            for j, b in enumerate(other.coefficients):
                made[i + j] += a * b
        return Polynomial(made)

    def at(self, x):
        total = 0.0
        for coefficient in reversed(self.coefficients):
            total = total * x + coefficient
        return total


@program(np.array([0.4, -1.1, 0.7]), 0.6)
def polynomials_added_and_multiplied(coefficients, x):
    p = Polynomial(coefficients)
    return (p * p + Polynomial([1.0, x])).at(x)

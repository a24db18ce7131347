"""Lists that are made by repeating and adding others, and filled in place: ``[0.0] * n``, tables, rings."""

import numpy as np

from tests.programs.corpus import program

V = np.array([0.9, -0.4, 1.3])


@program(V)
def a_list_of_zeros_that_is_filled(x):
    y = [0.0] * len(x)
    for i in range(len(x)):
        y[i] = x[i] ** 2
    return sum(y) * y[0]


@program(V)
def one_list_repeated_twice(x):
    t = [x[0]]
    a, b = t * 3, t * 3
    a[1] = x[1]
    b[2] = x[2] * a[0]
    return sum(a) * b[0] * b[1] + b[2]


@program(V)
def one_array_at_several_places(x):
    t = [x.copy()]
    a = t * 3
    a[0][0] = x[1] * 2
    a[1][1] *= x[2]
    a[2] = x * 3
    return np.sum(a[1]) * a[2][0] + t[0][0]


@program(V)
def a_list_that_grows_under_two_names(x):
    y = [x[0]]
    z = y
    z *= 3
    z[1] *= x[2]
    y.append(x[1])
    return sum(k * v for k, v in enumerate(y)) * len(z)


@program([V, V * 2])
def sums_and_products_of_a_list_of_arrays(parts):
    a, b = parts + parts, parts * 2
    b[1][0] = parts[0][1] * a[0][0]
    a[0] = a[0] * 2
    return np.sum(a[3]) * b[3][1] + np.sum(a[0]) * parts[0][0]


@program(V)
def rows_that_are_one_row(x):
    m = [[0.0] * 3] * 2
    m[0][1] = x[0]
    m[1][0] = x[1] * m[1][1]
    g = [[0.0] * 3 for _ in range(2)]
    g[0][1] = m[0][0]
    g[1][2] = g[0][1] * x[2]
    return sum(sum(row) for row in m) * g[1][2]


@program(V)
def a_table_filled_in_place(x):
    n = len(x)
    best = [[0.0] * (n + 1) for _ in range(n + 1)]
    for i in range(1, n + 1):
        for j in range(1, n + 1):
            if i == j:
                best[i][j] = best[i - 1][j - 1] + x[i - 1] * x[j - 1]
            else:
                best[i][j] = max(best[i - 1][j], best[i][j - 1])
    return best[n][n] ** 2


class Rows:
    def __init__(self, x):
        self.rows, self.sums = [x], [0.0] * 2


@program(V)
def lists_of_an_object(x):
    held = Rows(x * 1.0)
    a, b, c = held.rows * 2, held.rows + held.rows, held.sums * 2
    c[0], held.sums[1] = x[0], x[1]
    s = np.sum(held.rows[0])
    a[0][0] = 5.0 * x[1]
    q = held.rows[0][0] * b[1][0]
    b[0][1] = q
    return q * s + np.sum(held.rows[0] ** 2) + c[0] * held.sums[1] + c[2] * c[1]


class Pair:
    def __init__(self, x, y):
        self.x, self.y = x, y


@program(V)
def places_for_objects(x):
    n = len(x)
    pairs, values = [None] * n, [None] * (n + 1)
    values[0] = 1.0
    for i in range(n):
        pairs[i] = Pair(x[i], values[i])
        values[i + 1] = pairs[i].x * values[i] + 1.0
    return sum(p.x * p.y for p in pairs) + values[n]


@program(V, 3)
def a_ring(x, n):
    ring, position, total = [0.0] * n, 0, 0.0
    for v in list(x) * 2:
        ring[position % n] = v * x[0]
        position += 1
        total += max(ring) * sum(ring)
    ring = (ring[1:] + [total]) * 2
    ring[-1] *= x[1]
    return sum(ring)


class Growing:
    def __mul__(self, other):
        self.kept = getattr(self, "kept", [1.0])
        self.kept.append(other)
        return self.kept

    __rmul__ = __mul__


@program(V)
def a_product_that_is_a_list_kept_elsewhere(x):
    growing = Growing()
    a, b = growing * x[0], x[1] * growing
    a[0] = x[2]
    b.append(np.array([x[0], x[1]]))
    c = [x[0]] * 2 + growing.kept[:2]
    return np.sum(a[3]) * b[0] * a[1] + sum(c) + len(a)

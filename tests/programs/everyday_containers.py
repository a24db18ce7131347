"""Lists, tuples, dicts, deques and named tuples as people fill, change, share and empty them."""

import collections
import copy
from typing import NamedTuple

import numpy as np

from tests.programs.corpus import program

X = np.array([2.1, 1.4, 2.6, 1.7, 2.9])
A = np.array([[1.3, 0.4, -0.6, 0.9], [0.7, 1.8, 0.55, -0.3], [-0.8, 0.6, 1.1, 1.4], [0.2, -0.5, 0.95, 1.6]])


class Point(NamedTuple):
    """A pair of coordinates."""

    x: float
    y: float


@program(0.7)
def named_tuple_with_a_field_replaced(x):
    p = Point(x, x * x)
    q = p._replace(y=3 * x)
    return p.x * q.y + p.y


@program(X)
def layers_kept_in_a_list(x):
    layers = [0.3 * x]
    for _ in range(3):
        layers.append(np.tanh(layers[-1] * layers[0]))
    return np.sum(np.array(layers) ** 2)


@program(X)
def sums_by_parity_in_a_defaultdict(x):
    sums = collections.defaultdict(float)
    for i, v in enumerate(x):
        sums[i % 2] += v * v
    return sums[0] * sums[1]


@program(X)
def entries_grouped_with_setdefault(x):
    groups = {}
    for i, v in enumerate(x):
        groups.setdefault(i % 2, []).append(v)
    return sum(a * b for a, b in zip(groups[0], groups[1]))


@program(X)
def positions_counted_by_a_counter(x):
    counts = collections.Counter([1, 1, 2])
    return sum(v * x[k] ** 2 for k, v in counts.items())


@program(X)
def ordered_dict_whose_first_moves_to_the_end(x):
    d = collections.OrderedDict(a=x[0], b=x[1])
    d["c"] = d["a"] * d["b"]
    d.move_to_end("a")
    return sum(d.values()) * d["c"]


@program(X)
def sliding_window_in_a_deque(x):
    window = collections.deque([x[0]])
    for v in x[1:]:
        window.append(v * window[-1])
        if len(window) > 3:
            window.popleft()
    return sum(window)


@program(X)
def best_neighbours_and_sorted_display(x):
    best = max(x[i] * x[i + 1] for i in range(4))
    w = sorted([x[0] * 2, x[1], x[2]])
    return best * w[0] + w[-1]


@program({"w": A, "b": [X[:4].copy(), 2.0]})
def parameters_changed_at_every_depth(p):
    p["w"] = p["w"] * p["b"][1]
    p["b"][0][1] = p["w"][0, 0]
    p["b"].append(p["w"][1])
    return np.sum(p["w"] @ p["b"][0]) + np.sum(p["b"][2])


@program(0.5, 1.2)
def pairs_taken_apart_and_one_replaced(x, y):
    points = [(x, y), (y, x * y)]
    (a, _), (c, d) = points
    points[0] = (c * d, a)
    return sum(p * q for p, q in points)


@program(0.9)
@program(0.4)
def display_matched_under_a_guard(x):
    match [x, x * x]:
        case [a, b] if a > 0.5:
            return a * b
        case _:
            return x


@program(A)
def list_of_copied_rows_stacked_again(a):
    rows = [r.copy() for r in a]
    rows[0] += rows[1]
    rows[2][:] = rows[0] * 2
    rows.pop()
    m = np.vstack(rows)
    return np.sum(m * m) + a[0, 0]


@program(A)
def list_of_rows_that_are_views(a):
    rows = list(a)
    rows[0] += rows[1]
    rows[1][2] = rows[0][0] ** 2
    return np.sum(a * a)


@program(X)
def starred_middle_changed(x):
    a, *b, c = x
    b[0] = a * c
    return sum(b) * a


@program(X, X * 0.5)
def arrays_changed_through_a_reversed_list(x, y):
    z = [x, y]
    z[0][1] = z[1][2] * 3
    z.reverse()
    z[0] *= z[1]
    return np.sum(x) + np.sum(y * y)


@program(X)
def dict_of_an_array_and_its_view(x):
    d = {"p": x, "q": x[1:]}
    d["q"][0] = 7 * d["p"][0]
    for k in d:
        d[k] = d[k] * 2
    return np.sum(d["p"] ** 2) + np.sum(d["q"])


@program(X)
def positions_from_a_sorted_set(x):
    positions = {1, 2}
    r = 0.0
    for k in sorted(positions):
        r += x[k]
    return r**2


@program(X)
def tolist_swap_and_sort_downwards(x):
    x = x.tolist()
    x[0], x[1] = x[1], x[0]
    x.sort(key=lambda v: -v)
    return x[0] * x[1] + x[-1]


@program(X)
def repeated_list_is_one_object(x):
    a = [0.0] * 3
    b = [a] * 2
    b[0][1] = x[0]
    c = [*a, x[1]]
    c[1] *= 2
    return b[1][1] * c[3] + c[1]


@program(X)
def reductions_over_displays(x):
    return np.sum([v * v for v in x]) + np.mean((x[0], x[1])) + np.max([x[2], x[3]])


@program(X)
def dict_updated_twice_by_a_helper(x):
    p = {"x": x}

    def double(d):
        d["x"] = d["x"] * 2
        d["n"] = d.get("n", 0) + 1

    double(p)
    double(p)
    return p["x"] @ p["x"] * p["n"]


@program(A)
def comprehension_run_for_its_appends(a):
    out = []
    [out.append(v * 2) for v in a[:, 1]]
    return sum(v * v for v in out)


@program(X)
def shallow_and_deep_copies_of_a_nested_list(x):
    a = copy.copy(x)
    a[0] = 5 * x[1]
    items = [x[0], [x[1]]]
    shallow = copy.copy(items)
    deep = copy.deepcopy(items)
    shallow[0] = x[2] * 2
    shallow[1][0] *= x[3]
    deep[1][0] *= 3
    return a @ x + items[0] * items[1][0] * shallow[0] + deep[1][0] * deep[0]


@program(X)
def array_of_a_display_joined_and_overwritten(x):
    y = np.array([x[0], x[1] * x[2], 3.0])
    y[2] = y[0]
    z = np.concatenate([y, x])
    z[0:3] = z[5:8]
    return z @ z

"""Dicts that a program fills itself: caches of activations, tables of recurrences, sums by group."""

import numpy as np

from tests.programs.corpus import program

W = np.array([[0.7, -0.2, 0.4], [0.1, 0.9, -0.3], [-0.5, 0.2, 0.6]])
X = np.array([[0.9, -0.4, 1.3], [0.2, 0.8, -0.7], [-1.1, 0.5, 0.6], [0.3, 1.4, -0.2]])
Y = np.array([0.8, -0.5, 0.6, 1.1, 0.35, 0.9])


@program(W, X)
def activations_by_name(w, x):
    cache = {}
    cache["a"] = x @ w
    cache["b"] = np.tanh(cache["a"])
    return np.sum(cache["b"] ** 2)


@program(W, X)
def activations_by_computed_names(w, x):
    cache = {}
    h = x
    for k in range(2):
        cache[f"z{k}"] = h @ w
        h = np.tanh(cache[f"z{k}"])
    return np.sum(h * cache["z0"])


@program(Y)
def table_of_a_recurrence(x):
    memo = {}
    for k in range(len(x)):
        memo[k] = x[k] if k < 2 else memo[k - 1] * x[k] + memo[k - 2]
    return memo[len(x) - 1]


@program(Y)
def sums_by_group(x):
    total = {}
    for k, v in enumerate(x):
        key = "even" if k % 2 == 0 else "odd"
        if key not in total:
            total[key] = 0.0
        total[key] += v * v
    return total["even"] * total["odd"]


@program(Y)
def sums_by_remainder(x):
    c = {}
    for k, v in enumerate(x):
        c[k % 3] = c.get(k % 3, 0.0) + v * v
    return sum(np.sin(v) for v in c.values())


@program(Y)
def lists_by_group(x):
    groups = {}
    for k, v in enumerate(x):
        groups.setdefault(k % 2, []).append(v)
    return sum(np.sum(np.array(g)) ** 2 for g in groups.values())


@program(Y)
def other_kinds_under_other_keys(x):
    found = {"sum": 0.0}
    found["all"] = np.cumsum(x)
    found["first"] = x[0]
    found["name"] = "x"
    for k, v in enumerate(x):
        found[k] = v * found["first"]
        found["sum"] += found[k] * len(found["name"])
    return found["sum"] * np.sum(found["all"])


@program(Y)
def replaced_by_a_list(x):
    found = {}
    found["a"] = x[0] * x[1]
    total = found["a"]
    found["a"] = [x[2], found["a"]]
    for v in found["a"]:
        total += v * v
    return total


@program(Y)
def taken_out_again(x):
    waiting = {}
    total = 0.0
    for k, v in enumerate(x):
        waiting[k] = v * v
        if k > 1:
            total += waiting.pop(k - 2) * waiting.get(k - 1, 1.0)
    del waiting[len(x) - 1]
    return total + sum(waiting.values())


@program(X)
def rows_changed_in_place(x):
    rows = {}
    for k in range(len(x)):
        rows[k] = x[k] * 1.0
        rows[k][0] += 1.0
        rows[k] *= rows[k - 1] if k else 2.0
    return np.sum(rows[len(x) - 1] ** 2) + np.sum(rows[0])


@program(X)
def views_under_keys(x):
    y = x.copy()
    parts = {}
    for name, k in (("first", 0), ("last", -1)):
        parts[name] = y[k]
    parts["first"][:] = parts["last"] * 2.0
    parts["last"] += parts["first"]
    return np.sum(y**2)

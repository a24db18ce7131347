"""Variables that are None until there is a value: states, extremes, previous rows, defaults, indices and axes."""

import numpy as np

from tests.programs.corpus import program

X = np.array([[0.9, -0.4, 1.3], [0.2, 0.8, -0.7], [-1.1, 0.5, 0.6], [0.3, 1.4, -0.2]])
Y = np.array([0.8, -0.5, 0.6, 1.1, 0.35])
W = np.array([[0.7, -0.2, 0.4], [0.1, 0.9, -0.3], [-0.5, 0.2, 0.6]])


class Cell:
    def __init__(self, weights):
        self.weights = weights
        self.state = None

    def step(self, x):
        if self.state is None:
            self.state = np.tanh(x)
        else:
            self.state = np.tanh(self.weights @ self.state + x)
        return self.state


def decayed(state, value):
    if state is None:
        return value
    return state * value + 1


@program(Y, 0.3)
def exponential_average(x, beta):
    s = None
    out = []
    for v in x:
        s = v if s is None else beta * s + (1 - beta) * v
        out.append(s)
    return sum(out)


@program(X, W)
def recurrent_state(x, w):
    h = None
    for row in x:
        if h is None:
            h = np.tanh(row)
        else:
            h = np.tanh(w @ h + row)
    return np.sum(h)


@program(X, W)
def smallest_of_sums(x, w):
    best = None
    for row in x:
        v = np.sum(w @ row)
        if best is None or v < best:
            best = v
    return best * best


@program(X)
def differences_of_rows(x):
    prev = None
    total = 0.0
    for row in x:
        if prev is not None:
            total += np.sum((row - prev) ** 2)
        prev = row
    return total


@program(X)
def updated_in_place(x):
    acc = None
    for row in x:
        if acc is None:
            acc = row.copy()
        else:
            acc += row * row
    return np.sum(np.sin(acc))


@program(X)
def no_trip_and_nothing_found(x):
    acc = None
    for row in x[:0]:
        acc = row
    if acc is None:
        return np.sum(x)
    return np.sum(acc)


@program(X)
def forgotten_again(x):
    last = None
    n = None
    for k, row in enumerate(x):
        if not n:
            n = np.sum(row)
        if last is not None and k < 3:
            n = n * 1.5 + np.sum(row * last)
        last = row if k != 1 else None
    return n


@program(X)
def least_and_greatest(x):
    lo = hi = None
    for v in x[:, 0]:
        lo = v if lo is None or v < lo else lo
        hi = v if hi is None else max(hi, v)
    return (hi - lo) ** 2


@program(X, W)
def state_of_an_object(x, w):
    c = Cell(w)
    for row in x:
        out = c.step(row)
    return np.sum(out**2)


@program(Y)
def index_found_in_a_loop(x):
    i = None
    for k in range(len(x)):
        if x[k] > 0.2:
            i = k
    return np.sum(x[i] ** 2)


@program(Y)
def index_never_found(x):
    i = None
    if np.sum(x) > 1e9:
        i = 0
    return np.sum(x[i] ** 2) * len(x[i])


@program(X)
def axis_left_out(x):
    axis = None
    if x[0, 0] > 1e9:
        axis = 0
    return np.sum(np.max(x, axis=axis) ** 2)


@program(X)
def axis_found(x):
    axis = None
    if x[0, 0] > -1e9:
        axis = 0
    return np.sum(np.max(x, axis=axis) ** 2)


@program(Y)
def best_or_the_first(x):
    best = None
    for v in x:
        best = max(best or v, v)
    return best**2


@program(Y)
def appended_before_it_is_there(x):
    s = None
    out = []
    for v in x:
        out.append(s)
        s = v * v
    return sum(o for o in out if o is not None)


@program(Y)
def state_of_a_helper(x):
    h = None
    for v in x:
        h = decayed(h, v)
    return h


@program(Y)
def item_of_a_dict_or_nothing(x):
    d = {}
    for k in range(len(x)):
        prev = d.get(k - 1)
        d[k] = x[k] * (2 if prev is None else prev)
    return d[len(x) - 1]


@program(X)
def chosen_entries(x):
    v = None
    for row in x:
        v = row if v is None else np.where(row > v, row, v * 0.5)
    return np.sum(v**2)


@program(X)
def entries_changed_in_place(x):
    v = None
    for row in x:
        if v is not None:
            v[0] += np.sum(row)
            v *= row
        else:
            v = row.copy()
    return np.sum(v)


@program(Y)
def pair_that_is_not_there_yet(x):
    pair = None
    for v in x:
        if pair is None:
            pair = (v, v)
        else:
            pair = (pair[0] * v, pair[1] + v)
    return pair[0] + pair[1] ** 2


@program(Y)
def compared_with_none(x):
    cur = None
    for v in x:
        if cur is None:
            cur = v
        else:
            cur = cur * 0.5 + v
    return cur


@program(Y)
def defaults_that_are_computed(x, scale=None, shift=None):
    if scale is None:
        scale = np.std(x)
    if shift is None:
        shift = np.mean(x)
    return np.sum(((x - shift) / scale) ** 3)


@program(Y)
def two_steps_behind(x):
    a = b = c = None
    while a is None or a < 3:
        c = b
        b = a
        a = np.sum(x**2) if a is None else a * 1.7 + (0 if b is None else np.sin(b))
    return a + (c if c is not None else 0.0)


@program(Y)
def text_beside_a_number(x):
    msg = None
    n = None
    for v in x:
        n = v if n is None else n + v
        msg = f"{n}"
    return n * len(msg[:1])


@program(X)
def product_of_matrices(x):
    M = None
    for row in x:
        M = np.outer(row, row) if M is None else M @ np.outer(row, row)
    return np.trace(M)


@program(Y)
def complex_product(x):
    z = None
    for _k, v in enumerate(x):
        z = complex(v, 1) if z is None else z * (1 + 1j * v)
    return abs(z)


@program(X)
def zeros_when_first_asked(x):
    state = None
    for row in x:
        if state is None:
            state = np.zeros(3)
        state = 0.5 * state + row
    return np.sum(state**2)


@program(X)
def best_and_its_index(x):
    best, arg = None, None
    for k, row in enumerate(x):
        c = np.sum(row**2)
        if best is None or c > best:
            best, arg = c, k
    return best * x[arg, 0]


@program(Y)
def variable_of_the_function_around(x):
    def upd(v):
        nonlocal acc
        acc = v if acc is None else acc * v

    acc = None
    for v in x:
        upd(v)
    return acc


@program(Y)
def left_by_an_exception(x):
    t = None
    try:
        for v in x:
            t = t + v
    except TypeError:
        t = np.sum(x**2)
    return t


@program(Y)
def bound_that_comes_and_goes(x):
    lo = None
    r = 0.0
    for v in x:
        r += v if lo is None else min(lo, v)
        lo = None if v > 0.3 else v * 2
    return r


@program(Y)
def count_of_items(x):
    n = None
    for _v in x:
        n = 1 if n is None else n + 1
    return np.sum(x) / n


class Filter:
    def __init__(self):
        self.value = None
        self.count = 0

    def __call__(self, v):
        self.count += 1
        self.value = v if self.value is None else 0.5 * self.value + 0.5 * v
        return self.value


@program(X)
def items_of_a_dict(x):
    stats = {"sum": None, "max": None}
    for row in x:
        stats["sum"] = row if stats["sum"] is None else stats["sum"] + row
        m = np.max(row)
        stats["max"] = m if stats["max"] is None else max(m, stats["max"])
    return np.sum(stats["sum"] ** 2) * stats["max"]


@program(np.append(Y, 0.9))
def places_of_a_list(x):
    L = [None] * len(x)
    for i in range(len(x)):
        L[i] = x[i] * (L[i - 1] if i and L[i - 1] is not None else 2.0)
    return sum(v for v in L if v is not None)


@program(np.append(Y, 0.9))
def some_places_of_a_list(x):
    L = [None, None, None]
    for i in range(3):
        if x[i] > 0:
            L[i] = x[i] ** 2
    t = 0.0
    for v in L:
        if v is not None:
            t += v
    return t


@program({"W0": X[:3].copy(), "b0": Y[:3].copy(), "W1": X[1:].copy(), "b1": Y[2:].copy()}, Y[:3])
def keys_that_are_computed(p, x):
    for k in range(2):
        x = np.tanh(x @ p[f"W{k}"] + p[f"b{k}"])
    return np.sum(x)


@program(np.append(Y, 0.9))
def taken_from_a_list_that_may_be_empty(x):
    st = []
    for v in x:
        if st and v < 0:
            st.append(st.pop() * v)
        else:
            st.append(v)
    return sum(st)


@program(np.append(Y, 0.9))
def memory_of_a_recursion(x):
    memo = {0: None, 1: None, 2: None}

    def f(k):
        if memo[k] is None:
            memo[k] = x[k] if k == 0 else f(k - 1) * x[k] + 1
        return memo[k]

    return f(2) * f(1)


@program(np.append(Y, 0.9))
def queue(x):
    q = []
    t = 0.0
    for v in x:
        q.append(v * v)
        if len(q) > 2:
            t += q.pop(0) * 0.5
    while q:
        t += q.pop() * 2
    return t


@program(np.append(Y, 0.9))
def filters_taken_by_turns(x):
    fs = [Filter(), Filter()]
    t = 0.0
    for i, v in enumerate(x):
        t += fs[i % 2](v) ** 2
    return t


@program(np.append(Y, 0.9))
def item_set_by_a_closure(x):
    d = dict(a=None)

    def put(v):
        d["a"] = v if d["a"] is None else d["a"] * v

    for v in x:
        put(v)
    return d["a"]


@program(np.append(Y, 0.9))
def items_by_a_loop_over_keys(x):
    p = {"m": None, "k": 1.0}
    for key in ("m", "k"):
        if p[key] is None:
            p[key] = x[0] * x[1]
        else:
            p[key] = p[key] * x[2]
    for key in p:
        p[key] = p[key] + x[3]
    return p["m"] * p["k"]


@program(Y * 0.5)
def upper_bound_never_found(x):
    high = None
    for v in x:
        if v > 1.0:
            high = v * 0.5
    return np.sum(np.clip(x, -0.1, high) ** 2)

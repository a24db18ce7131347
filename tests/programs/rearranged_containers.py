"""Dicts merged and copied, deques, named tuples, partial functions: what only rearranges what it holds."""

import copy
import functools
import itertools
import types
from collections import Counter, OrderedDict, defaultdict, deque
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from tests.programs.corpus import program

X = np.array([2.1, 1.4, 2.6, 1.7, 2.9])
Y = np.array([0.8, -0.5, 0.6, 1.1, 0.35])
A = np.array([[1.3, 0.4, -0.6, 0.9], [0.7, 1.8, 0.55, -0.3], [-0.8, 0.6, 1.1, 1.4], [0.2, -0.5, 0.95, 1.6]])
P = {"w": X.copy(), "b": 0.5}


@program({"w": X.copy(), "b": 0.5}, 0.3)
def display_that_unpacks_a_dict(p, r):
    q = {**p, "w": p["w"] * r, "c": r}
    return np.sum(q["w"] ** 2) * q["b"] + q["c"] ** 2 + np.sum(p["w"])


@program({"w": X.copy(), "b": 0.5}, 0.3)
def dicts_joined_by_an_operator(p, r):
    q = p | {"w": p["w"] * r}
    p["b"] = p["b"] * 2
    return np.sum(q["w"] ** 2) * q["b"] + p["b"]


@program({"w": X.copy(), "b": 0.5}, 0.3)
def dict_updated_by_an_operator(p, r):
    p |= {"w": p["w"] * r}
    return np.sum(p["w"] ** 2) * p["b"]


@program(X)
def dicts_of_entries_joined_both_ways(x):
    d = {"a": x[0], "b": x[1]}
    e = {"b": x[2], "c": x[3]}
    m = {**d, **e}
    n = e | d
    return m["a"] * m["b"] + n["b"] * n["c"] ** 2


@program(X)
def display_that_shares_its_arrays(x):
    d = {"a": x, "n": 2}
    e = {**d}
    e["a"] *= 2
    e["n"] = 3
    return np.sum(d["a"] ** 2) * e["n"] * d["n"]


@program(X)
def dicts_in_a_list_joined(x):
    lst = [{"a": x[0]}, {"b": x[1], "c": x[2]}]
    m = lst[0] | lst[1]
    lst[0] |= lst[1]
    m["b"] = m["b"] ** 2
    return m["a"] * m["b"] * lst[0]["b"] + m["c"] ** 2


class M:
    def __init__(self, p):
        self.p = p

    def step(self, r):
        self.p |= {"w": self.p["w"] * r}
        self.p = self.p | {"b": self.p["b"] + r}


@program(X, 0.4)
def object_whose_dict_is_updated_by_an_operator(x, r):
    m = M({"w": x, "b": x[0]})
    for _ in range(3):
        m.step(r)
    return np.sum(m.p["w"] ** 2) * m.p["b"]


@program({"w": X.copy(), "b": 0.5, "n": {"k": 2.0}}, 0.3)
def nested_parameters_replaced_in_a_loop(p, r):
    for _ in range(3):
        p = {**p, "w": p["w"] - r * p["w"] ** 2, "b": p["b"] * r}
        p["n"] = {**p["n"], "j": p["n"]["k"] * p["b"]}
    return np.sum(p["w"] ** 2) * p["b"] * p["n"]["j"]


def apply(f, **kw):
    return f(**{"scale": 2.0, **kw})


def f3(x, scale, bias=0.0):
    return np.sum(x**2) * scale + bias


@program(X)
def keywords_with_defaults_unpacked(x):
    return apply(f3, x=x, bias=x[0]) * apply(f3, x=x, scale=x[1] ** 2)


@program(X)
def displays_that_unpack_in_a_comprehension(x):
    base = {"a": x[0], "b": x[1]}
    over = [{"a": x[2] * k} for k in range(1, 3)]
    outs = [{**base, **o} for o in over]
    outs[0]["b"] *= 3.0
    return sum(o["a"] ** 2 * o["b"] for o in outs) + base["b"] ** 2


@program(X)
def flags_sets_and_masks_joined(x):
    flags = 1 | 4
    s = {1, 2} | {3}
    mask = (x > 2.0) | (x < 1.5)
    mask |= x == 0
    return np.sum(x[mask] ** 2) * flags * len(s)


class Pipe:
    def __init__(self, v):
        self.v = v

    def __or__(self, f):
        return Pipe(f(self.v))

    def __rshift__(self, o):
        return Pipe(self.v * o.v)

    def __and__(self, o):
        return Pipe(self.v + o)

    def __rand__(self, o):
        return Pipe(self.v - o)


@program(X)
def bitwise_operators_of_a_class(x):
    p = Pipe(x[0])
    p = p | (lambda v: v * x[1]) | (lambda v: v**2)
    q = p >> Pipe(x[2])
    q &= x[3]
    q = x[4] & q
    return q.v * p.v


@program(P, 0.3)
def dict_called_with_keywords(p, r):
    q = dict(p, b=r * p["b"], c=r)
    return np.sum(q["w"]) * q["b"] * q["c"]


def _mk(**kw):
    return dict(kw, extra=kw["a"] ** 2)


@program(X)
def dict_made_of_the_keywords_of_a_call(x):
    d = _mk(a=x[0], b=x[1])
    d.update(c=x[2], a=x[3])
    return d["a"] * d["b"] * d["c"] * d["extra"]


@program(X)
def pairs_of_a_strict_zip(x):
    s = 0.0
    for a, b in zip(x, x[::-1], strict=True):
        s += a * b**2
    return s


class P2(NamedTuple):
    a: float
    b: np.ndarray
    c: float = 3.0


@program(0.7, X)
def named_tuple_with_a_default(a, x):
    p = P2(a, x)
    q = P2(b=p.b * p.a, a=p.c)
    p.b[0] = q.a * a
    d = q._asdict()
    r = q._replace(b=d["b"] + p.b)
    n, v, w = r
    return np.sum(v**2) * n * w + r[0] * r[-1] * a


@program(0.7, X)
def named_tuple_as_a_dict(a, x):
    p = P2(a, x, a * 2)
    p.b[0] = a
    d = p._asdict()
    return np.sum(d["b"] ** 2) * d["c"]


@program(X)
def counts_and_defaults(x):
    c = Counter()
    d = defaultdict(float)
    e = defaultdict(lambda: np.zeros(2))
    for i, v in enumerate(x):
        c[i % 2] += 1
        d[i % 3] += v * c[i % 2]
        e[i % 2][i % 2] += v**2
    return sum(d.values()) * d[1] + np.sum(e[0] * e[1][::-1]) + e[1][1] * c[0]


@program(X)
def deque_rotated_and_extended(x):
    q = deque(maxlen=3)
    s = 0.0
    for v in x:
        q.append(v * v)
        if len(q) == 3:
            q.rotate(1)
            s += q[0] * q[-1]
            q[0] = s
            q.popleft()
            q.appendleft(v)
    q.extend([x[0], x[1]])
    return s * q[1] + sum(q)


@program(X)
def deque_of_bounded_length(x):
    q = deque(maxlen=3)
    for v in x:
        q.append(v * v)
    return sum(q)


@program(X, Y)
def deques_made_of_arrays(x, y):
    q = deque(x, maxlen=3)
    r = deque([v * 2 for v in y], 4)
    q.append(y[0])
    r.extendleft(q)
    return sum(a * b for a, b in zip(q, r)) * r[0]


@program(X, Y)
def dicts_of_pairs(x, y):
    d = dict(zip("abcde", x))
    o = OrderedDict(zip("abcde", y))
    e = dict(enumerate(x))
    f = defaultdict(float, {"a": x[0]})
    f["b"] += x[1] * f["a"]
    g = OrderedDict([("z", x[2]), ("y", x[3])])
    h = OrderedDict(a=x[0], b=y[0])
    return d["a"] * o["b"] * e[4] + f["b"] * f["q"] + f["a"] * g["z"] * g["y"] * h["a"] * h["b"]


@program(X)
def dicts_of_lists_of_pairs(x):
    d = dict([["a", x[0]], ["b", x[1] * 2]])
    e = dict([(k, v * v) for k, v in d.items()])
    f = {k: v for k, v in zip(d, (x[2], x[3]))}
    return d["a"] * e["b"] * f["a"]


@program(X)
def deep_copy_of_what_shares_an_array(x):
    d = {"a": x, "b": x, "n": [x[0] * 2, x]}
    e = copy.deepcopy(d)
    e["a"] *= 2
    return np.sum(e["b"] ** 2) * e["n"][0] + np.sum(e["n"][1])


@program(X)
def both_copies_of_a_dict(x):
    d = {"a": [x, x[1] * 2.0]}
    e = copy.deepcopy(d)
    f = copy.copy(d)
    e["a"][0][0] = 5.0
    f["a"][1] = x[2] ** 2
    d["a"][0][1] *= 3.0
    return np.sum(e["a"][0] ** 2) + d["a"][1] * np.sum(d["a"][0])


@program(A)
def copies_of_a_view(a):
    b = a[1:3]
    c = copy.copy(b)
    d = copy.deepcopy(b)
    b *= 2
    c[0] *= b[0]
    d[1] = c[0]
    return np.sum(a) + np.sum(c * d)


class Own:
    def __init__(self, v, w):
        self.v = v
        self.w = w

    def __copy__(self):
        return Own(self.v * 2, self.w)

    def __deepcopy__(self, memo):
        return Own(self.v * 3, copy.deepcopy(self.w, memo))


@program(X)
def copies_that_the_class_defines(x):
    o = Own(x[0], x)
    a, b = copy.copy(o), copy.deepcopy(o)
    a.w[1] *= 3
    b.w[2] *= a.v
    return np.sum(o.w**2) * a.v * b.v + np.sum(b.w)


class Plain:
    def __init__(self, v, w):
        self.v = v
        self.w = w


@program(X)
def both_copies_of_an_object(x):
    o = Plain(x[0], x * 2)
    a, b = copy.copy(o), copy.deepcopy(o)
    a.w[1] *= 3
    a.v = a.v**2
    b.w[2] *= a.v
    b.v += o.v
    return np.sum(o.w**2) * a.v * b.v + np.sum(b.w) * o.v


@program(X)
def best_of_the_copied_states(x):
    best = None
    state = Plain(x[0], x)
    hist = []
    for i in range(3):
        trial = copy.deepcopy(state)
        trial.w[i] *= trial.v
        trial.v = trial.v * 0.5 + trial.w[i + 1]
        if best is None or trial.v > best.v:
            best = trial
        hist.append(copy.copy(trial))
        state = trial
    return best.v * np.sum(best.w) + sum(h.v**2 for h in hist)


@program(X)
def partial_functions_of_partial_functions(x):
    def g(a, b, c=1.0):
        return a * b**2 * c

    fs = [functools.partial(g, x[i], c=x[i + 1]) for i in range(3)]
    h = functools.partial(fs[0], x[4])
    p = Plain(functools.partial(np.multiply, x), 1.0)
    return sum(f(2.0) for f in fs) * h() + np.sum(p.v(x))


@program(X, Y)
def partial_functions_of_both_kinds(x, y):
    f = functools.partial(np.add, x)

    def g(a, b, c=1.0):
        return a * b**2 * c

    h = functools.partial(g, 2.0, c=y[0])
    return np.sum(f(y) ** 2) * h(x[1])


@program(X)
def attributes_of_a_namespace(x):
    s = types.SimpleNamespace(w=x, b=x[0])
    s.w = s.w * 2
    s.b *= s.w[0]
    return np.sum(s.w**2) * s.b


class AttrDict(dict):
    def __getattr__(self, k):
        return self[k]

    def __setattr__(self, k, v):
        self[k] = v


@program(X)
def dict_whose_items_are_attributes(x):
    d = AttrDict(w=x, b=x[0])
    d.w = d.w * 2
    d.b *= d["w"][0]
    return np.sum(d["w"] ** 2) * d.b


class State(NamedTuple):
    pos: float
    vel: float


@program(State(1.0, 0.5), 0.1)
def steps_of_a_replaced_state(s, dt):
    for _ in range(3):
        s = s._replace(vel=s.vel - dt * s.pos)
        s = s._replace(pos=s.pos + dt * s.vel)
    return s.pos**2 + s.vel


@dataclass
class Params:
    w: np.ndarray
    b: float = 0.1
    history: list = field(default_factory=list)


@program(X, 0.2)
def copy_of_a_dataclass_with_a_list(x, r):
    p = Params(x * 2)
    q = copy.copy(p)
    for _ in range(3):
        p.history.append(np.sum(p.w) * r)
        p.w -= r * p.w**2 * 0.1
        p.b += p.history[-1]
    q.w[0] = 1.0
    return np.sum(p.w**2) * p.b + sum(q.history)


@program(X, 0.2)
def dataclass_replaced_in_a_loop(x, r):
    p = Params(x * 2, r)
    for i in range(2):
        p = replace(p, b=p.b * 2 + p.w[i], w=p.w * 0.5)
    return np.sum(p.w**2) * p.b


class Base:
    def __init__(self, k):
        self.k = k
        self.state = None

    def step(self, x):
        if self.state is None:
            self.state = np.zeros_like(x)
        self.state = self.state * self.k + x
        return self.state

    @property
    def norm(self):
        return np.sum(self.state**2)


class Child(Base):
    def __init__(self, k, m):
        super().__init__(k)
        self.m = m

    def step(self, x):
        y = super().step(x)
        y *= self.m
        return y

    @property
    def norm(self):
        return super().norm * self.m


@program(X, 0.5, 1.3)
def property_and_method_of_the_parent(x, k, m):
    c = Child(k, m)
    for i in range(3):
        y = c.step(x * (i + 1))
        x[i] += y[i]
    return c.norm + np.sum(y)


@program(0.7)
def a_list_added_to_itself(x):
    d = {"l": [[x]]}
    t = d["l"]
    rows = t + t
    rows[0].append(x * x)
    return rows[1][1] * rows[1][0]


@program(0.7)
def an_array_repeated_in_a_list(x):
    a = np.zeros(2)
    rows = [a] * 3
    for i, r in enumerate(rows):
        r[i % 2] += x
    return a @ a


@program(0.7)
def rows_that_are_the_same_list(x):
    rows = [[0.0] * 2] * 2
    rows[0][1] = x
    return rows[1][1] ** 2


@program(0.7)
def a_list_repeated_in_a_tuple(x):
    t = ([x],) * 2
    t[0][0] *= x
    return t[1][0]


@program(0.7)
def a_list_and_its_reverse(x):
    base = [[x], [2 * x]]
    both = base + base[::-1]
    for r in both:
        r[0] *= x
    return base[0][0] + base[1][0]


@program(0.7)
def shallow_and_deep_copies_of_lists(x):
    base = [[x], [2 * x]]
    sh = base[:]
    lst = list(base)
    tp = tuple(base)
    cpy = copy.copy(base)
    deep = copy.deepcopy(base)
    sh[0][0] *= x
    lst[1][0] *= x
    tp[0].append(x)
    cpy[1].append(x * x)
    deep[0][0] *= 5 * x
    return sum(v for r in base for v in r) * deep[0][0]


@program(0.7)
def a_list_multiplied_in_place(x):
    base = [[x], [2 * x]]
    base *= 2
    base[0][0] = x * x
    return base[2][0] * base[3][0]


@program(0.7)
def a_list_extended_by_itself(x):
    base = [[x]]
    base += base
    base.extend(base)
    base[3][0] *= x
    return sum(b[0] for b in base)


@program(0.7)
def one_list_for_all_keys(x):
    d = dict.fromkeys(["a", "b"], [x])
    d["a"].append(x * x)
    return sum(d["b"])


@program(0.7)
def one_list_again_and_again(x):
    rows = list(itertools.repeat([x], 3))
    rows[0][0] *= x
    return rows[2][0]


@program(0.7)
def lists_in_a_zip(x):
    z = list(zip([[x], [x * x]], [1, 2]))
    for row, k in z:
        row[0] *= k
    (a, _), (b, _) = z
    a[0] *= x
    return z[0][0][0] + b[0]


@program(0.7)
def the_largest_and_the_sorted_are_the_lists_themselves(x):
    m = max([[x], [2 * x]], key=lambda r: r[0])

    r = sorted([[3 * x], [x]], key=lambda r: r[0])
    q = r[0]
    q[0] *= x
    m.append(x)
    return r[0][0] + m[1] * m[0]


@program(0.7)
def lists_chosen_by_or_and_if(x):
    a = [x]
    b = a if x > 0 else [x]
    c = b or [0.0]
    d = c and a
    d[0] *= x
    c.append(x)
    return a[0] * a[1]


@program(0.7)
def lists_unpacked_with_a_star(x):
    g = [[x, x * x], [2 * x, 1.0]]
    first, (p, q) = g
    first[1] *= p
    *init, last = g
    init[0][0] += last[0]
    last[1] = x
    return sum(sum(r) for r in g) + q


@program(0.7)
def views_listed_twice(x):
    a = np.arange(4.0) * x
    ps = [a[:2], a[2:]]
    sw = ps[::-1] + ps
    sw[0][0] = x
    sw[2][1] *= x
    both = [ps] * 2
    both[1][0][0] += x
    return np.sum(a**2)


@program(np.array([0.1, 0.5, -0.3]))
def list_of_varying_length_made_in_one_branch_and_taken_apart_in_others(values):
    total = 0.0
    for k in range(5):
        if k != 2:
            items = [values[0] * k, values[1]] + ([values[2]] if k % 2 else [])
        if k != 3:
            total += items[0] * items[-1]
        if k > 2:
            total += sum(item * item for item in items)
    return total


@program(np.array([0.1, 0.5, -0.3, 0.7, 1.1, 2.0]))
def list_of_one_trip_unpacked_in_the_next(values):
    items, total = [], 0.0
    for k in range(6):
        if k % 2 == 0:
            items = [value * (k + 1) for value in values[: k + 1]]
        else:
            first, *rest = items
            total += first * sum(rest)
    return total


@program(0.4, 0.6)
def keys_of_a_dict_where_its_values_are_expected(k, y):
    d = {1.5: k, 2.5: y}
    a, b = d
    c, *rest = d
    both = [k, *d]
    both.extend(d)
    both[1:1] = d
    listed, fixed, ordered = list(d), tuple(d), sorted(d, reverse=True)
    total = a * k + b * y * d[a] + c * rest[0] * k + max(d) * y
    total += listed[0] * k * d[2.5] + fixed[1] * y + ordered[0] * k
    return total + sum(p * q * k for p, q in zip(both, both[1:]))


@program({0.0: 0.4, 1.0: 0.6}, 0.3)
def keys_of_a_given_dict_that_are_places_too(d, k):
    first, second = d
    return first * d[0.0] + second * d[1.0] * k + [*d][1] * k

"""Programs whose NORMAL form must do what they do; each with the arguments of some calls."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as n
import numpy as np
from numpy.linalg import solve as solver

CASES = []
scale = 3.0
table = {"a": 1.0}


def case(*calls):
    def add(func):
        CASES.append((func, calls))
        return func

    return add


def say(x):
    print("say", x)
    return x


def bump(xs):
    xs[0] += 10
    return xs[0]


@dataclass
class Point:
    x: float
    y: float

    def norm(self):
        return (self.x**2 + self.y**2) ** 0.5


@dataclass
class Base:
    def value(self, x):
        return x + 1


class Child(Base):
    __hidden = 4

    def value(self, x):
        return super().value(x) * self.__hidden


@case((1.0, 2.0))
def straight(x, y):
    z = x * y + n.sin(x) / (y - 3)
    return -(z**2) + abs(z)


@case((1,), (-1,))
def branch(x):
    if x > 0:
        y = x
    elif x < -5:
        y = 2
    else:
        y = -x
    return y


@case((3,), (0,))
def loop(k):
    s = 0
    for i in range(k):
        s += i * scale
    return s


@case((1,), (7,))
def loop_variable_afterwards(k):
    i = -1
    for i in range(k):
        i = i * 2
    return i


@case((3,), (0,), (9,))
def early(k):
    if k == 0:
        return "zero"
    while k < 5:
        k += 1
        if k == 4:
            continue
        print(k)
    return k


@case(([[1, 2], [3, 4]], 3), ([[1]], 9), ([], 1))
def nested_return(rows, wanted):
    for i, row in enumerate(rows):
        for j, x in enumerate(row):
            if x == wanted:
                return i, j
        print("row", i)
    print("none")


@case(([1, 2, 3], 2), ([1, 2, 3], 5), ([], 0))
def loop_else(xs, wanted):
    for x in xs:
        if x == wanted:
            print("found")
            break
    else:
        print("else")
        return -1
    return x


@case((3,), (10,), (0,))
def while_else(k):
    i = 0
    while i < k:
        i += 1
        if i == 5:
            break
    else:
        i = -i
    return i


@case((3,), (8,))
def while_else_return(k):
    while k:
        k -= 1
        if k == 6:
            return "six"
    else:
        print("done")
    return k


@case(([1, 0, 2, -1, 3],))
def mixed_jumps(xs):
    s = []
    for x in xs:
        if x >= 0:
            if x == 0:
                continue
            s.append(x)
        else:
            if len(s) > 5:
                break
            s.append(0)
        s.append("rest")
    return s


@case(([1, 5, 2, 9, 3],), ([],), ([0, -1],))
def three_jumps(xs):
    s = 0
    for x in xs:
        if x > 2:
            if x > 8:
                break
            elif x == 5:
                continue
            print("big", x)
        else:
            if x < 0:
                return "negative"
            s += 1
        s += x
    print("end")
    return s


@case((5,), (-5,))
def walrus(x):
    if (y := x + 1) > 0 and (z := y * 2) > 3:
        return y, z
    return y


@case((2,))
def walrus_order(x):
    return x + (x := 10) * x, [x, (x := x + 1), x]


@case(([1, 4, 9],))
def walrus_in_comprehension(xs):
    r = [last := x * 2 for x in xs]
    return r, last


@case((1, 2, 3), (3, 2, 1), (1, 3, 2))
def chained(a, b, c):
    return say(a) < say(b) < say(c), say(a) <= say(b) != say(c) > 0


@case((0, 1, 2), (1, 0, 2), (1, 1, 1))
def logic(a, b, c):
    return say(a) and say(b) or say(c), not (a and b), (a or b) and (b or c)


@case((1, 0), (0, 3))
def conditional(a, b):
    x = say(1) if a else say(2) if b else say(3)
    return [x, say("l") if b else say("r")]


@case(([1, -2, 3],))
def comprehension(xs):
    x = "outer"
    a = [x * 2 for x in xs if x > 0]
    b = {x: y for x, y in zip(xs, a) if x != y}
    c = {x % 2 for x in xs}
    d = [(x, y) for x in xs if x > 0 for y in range(x) if y != 1]
    return a, b, c, d, x


@case(([[1, 2], [3]],))
def nested_comprehension(rows):
    return [[x + 1 for x in row] for row in rows], sum(x for row in rows for x in row), sum([1, 2], 3)


@case(([3, 1, 2],))
def generators(xs):
    a = max(x * 2 for x in xs)
    b = list(x for x in xs if x > 1)
    c = sum((x for x in xs), 10)
    s = 0
    for y in (x * x for x in xs if x != 1):
        s += y
    return a, b, c, s


@case(([1, 2, 3, 4],), ([1, 2],), ([1],))
def starred(xs):
    a, *b, c = xs
    *d, e = xs
    (f, *_), g = xs, 5
    return a, b, c, d, e, f, g


@case(([1, [2, 3]],), ([1, [2]],))
def nested_unpack(xs):
    a, (b, c) = xs
    [d, e] = b, c
    return a, b, c, d, e


@case((1, 2))
def swap(a, b):
    a, b = b, a + b
    a, b = b, a
    c = d = a
    return a, b, c, d


@case(([1, 2, 3], 0, 2))
def swap_elements(xs, i, j):
    xs[i], xs[j] = xs[j], xs[i]
    i, xs[i] = 1, 9
    return xs, i


@case((1,), (0,))
def finally_return(x):
    try:
        print("try")
        if x:
            return say("r")
        print("no")
    finally:
        print("finally")
    return "after"


@case((1,), (0,), (2,))
def finally_in_loop(k):
    for i in range(3):
        try:
            if i == k:
                continue
            if i > k:
                break
            x = 1 / (k - i)
        finally:
            print("f", i)
        print("rest", i, x)
    return i


@case(([1.0, 0.0],))
def finally_raise(xs):
    y = 0
    try:
        y = 1 / xs[1]
    finally:
        xs[0] = y
    return y


@case((n.array([1.0, 0.0]),))
def with_statement(x):
    with n.errstate(divide="ignore"):
        y = 1 / x
        if y[0] == 1:
            return y * 2
    return y


@case((1, 2, 3), (1,))
def varargs(x, *rest, **options):
    s = x
    for r in rest:
        s += r
    return s, len(options), rest


@case((1,))
def call_varargs(x):
    return varargs(x, *[2, 3], *(4,), a=1, **{"b": 2})


@case(([1, 2], [3, 4, 5]))
def zips(xs, ys):
    s = []
    for i, (x, y) in enumerate(zip(xs, ys), 1):
        s.append((i, x, y))
    for x, y, k in zip(xs, reversed(ys), range(5)):
        s.append(x * y + k)
    for i, x in enumerate(reversed(xs)):
        s.append((i, x))
    return s, i, x


@case(({"a": 1, "b": 2},))
def dicts(d):
    s = []
    for k, v in d.items():
        s.append((k, v))
    for v in d.values():
        s.append(v)
    for k in d.keys():
        d[k] += 1
    for k in d:
        s.append(k)
    for item in d.items():
        s.append(item)
    for k, (d, q) in {"z": (1, 2)}.items():
        s.append((k, d, q))
    return s


@case(([1, 2, 3, 4],))
def maps(xs):
    s = list(map(lambda x: x * 2, xs))
    for y in map(say, xs):
        s.append(y)
    for y in filter(lambda x: x % 2, xs):
        if y == 3:
            break
        s.append(y)
    for y in filter(None, [0, 1]):
        s.append(y)
    return s


@case(
    ({"x": 1},), ({"x": 1, "y": 2},), ([1, 2],), ([1, 2, 3],), ((0, 5),), (5,), ("ab",), (None,), (2.5,), (7,)
)
def matching(v):
    match v:
        case None:
            return "none"
        case {"x": a, **rest} if rest:
            return "map", a, rest
        case {"x": a}:
            return "one", a
        case [0, y] | [y, 2]:
            return "pair", y
        case [first, *others]:
            return "list", first, others
        case 5 | 6:
            return "number"
        case str() as text:
            return text
        case float(q) if q > 2:
            return q
    return "nothing"


@case((Point(0, 1),), (Point(2, 3),), (Point(1, 1),))
def match_class(p):
    q = "unbound"
    match p:
        case Point(0, q):
            r = q
        case Point(x=q, y=3):
            r = -q
        case _:
            r = "other"
    return r, q


@case((n.arange(12.0).reshape(3, 4),))
def slices(x):
    y = x[1:, ::2] + x[..., :2][1:]
    x[0, 1:3] = 5
    x[1] += y[0, 0]
    x[:, n.newaxis][0] *= 2
    x[-1, x[0] > 4] = n.pi
    return y.T, x, x.shape[0]


@case(([1, 2],))
def augmented(xs):
    xs[say(0)] += bump(xs)
    xs[0] -= 1
    xs += [3]
    y = xs
    y *= 2
    return xs


@case((Point(3.0, 4.0),))
def objects(p):
    p.x += p.norm()
    p.y = q = p.x
    return p.norm(), p, q


@case((Child(), 2))
def methods(c, x):
    return c.value(x), Base.value(c, x)


CASES.append((Child.value, [(Child(), 3)]))


@case((1.5, "x"))
def strings(x, s):
    return f"{x:.2f} {s!r:>{len(s) + 5}} {x + 1}%" + "y"


@case((5, 2))
def closures(k, m):
    def add(u):
        return u + k

    def power(u, e=m):
        return 1 if e == 0 else u * power(u, e - 1)

    twice = lambda f: lambda u: f(f(u))  # noqa: E731
    return add(1), power(k), twice(add)(0), (lambda: m)()


@case((4,))
def recursion(k):
    def fact(i):
        if i <= 1:
            return k
        return i * fact(i - 1)

    return fact(k)


@case(([1, 2, 3],))
def closure_in_loop(xs):
    s = 0
    for x in xs:
        s += (lambda u: u * x)(2)
        s += sum(map(lambda u: u + x, xs))
    return s


@case((2.0,))
def statics(x):
    import cmath  # noqa: PLC0415
    from math import cos as cosine  # noqa: PLC0415

    return (
        cosine(x)
        + math.sqrt(x)
        + solver(np.eye(1), np.ones(1))[0]
        + table["a"]
        + cmath.exp(0).real
        + n.linalg.norm([x])
    )


@case((1,), (-1,))
def assertions(x):
    assert x > -5, say("not evaluated")
    assert x > 0, say(f"bad {x}")
    if x > 5:
        raise ValueError("no")
    return x


@case((3,))
def raising(x):
    if x == 3:
        raise ValueError(f"three: {x}") from None
    else:
        return x


@case((3,), (0,))
def implicit_none(x):
    if x:
        return
    print("here")


@case((6,))
def endless(k):
    s = 0
    while True:
        s += k
        k -= 1
        if k == 3:
            continue
        if not k:
            break
        for j in range(k):
            if j == 2:
                break
        else:
            continue
        s += j
    return s


@case((4,))
def return_in_while_true(k):
    while True:
        k -= 1
        if k < 0:
            return "done"


@case((2,), (5,))
def webs(x):
    y = x
    x = y + 1
    for i in range(3):  # noqa: B007
        z = x
        x = z * y
    if x > 10:
        y = 1
    else:
        z = 5
    return x, y, z, i


@case((3,), (0,))
def unbound(k):
    for i in range(k):
        last = i
    return last


@case((lambda x: x + 1, 2))
def call_values(f, x):
    return f(x) + [f, f][0](x), (f or None)(x)


@case(([3, 1, 2],))
def sorting(xs):
    return sorted(xs, key=lambda x: -x), max(xs, key=lambda x: -x)


@case((n.array([[1.0, 2.0], [3.0, 4.0]]),))
def rows(x):
    s = 0
    for row in x:
        for e in row:
            s = s + e
        row[0] = s
    return s, x


@case(([1, 2, 3],))
def deletes(xs):
    d = {"a": 1, "b": xs}
    del d["a"], xs[0]
    return d


@case((1,))
def rebinds(len):
    return [len + x for x in (1, 2)], len


@case(([5, 6],))
def shadow(np):
    rt = 3
    for i in np:
        rt += i
    return n.sin(rt)


@case((2, 3))
def constants(x, y):
    "Docstring."
    z: float = -1
    w: int  # noqa: F842
    return z**2, (-1) ** x, -(x**y), 1e300 * 1e10, ..., True, None, b"a", 2j * x


@case((3,))
def deep_flags(k):
    out = []
    for i in range(k):
        for j in range(k):
            if j == 1:
                with n.errstate():
                    if i == 1:
                        break
                    out.append((i, j))
            else:
                if i == 2 and j == 2:
                    return out
            out.append(j)
        out.append("outer")
    return out


@case(([1, 2, 3],), ([],), ([1, 20, 3],))
def else_with_jumps(xs):
    for i in range(2):
        for x in xs:
            if x > 10:
                break
        else:
            if i == 0:
                continue
            break
        print("broke", i)
    return i


@case(([4, 5],))
def set_and_dict(xs):
    return {*xs, 1}, {**{"a": 1}, "b": say(2), say("c"): say(3)}, (*xs, 0), [*xs, *xs]


@case((2,))
def late_binding(x):
    def g():
        return k * x + h(1)

    def h(u):
        return u if u > 5 else g2(u + 4)

    def g2(u):
        return h(u)

    k = 5
    a = g()
    k += 1
    x = 3
    return a, g(), k, x


@case((3,))
def late_binding_in_loop(k):
    fs = []
    for i in range(k):
        fs.append(lambda u: u * i)  # noqa: B023
        fs.append(lambda u, i=i: u * i)
    return [f(2) for f in fs], i


@case((3,))
def deleted(x):
    y = x + 1
    del x
    x = y
    del y
    return x


@case(([1, 2],))
def captured_elsewhere(xs):
    total = 0
    add = lambda u: u + total  # noqa: E731
    for x in xs:
        total = add(x)
    if (total := total + 1) > 2:
        return add(1), [v for total in xs for v in [total]]
    return None


@case((2.0,))
def default_arguments(x):
    def g(u, v=x, *more, w=x * 2, **named):
        return u + v + w + len(more) + len(named) + (g(0, w=1) if u > 5 else 0)

    return g(1), g(1, 2), g(9, 2, 3, 4, w=5, q=1)


@case((2, 3), (3, 2))
def tail_in_both(a, b):
    if a > b:
        if a > 2:
            return "first"
        x = a
    else:
        if b > 5:
            return "second"
        x = b
    x += 1
    return x


@case(([3, -1, 4],))
def return_in_with_in_loop(xs):
    for x in xs:
        with np.errstate():
            try:
                if x < 0:
                    return x
            finally:
                print("out")
        print("next")
    return None


def outer(k, g):
    def inner(x):
        return g(x) * k + helper2(x)

    def helper2(x):
        return x - k

    return inner


CASES.append((outer(3, say), [(2,)]))


@case(([1, 0, 2],), ([0, 0],), ([],))
def searches(xs):
    a = any(say(x) > 0 for x in xs), all(say(x) == 0 for x in xs)
    b = next((x for x in xs if say(x) > 1), "default")
    c = any(x == y + 1 for x in xs for y in [say(0), 5])
    d = next(x for x in xs if x > 1)
    return a, b, c, d


@case(([1, 2, 3],))
def consumers(xs):
    g = (x * 2 for x in xs)
    a = list(g), list(g)
    b = sum(map(lambda x, y: x * y, xs, xs)), max(map(abs, xs)), tuple(filter(None, [0, 1]))
    c = any(map(say, xs)), ",".join(str(x) for x in xs), np.array([x for x in xs]), sorted(-x for x in xs)
    d = dict((x, x + 1) for x in xs), list(zip(xs, map(str, xs))), dict(zip(xs, xs)), list(enumerate(xs))
    return a, b, c, d


@case(([[1, 2], [3, 4]],))
def odd_targets(xs):
    p = Point(0, 0)
    r = [0]
    for p.x, r[0] in xs:
        print(p.x, r)
    for i, (a, b) in enumerate(zip(*xs)):
        i += a
        print(i, b)
    (a, b), c = (b, a), i
    with open(__file__) as r[0]:
        r[0] = 1
    return p, r, a, b, c


@case(([3, 1],), ([],))
def growing(xs):
    s = 0
    for x in xs:
        if x == 2:
            continue
        if x > 0:
            xs.append(x - 1)
        s += x
    else:
        s = -s
    for x in xs:  # noqa: B007
        xs.pop()
    return s


@case((1.0, 2.0))
def annotated(x: NotDefined, *more: float, y: Missing = 3) -> Unknown:  # noqa: F821
    return x + y + more[0]

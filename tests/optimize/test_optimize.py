"""Whole adjoint programs: optimised, they compute the same and read well."""

from __future__ import annotations

import numpy as np
import pytest
from adjoint_programs import function, pure, run, same, text_of

from srcad.optimize import optimize

STRAIGHT = """
def f(x, y, g):
    t = np.sin(x)
    t1 = t * y
    ans = np.sum(t1)
    "line 3: return np.sum(np.sin(x) * y)"
    s = np.shape(t1)
    t2 = np.broadcast_to(g, s)
    t3 = t2 * y
    dt = rt.unbroadcast(t3, t)
    t4 = np.sin(x)
    t5 = t2 * t4
    dy = rt.unbroadcast(t5, y)
    t6 = np.cos(x)
    t7 = dt * t6
    dx = t7
    out = (ans, dx, dy)
    return out
"""

LOOP = """
def f(x, n, g):
    saved = []
    unused = []
    y = x * 1.0
    for i in range(n):
        saved.append(y)
        unused.append(x)
        t = y * x
        y = np.tanh(t)
    dy = g
    dx = 0.0
    for i in reversed(range(n)):
        x0 = unused.pop()
        "line 5: y = np.tanh(y * x)"
        ans = y
        y = saved.pop()
        t1 = ans * ans
        t2 = 1.0 - t1
        dt = dy * t2
        t3 = dt * y
        dx = dx + t3
        t4 = dt * x
        dy = t4
    t5 = dy * 1.0
    dx = dx + t5
    return dx
"""

BRANCH = """
def f(x, y, g):
    m = np.mean(x)
    c = m > 0.0
    if c:
        t = -x
        z = t * y
    else:
        z = x / y
    dx = np.zeros_like(x)
    dy = np.zeros_like(y)
    if c:
        "line 4"
        t1 = -g
        t2 = t1 * y
        dx = dx + t2
        t3 = -x
        t4 = g * t3
        dy = dy + t4
    else:
        "line 6"
        t5 = 1.0 / y
        t6 = g * t5
        dx = dx + t6
        t7 = -x
        t8 = y ** 2
        t9 = t7 / t8
        t10 = g * t9
        dy = dy + t10
    r = (dx, dy)
    return r
"""

WHILE = """
def f(x, g):
    trips = 0
    saved = []
    y = x
    while True:
        t = np.sum(y)
        c = t < 50.0
        if c:
            saved.append(y)
            y = y * 1.5
            y = y + 1.0
            trips = trips + 1
        else:
            break
    dy = g * 1.0
    for i in range(trips):
        y = saved.pop()
        dy = dy * 1.5
    t1 = y * 0.0
    dx = dy + t1
    return dx
"""

STORES = """
def f(x, g):
    y = np.copy(x)
    n = len(x)
    for i in range(1, n):
        j = i - 1
        a = y[j]
        b = y[i]
        t = a * 2.0
        t1 = b + t
        y[i] = t1
    dy = np.copy(g)
    for i in reversed(range(1, n)):
        db = dy[i]
        dy[i] = 0.0
        dt = db * 2.0
        j = i - 1
        e = dy[j]
        e1 = e + dt
        dy[j] = e1
        e2 = dy[i]
        e3 = e2 + db
        dy[i] = e3
    out = (y, dy)
    return out
"""

EFFECTS = """
def f(x, g):
    t = np.exp(x)
    note(t)
    t1 = x * 2.0
    w = double_in_place(t)
    u = np.exp(x)
    z = t + u
    v = x * 2.0
    note(v)
    r = (t1, z, w)
    return r
"""

X = np.linspace(0.4, 1.6, 5)
Y = np.linspace(-1.3, 0.8, 5)
G = np.cos(X)
PROGRAMS = [
    (STRAIGHT, (X, Y, 0.7)),
    (LOOP, (X, 4, G)),
    (LOOP, (X, 0, G)),
    (LOOP, (0.5, 3, 1.0)),
    (BRANCH, (X, Y, G)),
    (BRANCH, (-X, Y, G)),
    (WHILE, (X, G)),
    (WHILE, (X + 100.0, G)),
    (STORES, (X, G)),
    (EFFECTS, (X, G)),
]
NAMES = {
    "owned": ["dx", "dy", "dt"],
    "keep": ["x", "y", "z", "t_user"],
    "inexact": ["g", "x", "y"],
    "like": {"dx": "x", "dy": "y"},
}


@pytest.mark.parametrize(("text", "arguments"), PROGRAMS)
@pytest.mark.parametrize("names", [{}, NAMES])
@pytest.mark.parametrize("finish", [False, True])
def test_the_result_is_the_same(text, arguments, names, finish):
    before = function(text)
    after = optimize(before, pure, finish=finish, **names)
    first, second = run(before, *arguments), run(after, *arguments)
    assert same(first[0], second[0]), text_of(after)
    assert same(first[1], second[1]), text_of(after)


def printed(text):
    return text_of(optimize(function(text), pure, **NAMES))

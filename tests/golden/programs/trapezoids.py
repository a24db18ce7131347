"""A generator, consumed in a loop."""

import math


def _midpoints(a, b, n):
    h = (b - a) / n
    for i in range(n):
        yield a + (i + 0.5) * h


def trapezoids(a, b, n):
    total = 0.0
    for x in _midpoints(a, b, n):
        total += math.exp(-x * x)
    return total * (b - a) / n


ARGUMENTS = (0.0, 1.5, 8)
ARGNUMS = (0, 1)


# ------------------------------ its derivative ------------------------------

import math


def dtrapezoids(a, b, n):
    history = []
    total = 0.0
    t = b - a
    h = t / n
    for i in range(n):
        x = a + (i + 0.5) * h
        t3 = -x
        t5 = math.exp(t3 * x)
        total = total + t5
        history.append((t3, t5))
    t8 = total * t / n
    # line 16: return total * (b - a) / n
    dt6 = total / n
    da = -dt6
    dh = 0.0
    for i in reversed(range(n)):
        t3, t5 = history.pop()
        t1 = i + 0.5
        x = a + t1 * h
        # line 15: total += math.exp(-x * x)
        dt4 = h * t5
        dx = dt4 * t3
        dx -= dt4 * x
        # line 9: yield a + (i + 0.5) * h
        da += dx
        dh += dx * t1
    # line 7: h = (b - a) / n
    dt = dh / n
    db = dt6 + dt
    da -= dt
    return da, db

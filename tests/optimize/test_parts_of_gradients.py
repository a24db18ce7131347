"""The passes that add to parts of gradients: without zeros, copies, repetitions, or histories of what never changes."""

from __future__ import annotations

import pytest
from adjoint_programs import pure
from test_passes import check, on_function

from srcad.analysis.kinds import array
from srcad.optimize import Context
from srcad.optimize.dead import remove_dead
from srcad.optimize.invariants import forget_invariants
from srcad.optimize.parts import read_in_place
from srcad.optimize.repeated import add_twice
from srcad.optimize.scatters import add_to_parts

VECTOR = array(dims=("N",), dtype="float64")
GRADIENTS = Context(
    pure,
    owned=frozenset(["dx", "dy"]),
    inexact=frozenset(["x", "y", "g", "dx", "dy"]),
    like={"dx": "x", "dy": "y"},
    ranks=dict.fromkeys("xyg", VECTOR),
)
scatters = on_function(add_to_parts)
parts = on_function(read_in_place, remove_dead)
repeated = on_function(add_twice)
invariants = on_function(forget_invariants)

BEGUN = "dx = np.zeros_like(x)\ndy = np.zeros_like(y)\n"


@pytest.mark.parametrize(
    "before, after",
    [
        (
            "v = x[1:]\nt = np.zeros_like(v)\nt[::-1] = g[1:]\ndx[1:] += t\nreturn dx",
            "v = x[1:]\ndx[1:][::-1] += g[1:]\nreturn dx",
        ),
        ("t = np.zeros_like(x)\nt[1:] = g[1:]\ndx -= t\nreturn dx", "dx[1:] -= g[1:]\nreturn dx"),
    ],
    ids=["a part of a part", "a part"],
)
def test_what_is_put_among_zeros_is_added_at_once(before, after):
    check(scatters, BEGUN + before, BEGUN + after, GRADIENTS)


@pytest.mark.parametrize(
    "text",
    [
        "t = np.zeros_like(x)\nt[1:] = g[1:]\ndx += t\nreturn dx, t",
        "t = np.zeros_like(x)\nt[1:] = g[1:]\ndy += t\nreturn dx, dy",
        "v = x[1:]\nt = np.zeros_like(v)\nt[::-1] = g[1:]\ndx[:2] += t\nreturn dx",
        "k = 1\nv = x[k:]\nk = 0\nt = np.zeros_like(v)\nt[0] = g[1]\ndx[k:] += t[:1]\nreturn dx",
        "t = np.zeros_like(x)\nt[1:] = g[1:]\ng[1] = 0.0\ndx += t\nreturn dx",
    ],
    ids=["used again", "added to another's", "another part", "an index that changed", "something in between"],
)
def test_other_zeros_stay(text):
    check(scatters, BEGUN + text, BEGUN + text, GRADIENTS)


@pytest.mark.parametrize(
    "before, after",
    [
        (
            "t = np.copy(dx[1:])\ndy[1:] += t\nu = t * 2.0\ndx[0] = 0.0\nreturn dx, dy, u",
            "t = dx[1:]\ndy[1:] += t\nu = t * 2.0\ndx[0] = 0.0\nreturn dx, dy, u",
        ),
        (
            "t = np.copy(dx)\nu = t * g\nv = t * 2.0\nreturn dx, u, v, dy",
            "u = dx * g\nv = dx * 2.0\nreturn dx, u, v, dy",
        ),
    ],
    ids=["a part", "the whole"],
)
def test_what_does_not_change_is_not_copied(before, after):
    begun = "dx = x * y\ndy = x + y\n"
    check(parts, begun + before, begun + after, GRADIENTS)


@pytest.mark.parametrize(
    "text",
    [
        "t = np.copy(dx[1:])\ndx[1:] = 0.0\nu = t * 2.0\nreturn dx, u",
        "t = np.copy(dx[1:])\nu = t * 2.0\ndx[1] = 0.0\nv = t * 3.0\nreturn dx, u, v",
        "t = np.copy(dx[1:])\nt[0] = 1.0\nu = t * 2.0\nreturn dx, u",
        "t = np.copy(dx)\nu = t * 2.0\nreturn dx, u, t",
        "v = dx[:2]\nt = np.copy(dx)\nv += 1.0\nu = t * 2.0\nreturn dx, u",
        "t = np.copy(dx)\nfor i in range(2):\n    u = t * 2.0\n    dx[i] = 5.0\nreturn dx, u",
    ],
    ids=[
        "overwritten",
        "changed between uses",
        "changed itself",
        "returned",
        "changed by a view",
        "in a loop",
    ],
)
def test_what_changes_is_copied(text):
    begun = "dx = x * y\n"
    check(parts, begun + text, begun + text, GRADIENTS)


def test_equal_sums_are_added_at_once():
    check(
        repeated,
        BEGUN + "c = 0.5\ndx[1:] += c * x[1:]\ndx[1:] += c * x[1:]\ndy -= g\ndy -= g\nreturn dx, dy",
        BEGUN + "c = 0.5\ndx[1:] += 2.0 * c * x[1:]\ndy -= 2.0 * g\nreturn dx, dy",
        GRADIENTS,
    )


@pytest.mark.parametrize(
    "text",
    [
        "dx[1:] += g[1:]\ndx[:2] += g[1:]\nreturn dx",
        "dx += g\ndx -= g\nreturn dx",
        "dx[1:] += dx[:2]\ndx[1:] += dx[:2]\nreturn dx",
    ],
    ids=["at other places", "with another sign", "of what they change"],
)
def test_other_sums_are_kept_apart(text):
    check(repeated, BEGUN + text, BEGUN + text, GRADIENTS)


def test_what_is_bound_once_is_in_no_history():
    check(
        invariants,
        """
        dx = np.zeros_like(x)
        s = []
        r = []
        for i in range(3):
            n = x.shape[0]
            m = n - 1
            h = x * i
            t = (dx, m, h)
            s.append(t)
            r.append(n)
        for i in reversed(range(3)):
            u = s.pop()
            dx1, m, h = u
            n = r.pop()
            dx1 += h * m * n
        return dx
        """,
        """
        dx = np.zeros_like(x)
        s = []
        r = []
        for i in range(3):
            n = x.shape[0]
            m = n - 1
            h = x * i
            t = h
            s.append(t)
        for i in reversed(range(3)):
            u = s.pop()
            h = u
            dx1 = dx
            m = x.shape[0] - 1
            n = x.shape[0]
            dx1 += h * m * n
        return dx
        """,
        GRADIENTS,
    )


@pytest.mark.parametrize(
    "text",
    [
        """
        k = 2.0
        s = []
        for i in range(3):
            s.append(k)
            k = k * 2.0
        z = 0.0
        for i in reversed(range(3)):
            k = s.pop()
            z = z + k
        return z
        """,
        """
        k = 2.0
        s = []
        for i in range(3):
            s.append(k)
        k += 1.0
        z = 0.0
        for i in reversed(range(3)):
            j = s.pop()
            z = z + j
        return z
        """,
        """
        s = []
        w = x
        for i in range(3):
            n = w.shape[0]
            s.append(n)
            w = w[1:]
        z = 0.0
        for i in reversed(range(3)):
            n = s.pop()
            z = z * 2.0 + n
        return z
        """,
    ],
    ids=["bound again in the loop", "updated behind the loop", "the length of another array in each trip"],
)
def test_what_changes_stays_in_its_history(text):
    check(invariants, text, text, GRADIENTS)

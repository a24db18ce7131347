"""The passes that save memory traffic: stores at once, names that arrays share, shapes without copies."""

from __future__ import annotations

import textwrap

import numpy as np
import pytest
from adjoint_programs import function, pure, run, same, text_of
from test_passes import check, on_function

from srcad.analysis.kinds import array
from srcad.optimize import Context
from srcad.optimize.fitting import fit_without_copy
from srcad.optimize.kept_shapes import keep_shapes
from srcad.optimize.kills import store_at_once
from srcad.optimize.names import share_names
from srcad.optimize.overwritten import remove_overwritten

FITTED = on_function(fit_without_copy)
ARRAYS = Context(
    pure,
    owned=frozenset(["dx"]),
    inexact=frozenset(["x", "y", "g", "dx", "dy"]),
    ranks={name: array(1, dtype="float64") for name in "xyg"},
)

CHANGED = {
    "added later": (
        """
        dx = x * y
        u = dx[0] * 2.0
        dx[0] = 0.0
        dx[1] += u
        dx[0] += u
        return dx
        """,
        """
        dx = x * y
        u = dx[0] * 2.0
        dx[0] = u
        dx[1] += u
        return dx
        """,
    ),
    "overlapping sums in between": (
        """
        dx = x * y
        t = np.copy(dx[1:])
        dx[1:] = 0.0
        u = t * 2.0
        dx[:-1] += u
        dx[1:] -= u
        return dx
        """,
        """
        dx = x * y
        t = np.copy(dx[1:])
        u = t * 2.0
        dx[1:] = -u
        dx[:-1] += u
        return dx
        """,
    ),
    "an element that an index from the end means too": (
        """
        dx = x * y
        u = dx[0] * 2.0
        dx[0] = 0.0
        dx[-3] += u
        dx[0] += u
        return dx
        """,
        """
        dx = x * y
        u = dx[0] * 2.0
        dx[0] = u
        dx[-3] += u
        return dx
        """,
    ),
}

CHANGED["the first sum into zeros"] = (
    """
    z = np.zeros_like(x)
    u = x * y
    z[1:] -= u[:-1]
    z[:-1] += u[1:]
    return z
    """,
    """
    z = np.zeros_like(x)
    u = x * y
    z[1:] = -u[:-1]
    z[:-1] += u[1:]
    return z
    """,
)

UNCHANGED = {
    "zeros read in between": "z = np.zeros_like(x)\nu = z * 2.0\nz[0] += 1.0 + u[0]\nz[0] += 1.0\nreturn z, dx",
    "zeros seen through a view": "z = np.zeros_like(x)\nv = z[1:]\nv += 1.0\nz[1] += 2.0\nreturn z, dx",
    "zeros added to in a loop": ("z = np.zeros_like(x)\nfor i in range(2):\n    z[0] += x[1]\nreturn z, dx"),
    "zeros added from themselves": "z = np.zeros_like(x)\nz[0] += z[1] + 1.0\nz[1] += z[0]\nreturn z, dx",
    "zeros scaled": "z = np.zeros_like(x)\nz[0] *= 3.0\nz[0] += 1.0\nreturn z, dx",
    "read in between": "dx[0] = 0.0\nu = dx[0] + x[0]\ndx[0] += x[1]\nreturn dx, u",
    "read through a view in between": "v = dx[:2]\ndx[0] = 0.0\nu = v * 3.0\ndx[0] += x[1]\nreturn dx, u",
    "added from the memory itself": "dx[0] = 0.0\ndx[1] += dx[2]\ndx[0] += x[1]\nreturn dx",
    "indexed by the memory itself": "dx[0] = 0.0\nx[int(dx[0])] += 2.0\ndx[0] += x[1]\nreturn dx, x",
    "another element at the same place": "i = 0\ndx[i] = 0.0\ni = 1\ndx[i] += x[1]\nreturn dx",
    "scaled in between": "dx[0] = 0.0\ndx[0:2] *= 3.0\ndx[0] += x[1]\nreturn dx",
    "stored anew in between": "dx[0] = 0.0\ndx[0:2] = 3.0\ndx[0] += x[1]\nreturn dx",
    "operand changed in between": "dx[0] = 0.0\ndx[1] += y[2]\ny[0] = 5.0\ndx[0] += y[0]\nreturn dx",
    "added in a loop": "dx[0] = 0.0\nfor i in range(2):\n    dx[0] += x[1]\nreturn dx",
    "left before it is added": (
        "for i in range(2):\n    dx[0] = 0.0\n    if i > 0:\n        break\n    dx[0] += x[1]\nreturn dx"
    ),
    "seen by a call in between": "dx[0] = 0.0\nnote(dx)\ndx[0] += x[1]\nreturn dx",
}


@pytest.mark.parametrize("case", CHANGED.values(), ids=list(CHANGED))
def test_a_gradient_is_stored_at_once(case):
    check(on_function(store_at_once), *case)


@pytest.mark.parametrize("text", UNCHANGED.values(), ids=list(UNCHANGED))
def test_a_gradient_is_added_where_its_place_is_looked_at(text):
    text = f"dx = x * y\n{text}"
    check(on_function(store_at_once), text, text)


def test_a_list_keeps_what_is_stored_into_it():
    text = "d = [x, y]\nd[0] = 0.0\nd[0] += g\nreturn d"
    check(on_function(store_at_once), text, text)


def test_arrays_that_follow_one_another_share_a_name():
    check(
        on_function(share_names),
        """
        z = x * 2.0
        for i in range(2):
            t1 = z[1:] + z[:-1]
            z[1:] = 0.5 * t1
            t2 = z[1:] * z[:-1]
            z[:-1] = 0.5 * t2
        t3 = z * y
        return t3
        """,
        """
        z = x * 2.0
        for i in range(2):
            t1 = z[1:] + z[:-1]
            z[1:] = 0.5 * t1
            t1 = z[1:] * z[:-1]
            z[:-1] = 0.5 * t1
        t1 = z * y
        return t1
        """,
    )


def test_what_the_next_iteration_needs_keeps_its_name():
    check(
        on_function(share_names),
        """
        z = x * 2.0
        t1 = x
        for i in range(2):
            t2 = z * t1
            z = t2 + 1.0
            t1 = z * y
            t3 = t1 * g
            z = z + t3
        return z
        """,
        """
        z = x * 2.0
        t1 = x
        for i in range(2):
            t2 = z * t1
            z = t2 + 1.0
            t1 = z * y
            t2 = t1 * g
            z = z + t2
        return z
        """,
    )


SEPARATE = {
    "at the same time": (
        "z = x * 2.0\nfor i in range(2):\n    t1 = z[1:] + z[:-1]\n    t2 = z[1:] * z[:-1]\n    z[:-1] = t2 - t1\nreturn z"
    ),
    "after the loop": (
        "z = x\nt1 = x\nfor i in range(2):\n    t1 = z * 2.0\n    z = z + y\n    t2 = z * z\n    z = z + t2\nreturn z, t1"
    ),
    "after a loop without trips": (
        "z = x\nt1 = x\nfor i in range(0):\n    t1 = z * 2.0\nt2 = x * 3.0\nreturn z, t1 * t2"
    ),
    "after a break": (
        "z = x\nfor i in range(2):\n    t1 = z * 2.0\n    if i > 0:\n        break\n    t2 = z * z\n    z = z + t2 + t1\n"
        "return z, t1"
    ),
    "on a straight line": "t1 = x * y\nz = t1 + 1.0\nt2 = z * y\nreturn t2",
    "the user's": "u = x\nfor i in range(2):\n    y = x * 2.0\n    u = u + y\n    z = u * 2.0\n    u = u + z\nreturn u",
}


@pytest.mark.parametrize("text", SEPARATE.values(), ids=list(SEPARATE))
def test_other_arrays_keep_their_names(text):
    check(on_function(share_names), text, text)


def test_a_gradient_made_for_it_is_fitted_without_a_copy():
    check(
        FITTED,
        """
        dx = g * y
        dx = rt.owned(dx, x)
        dx[1:] += g[:-1]
        dx = rt.finish(dx, x)
        return dx
        """,
        """
        dx = rt.fitted(g * y, x)
        dx[1:] += g[:-1]
        dx = rt.fitted(dx, x)
        return dx
        """,
        ARRAYS,
    )


COPIED = {
    "used before": "dx = g * y\nv = dx[1:]\ndx = rt.owned(dx, x)\ndx[1] += 2.0\nreturn dx, v",
    "used afterwards": "t = g * y\ndx = rt.owned(t, x)\ndx[1] += 2.0\nreturn dx, t",
    "an argument": "dx = g\ndx = rt.owned(dx, x)\ndx[1] += 2.0\nreturn dx, g",
    "a result twice": "dx = g * y\nt = rt.finish(dx, x)\nu = rt.finish(dx, x)\nu[0] = 7.0\nreturn t, u, dx",
    "a part of another result": "dy = g * y\ndx = dy[:]\nt = rt.finish(dx, x)\nreturn t, dy",
    "made in another iteration": (
        "dx = g * y\nd = [g, g]\nfor i in range(2):\n    d[i] = dx\n    dx = rt.owned(dx, x)\n    dx[i] += 2.0\nreturn d"
    ),
}


@pytest.mark.parametrize("text", COPIED.values(), ids=list(COPIED))
def test_a_gradient_that_something_else_refers_to_is_copied(text):
    given = function("def f(x, y, g):\n" + textwrap.indent(text, "    "))
    result = FITTED(given, ARRAYS)
    arguments = (np.arange(3.0), np.arange(3.0) + 1.0, np.ones(3))
    first, second = run(given, *arguments)[0], run(result, *arguments)[0]
    assert same(first, second)
    assert "rt.fitted(g" not in text_of(result)


RESTORING = """
z = x * y
s = []
s.append(z[:2].copy())
s.append(z[:2].copy())
for k in range(2):
    t = s.pop()
    z[:2] = t
    {inside}
{before}
z[:2] = g[1:]
return z, y
"""


def remaining(inside="y[k] = g[k]", before="y[2] = 1.0"):
    """Return whether a part that is put back in a loop stays, where it is stored to behind the loop."""
    given = function(
        "def f(x, y, g):" + textwrap.indent(RESTORING.format(inside=inside, before=before), "    ")
    )
    result = on_function(remove_overwritten)(given, ARRAYS)
    arguments = (np.arange(3.0), np.arange(3.0) + 1.0, np.ones(3))
    first, second = run(given, *arguments)[0], run(result, *arguments)[0]
    assert same(first, second)
    return "z[:2] = t" in text_of(result)


def test_what_is_put_back_and_overwritten_before_it_is_read_is_not_put_back():
    assert not remaining()


@pytest.mark.parametrize(
    "text",
    ["y[0] = z[2]", "y[:] = 2.0 * z", "v = z[1:]\n    y[1:] = v * 2.0", "z[0:] += 1.0", "note(z)"],
)
def test_what_is_read_is_put_back(text):
    assert remaining(inside=text)


def test_what_is_read_behind_the_loop_is_put_back():
    assert remaining(before="y[2] = z[0]")


def test_what_a_break_leaves_is_put_back():
    assert remaining(inside="if k > 0:\n        return z, y")


def test_what_one_branch_reads_is_put_back():
    assert remaining(before="if y[0] > 0.0:\n    y[2] = z[0]")


KEPT_SHAPES = """
s = []
z = x
for k in range(2):
    y = z[k:] * 2.0
    z = z * y[0]
    s.append(y)
dx = 0.0
for k in reversed(range(2)):
    y = s.pop()
    t = np.shape(y)
    dx = dx + np.sum(np.ones(t))
return dx
"""


def shapes_kept(old="", new=""):
    text = KEPT_SHAPES.replace(old, new) if old else KEPT_SHAPES
    given = function("def f(x, y, g):\n" + textwrap.indent(text, "    "))
    result = on_function(keep_shapes)(given, ARRAYS)
    arguments = (np.arange(3.0), np.arange(3.0) + 1.0, np.ones(3))
    assert same(run(given, *arguments)[0], run(result, *arguments)[0])
    return "s.append(np.shape(y))" in text_of(result)


def test_an_array_whose_shape_is_used_is_kept_as_a_shape():
    assert shapes_kept()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return dx", "return dx + y"),
        ("np.sum(np.ones(t))", "np.sum(y)"),
        ("    t = np.shape(y)", "    if k > 0:\n        y = x\n    t = np.shape(y)"),
        ("    y = s.pop()", "    w = np.shape(y)\n    y = s.pop()\n    dx = dx + np.sum(y) + w[0]"),
    ],
    ids=["used behind the loop", "used itself", "set again", "used in the next iteration"],
)
def test_an_array_that_is_used_is_kept(old, new):
    assert not shapes_kept(old, new)

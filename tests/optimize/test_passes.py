"""Each pass on small programs: the text that comes out, and that it computes the same."""

from __future__ import annotations

import textwrap

import numpy as np
import pytest
from adjoint_programs import body_of, function, pure, run, same, text_of

from srcad.analysis.kinds import FLOAT, Kind, array, container
from srcad.analysis.kinds_of_values import kind_of
from srcad.optimize import Context, optimize
from srcad.optimize.broadcast import NeedlessBroadcasts
from srcad.optimize.copy_propagation import copy_propagation
from srcad.optimize.cse import CommonSubexpressions
from srcad.optimize.dead import remove_dead
from srcad.optimize.delays import delay_rebinding
from srcad.optimize.displays import collect_parts
from srcad.optimize.fold import Fold
from srcad.optimize.forward import walk
from srcad.optimize.histories import prune_histories, unpack_histories
from srcad.optimize.inplace import update_in_place
from srcad.optimize.moves import use_before_overwriting
from srcad.optimize.nest import nest as nest_program
from srcad.optimize.notation import write_briefly
from srcad.optimize.plain import write_plainly
from srcad.optimize.program import Program
from srcad.optimize.views import update_through_views

NAMES = frozenset(["g", "dx", "dy", "dz"])
CONTEXT = Context(pure, owned=frozenset(["dx", "dy"]), keep=frozenset(["x", "y", "z"]), inexact=NAMES)
LIKE = Context(
    pure, owned=frozenset(["dx"]), inexact=NAMES, like={"dz": "z", "dx": "x"}, ranks={"z": array(1)}
)
X = np.array([0.3, -1.2, 2.5])


def on_function(*passes):
    """Make a function of a function of passes over programs."""

    def pass_(given, context):
        program = Program(given, context)
        for one in passes:
            one(program)
        return program.to_function()

    return pass_


fold = on_function(lambda program: walk(program, Fold))
cse = on_function(lambda program: walk(program, CommonSubexpressions))
broadcast = on_function(lambda program: walk(program, NeedlessBroadcasts))
dead = on_function(remove_dead)
inplace = on_function(update_in_place)
moves = on_function(use_before_overwriting)
delays = on_function(delay_rebinding)
displays = on_function(collect_parts)
views = on_function(update_through_views)
prune = on_function(prune_histories)
unpack = on_function(unpack_histories)
nest = on_function(nest_program, write_plainly)
brief = on_function(write_briefly)


def check(pass_, before, after, context=CONTEXT, arguments=None):
    head = "def f(x, y, g):\n"
    given = function(head + textwrap.indent(textwrap.dedent(before).strip(), "    "))
    text = text_of(given)
    result = pass_(given, context)
    assert text_of(given) == text, "the given function must stay as it was"
    assert body_of(result).strip() == textwrap.dedent(after).strip()
    arguments = arguments or (X, X + 0.5, np.cos(X))
    first, second = run(given, *arguments), run(result, *arguments)
    assert same(first[0], second[0])
    assert len(first[1]) == len(second[1])


CASES = {
    "fold: one": (fold, "dx = g * 1.0\nreturn dx", "dx = g\nreturn dx"),
    "fold: unknown dtype stays": (fold, "z = x * 1.0\nreturn z", "z = x * 1.0\nreturn z"),
    "fold: zero stays": (fold, "dx = g * 0\nreturn dx", "dx = g * 0\nreturn dx"),
    "fold: minus one": (fold, "dx = g * -1.0\nreturn dx", "dx = -g\nreturn dx"),
    "fold: plus minus": (
        fold,
        "t = -x\nu = y + t\nv = t + y\nw = y - t\nreturn u, v, w",
        "t = -x\nu = y - x\nv = y - x\nw = y + x\nreturn u, v, w",
    ),
    "fold: minus minus": (fold, "t = -x\nu = -t\nreturn u", "t = -x\nu = x\nreturn u"),
    "fold: quotient": (fold, "t = 1.0 / y\nu = g * t\nreturn u", "t = 1.0 / y\nu = g / y\nreturn u"),
    "fold: shared reciprocal": (
        fold,
        "t = 1.0 / y\nu = g * t\nreturn u, t",
        "t = 1.0 / y\nu = g * t\nreturn u, t",
    ),
    "fold: constants": (
        fold,
        "t = 2 - 1\nu = g ** 1\nw = 1 / 0 if x is None else 2\nreturn t, u, w",
        "t = 1\nu = g\nw = 1 / 0 if x is None else 2\nreturn t, u, w",
    ),
    "fold: sign": (
        fold,
        "t = -g\nu = t * x\ndx = y + u\nreturn dx",
        "t = -g\nt1 = g * x\nu = -t1\ndx = y - t1\nreturn dx",
    ),
    "fold: branch": (
        fold,
        "if True:\n    z = x\nelse:\n    z = y\nif None:\n    z = y\nreturn z",
        "z = x\nreturn z",
    ),
    "fold: changed operand": (
        fold,
        "t = -x\nx[0] = 9.0\nu = y + t\nreturn u",
        "t = -x\nx[0] = 9.0\nu = y + t\nreturn u",
    ),
    "fold: no new alias of what is changed": (
        fold,
        "dx = g * 1.0\ndx[0] = 9.0\nreturn dx, g",
        "dx = g * 1.0\ndx[0] = 9.0\nreturn dx, g",
    ),
    "fold: update": (
        fold,
        "t = -x\ndx = y * y\ndx += t\nreturn dx",
        "t = -x\ndx = y * y\ndx -= x\nreturn dx",
    ),
    "copy: plain": (copy_propagation, "t = x\nu = t * t\nreturn u", "t = x\nu = x * x\nreturn u"),
    "copy: chain": (copy_propagation, "t = x\nu = t\nv = u + 1\nreturn v", "u = x\nv = x + 1\nreturn v"),
    "copy: rebound": (
        copy_propagation,
        "t = x\nx = x + 1\nreturn t",
        "t = x\nx = x + 1\nreturn t",
    ),
    "copy: updated in place": (
        copy_propagation,
        "t = x\nx += 1.0\nu = t * 2\nreturn u, t",
        "t = x\nx += 1.0\nu = t * 2\nreturn u, t",
    ),
    "copy: loop": (
        copy_propagation,
        "t = x\nfor i in range(3):\n    u = t * 2\n    x = u\nreturn x, t",
        "t = x\nfor i in range(3):\n    x = t * 2\nreturn x, t",
    ),
    "copy: coalesce": (copy_propagation, "t = g * x\ndx = t\nreturn dx", "dx = g * x\nreturn dx"),
    "copy: no coalescing over a use": (
        copy_propagation,
        "z = x\nt = g * x\nu = z + 1\nz = t\nreturn z, u",
        "z = x\nt = g * x\nu = x + 1\nz = t\nreturn t, u",
    ),
    "copy: tuple": (
        copy_propagation,
        "p = x, y\nu, v = p\nw = p[1]\nz = u + v\nreturn z, w",
        "p = x, y\nu = x\nv = y\nw = y\nz = x + y\nreturn z, y",
    ),
    "copy: constant": (
        copy_propagation,
        "a = None\nb = 2.0\nz = x * b\nc = a is None\nreturn z, c",
        "a = None\nb = 2.0\nz = x * 2.0\nc = None is None\nreturn z, c",
    ),
    "cse: plain": (cse, "t = np.sin(x)\nu = np.sin(x)\nreturn t * u", "t = np.sin(x)\nu = t\nreturn t * u"),
    "cse: swapped factors": (cse, "t = x * y\nu = y * x\nreturn t - u", "t = x * y\nu = t\nreturn t - u"),
    "cse: not over a store": (
        cse,
        "t = np.sin(x)\nx[0] = 1.0\nu = np.sin(x)\nreturn t - u",
        "t = np.sin(x)\nx[0] = 1.0\nu = np.sin(x)\nreturn t - u",
    ),
    "cse: not over a store to an alias": (
        cse,
        "v = x[1:]\nt = np.sin(x)\nv[0] = 1.0\nu = np.sin(x)\nreturn t - u",
        "v = x[1:]\nt = np.sin(x)\nv[0] = 1.0\nu = np.sin(x)\nreturn t - u",
    ),
    "cse: not over an impure call": (
        cse,
        "t = np.sin(x)\nw = double_in_place(x)\nu = np.sin(x)\nreturn t - u",
        "t = np.sin(x)\nw = double_in_place(x)\nu = np.sin(x)\nreturn t - u",
    ),
    "cse: not of buffers": (
        cse,
        "a = np.zeros_like(x)\nb = np.zeros_like(x)\na[0] = 1.0\nreturn a, b",
        "a = np.zeros_like(x)\nb = np.zeros_like(x)\na[0] = 1.0\nreturn a, b",
    ),
    "cse: results are two objects": (
        cse,
        "dx = g * x\ndy = g * x\nreturn dx, dy",
        "dx = g * x\ndy = g * x\nreturn dx, dy",
    ),
    "cse: not out of a branch": (
        cse,
        "z = x\nc = len(x) > 1\nif c:\n    z = np.sin(x)\nu = np.sin(x)\nreturn z, u",
        "z = x\nc = len(x) > 1\nif c:\n    z = np.sin(x)\nu = np.sin(x)\nreturn z, u",
    ),
    "cse: history does not matter": (
        cse,
        "s = []\nt = np.sin(x)\ns.append(x)\nu = np.sin(x)\nw = s.pop()\nreturn t * u * w",
        "s = []\nt = np.sin(x)\ns.append(x)\nu = t\nw = s.pop()\nreturn t * u * w",
    ),
    "dead: chain": (dead, "t = x * y\nu = t + 1\nreturn g", "return g"),
    "dead: impure": (
        dead,
        "t = note(x)\nu = t + 1\nnote(u)\nreturn g",
        "t = note(x)\nu = t + 1\nnote(u)\nreturn g",
    ),
    "dead: loop": (
        dead,
        "a = 0.0\nb = x\nfor i in range(3):\n    a = a + 1.0\n    b = b * x\nreturn b",
        "b = x\nfor i in range(3):\n    b = b * x\nreturn b",
    ),
    "dead: whole loop": (dead, "a = 0.0\nfor i in range(3):\n    a = a + 1.0\nreturn g", "return g"),
    "dead: history": (
        dead,
        "s = []\ny = x\nfor i in range(3):\n    s.append(y)\n    y = y * x\n"
        "for i in reversed(range(3)):\n    z = s.pop()\nreturn y",
        "y = x\nfor i in range(3):\n    y = y * x\nreturn y",
    ),
    "dead: needed history": (
        dead,
        "s = []\ny = x\nfor i in range(3):\n    s.append(y)\n    y = y * x\ndx = g\n"
        "for i in reversed(range(3)):\n    z = s.pop()\n    dx = dx * z\nreturn dx",
        "s = []\ny = x\nfor i in range(3):\n    s.append(y)\n    y = y * x\ndx = g\n"
        "for i in reversed(range(3)):\n    z = s.pop()\n    dx = dx * z\nreturn dx",
    ),
    "dead: buffer": (dead, "b = np.zeros(3)\nb[0] = 1.0\nb += x\nreturn g", "return g"),
    "dead: store to an argument stays": (dead, "x[0] = 1.0\nreturn x", "x[0] = 1.0\nreturn x"),
    "dead: store through a view": (
        dead,
        "b = x * 2\nv = b[1:]\nv[0] = 1.0\nreturn b",
        "b = x * 2\nv = b[1:]\nv[0] = 1.0\nreturn b",
    ),
    "dead: comments": (
        dead,
        '"one"\nt = x * y\n"two"\nu = x * g\nc = len(x) > 9\nif c:\n    "three"\n    v = u\nreturn u',
        "# two\nu = x * g\nreturn u",
    ),
    "dead: a copy under the name of a parameter is not the caller's memory": (
        dead,
        "kept = x\nx = np.array(x)\nu = 2.0 * x\nx[0] = 0.0\nreturn u, kept[0]",
        "kept = x\nx = np.array(x)\nu = 2.0 * x\nreturn u, kept[0]",
    ),
    "dead: two copies that may be one": (
        dead,
        "kept = x\nx, y = [2.0 * x] * 2\nx[0] = 0.0\nreturn y, kept[0]",
        "kept = x\nx, y = [2.0 * x] * 2\nx[0] = 0.0\nreturn y, kept[0]",
    ),
    "dead: a store before the copy is the caller's": (
        dead,
        "kept = x\nkept[0] = 9.0\nx = np.array(x)\nx[1] = 0.0\nreturn kept",
        "kept = x\nkept[0] = 9.0\nx = np.array(x)\nx[1] = 0.0\nreturn kept",
    ),
    "dead: a parameter bound to an argument again": (
        dead,
        "x = np.array(x)\nx = y\nx[0] = 9.0\nreturn y",
        "x = y\nx[0] = 9.0\nreturn y",
    ),
    "moves: with its reshaping": (
        moves,
        "dx = x * y\nt = np.copy(dx[1:])\ndx[1:] = 0.0\ns = rt.unbroadcast(t, x[1:])\nu = s * 2.0\nreturn dx, u",
        "dx = x * y\ns = rt.unbroadcast(dx[1:], x[1:])\nu = s * 2.0\ndx[1:] = 0.0\nreturn dx, u",
    ),
    "moves: not a reshaping that is kept": (
        moves,
        "dx = x * y\nt = np.copy(dx[1:])\ndx[1:] = 0.0\ns = rt.unbroadcast(t, x[1:])\nreturn dx, s",
        "dx = x * y\nt = np.copy(dx[1:])\ndx[1:] = 0.0\ns = rt.unbroadcast(t, x[1:])\nreturn dx, s",
    ),
    "moves: not a reshaping that is used twice": (
        moves,
        "dx = x * y\nt = np.copy(dx[1:])\ndx[1:] = 0.0\ns = rt.unbroadcast(t, x[1:])\nu = s * 2.0\nreturn dx, u, s",
        "dx = x * y\nt = np.copy(dx[1:])\ndx[1:] = 0.0\ns = rt.unbroadcast(t, x[1:])\nu = s * 2.0\nreturn dx, u, s",
    ),
    "brief: new axis": (
        brief,
        "t = np.expand_dims(x, 1)\nu = np.expand_dims(x, 0)\nv = np.expand_dims(g, 1)\nreturn t, u, v",
        "t = x[:, None]\nu = x[None]\nv = np.expand_dims(g, 1)\nreturn t, u, v",
        Context(pure, ranks={"x": array(1)}),
    ),
    "brief: several new axes": (
        brief,
        "t = np.expand_dims(x, (0, 2))\nu = np.expand_dims(x, (1, 2))\nv = np.expand_dims(x, (0, -1))\nreturn t, u, v",
        "t = x[None, :, None]\nu = x[:, None, None]\nv = np.expand_dims(x, (0, -1))\nreturn t, u, v",
        Context(pure, ranks={"x": array(1)}),
    ),
    "brief: copy": (
        brief,
        "dx = x * y\nv = dx[1:]\nt = np.copy(v)\nu = np.copy(y)\nreturn t, u",
        "dx = x * y\nv = dx[1:]\nt = v.copy()\nu = np.copy(y)\nreturn t, u",
    ),
    "brief: what may be a number": (
        brief,
        "dx = x * y\nv = dx[1:]\nif g is None:\n    v = 2.0\nt = np.copy(v)\nw = dx[0]\nu = np.copy(w)\nreturn t, u",
        "dx = x * y\nv = dx[1:]\nif g is None:\n    v = 2.0\nt = np.copy(v)\nw = dx[0]\nu = np.copy(w)\nreturn t, u",
    ),
    "dead: popped into an array": (
        dead,
        "s = []\nz = x * 2.0\ns.append(y)\nz[:] = s.pop()\nreturn z",
        "s = []\nz = x * 2.0\ns.append(y)\nz[:] = s.pop()\nreturn z",
    ),
    "moves: overwritten part": (
        moves,
        "dx = x * y\nt = np.copy(dx[1:])\ndx[1:] = 0.0\nu = t * 2.0\nreturn dx, u",
        "dx = x * y\nu = dx[1:] * 2.0\ndx[1:] = 0.0\nreturn dx, u",
    ),
    "moves: method": (
        moves,
        "dx = x * y\nt = dx[1:].copy()\ndx[1:] = 0.0\nu = t * 2.0\nreturn dx, u",
        "dx = x * y\nu = dx[1:] * 2.0\ndx[1:] = 0.0\nreturn dx, u",
    ),
    "moves: not a view of the part": (
        moves,
        "dx = x * y\nt = np.copy(dx)\ndx[1:] = 0.0\nu = t[1:]\nreturn dx, u",
        "dx = x * y\nt = np.copy(dx)\ndx[1:] = 0.0\nu = t[1:]\nreturn dx, u",
    ),
    "moves: not past a change of another operand": (
        moves,
        "dx = x * y\nt = np.copy(dx)\ndx[:] = 0.0\ng[0] = 1.0\nu = t * g\nreturn dx, u",
        "dx = x * y\nt = np.copy(dx)\ndx[:] = 0.0\ng[0] = 1.0\nu = t * g\nreturn dx, u",
    ),
    "moves: not past the definition of another operand": (
        moves,
        "dx = x * y\nt = np.copy(dx)\ndx[:] = 0.0\ns = y + g\nu = t * s\nreturn dx, u",
        "dx = x * y\nt = np.copy(dx)\ndx[:] = 0.0\ns = y + g\nu = t * s\nreturn dx, u",
    ),
    "moves: not where the old value of the target is read": (
        moves,
        "dx = x * y\nu = x\nt = np.copy(dx)\ndx[:] = u\nu = t * g\nreturn dx, u",
        "dx = x * y\nu = x\nt = np.copy(dx)\ndx[:] = u\nu = t * g\nreturn dx, u",
    ),
    "moves: used twice": (
        moves,
        "dx = x * y\nt = np.copy(dx)\ndx[:] = 0.0\nu = t * g\nw = t + g\nreturn dx, u, w",
        "dx = x * y\nt = np.copy(dx)\ndx[:] = 0.0\nu = t * g\nw = t + g\nreturn dx, u, w",
    ),
    "views: update": (
        views,
        "dx = np.copy(x)\ndv = dx[1:]\ndv += 2.0\nreturn dx",
        "dx = np.copy(x)\ndx[1:] += 2.0\nreturn dx",
    ),
    "views: not an element": (
        views,
        "dx = np.copy(x)\ndv = dx[1]\ndv += 2.0\nreturn dx",
        "dx = np.copy(x)\ndv = dx[1]\ndv += 2.0\nreturn dx",
    ),
    "views: not a selection": (
        views,
        "dx = np.copy(x)\ni = np.array([0, 1])\ndv = dx[i]\ndv += 2.0\nreturn dx",
        "dx = np.copy(x)\ni = np.array([0, 1])\ndv = dx[i]\ndv += 2.0\nreturn dx",
    ),
    "views: read afterwards": (
        views,
        "dx = np.copy(x)\ndv = dx[1:]\ndv += 2.0\nreturn dx, dv",
        "dx = np.copy(x)\ndv = dx[1:]\ndv += 2.0\nreturn dx, dv",
    ),
    "views: base bound anew": (
        views,
        "dx = np.copy(x)\ndv = dx[1:]\ndx = x * 2.0\ndv += 2.0\nreturn dx",
        "dx = np.copy(x)\ndv = dx[1:]\ndx = x * 2.0\ndv += 2.0\nreturn dx",
    ),
    "delays: last use": (
        delays,
        "dx = g * x\nt = dx\ndx = dx * y\nu = t * x\nreturn dx, u",
        "dx = g * x\nu = dx * x\ndx = dx * y\nreturn dx, u",
    ),
    "delays: behind what is made of it": (
        delays,
        "dx = g * x\nt = dx\ndx = dx * y\nu = t * x\nz = z0 = u + 1.0\nreturn dx, z",
        "dx = g * x\nu = dx * x\nz = z0 = u + 1.0\ndx = dx * y\nreturn dx, z",
    ),
    "delays: not where the new value is read": (
        delays,
        "dx = g * x\nt = dx\ndx = dx * y\nu = t * dx\nreturn dx, u",
        "dx = g * x\nt = dx\ndx = dx * y\nu = t * dx\nreturn dx, u",
    ),
    "delays: not past a change of an operand": (
        delays,
        "dx = g * x\nt = dx\ndx = dx * y\ny[0] = 5.0\nu = t * x\nreturn dx, u",
        "dx = g * x\nt = dx\ndx = dx * y\ny[0] = 5.0\nu = t * x\nreturn dx, u",
    ),
    "delays: not where the copy lives on": (
        delays,
        "dx = g * x\nt = dx\ndx = dx * y\nu = t * x\nif len(x) > 1:\n    u = u + t\nreturn dx, u",
        "dx = g * x\nt = dx\ndx = dx * y\nu = t * x\nif len(x) > 1:\n    u = u + t\nreturn dx, u",
    ),
    "delays: not an update of the same array": (
        delays,
        "dx = g * x\nt = dx\ndx += y\nu = t * x\nreturn dx, u",
        "dx = g * x\nt = dx\ndx += y\nu = t * x\nreturn dx, u",
    ),
    "fold: whole numbers": (
        fold,
        "n = len(x)\nm = n - 0\nk = m * 1\nq = k / 1\nreturn m, k, q",
        "n = len(x)\nm = n\nk = m\nq = k / 1\nreturn m, k, q",
    ),
    "fold: sign of a sum": (
        fold,
        "s = np.sum(g, axis=0)\nt = -s\nu = t * x\nv = y + u\nreturn v",
        "s = np.sum(g, axis=0)\nt = -s\nt1 = s * x\nu = -t1\nv = y - t1\nreturn v",
    ),
    "fold: sum of the opposite": (
        fold,
        "t = -g\nu = np.sum(t, axis=0)\nv = x + u\nreturn v",
        "t = -g\nt1 = np.sum(g, axis=0)\nu = -t1\nv = x - t1\nreturn v",
    ),
    "histories: unread elements": (
        prune,
        "s = []\na = x * y\ns.append((a, x, g))\nt = s.pop()\na, u, w = t\nreturn a + w",
        "s = []\na = x * y\ns.append((a, g))\nt = s.pop()\na, w = t\nreturn a + w",
    ),
    "histories: the same twice": (
        prune,
        "s = []\nt = (x, y, x)\ns.append(t)\nr = s.pop()\na, b, c = r\ndx = a * b + c\nreturn dx",
        "s = []\nt = x, y\ns.append(t)\nr = s.pop()\na, b = r\nc = a\ndx = a * b + c\nreturn dx",
    ),
    "histories: one element": (
        prune,
        "s = []\na = x * y\ns.append((a, x))\nt = s.pop()\na, u = t\nreturn a",
        "s = []\na = x * y\ns.append(a)\nt = s.pop()\na = t\nreturn a",
    ),
    "histories: tuple under a name": (
        prune,
        "s = []\nr = x, g\ns.append(r)\nt = s.pop()\na, u = t\nreturn u",
        "s = []\nr = g\ns.append(r)\nt = s.pop()\nu = t\nreturn u",
    ),
    "histories: whole tuple read": (
        prune,
        "s = []\ns.append((x, g))\nt = s.pop()\na, u = t\nreturn u, t[0]",
        "s = []\ns.append((x, g))\nt = s.pop()\na, u = t\nreturn u, t[0]",
    ),
    "histories: needed in one of two places": (
        prune,
        "s = []\ns.append((x, g))\ns.append((y, g))\nt = s.pop()\na, b = t\nr = s.pop()\nc, d = r\n"
        "return a, d",
        "s = []\ns.append((x, g))\ns.append((y, g))\nt = s.pop()\na, b = t\nr = s.pop()\nc, d = r\n"
        "return a, d",
    ),
    "histories: unpacked at once": (
        unpack,
        "s = []\ns.append((x, g))\nt = s.pop()\na, b = t\nreturn a * b",
        "s = []\ns.append((x, g))\na, b = s.pop()\nreturn a * b",
    ),
    "dead: break": (
        dead,
        "n = 0\nwhile True:\n    c = n < 3\n    if c:\n        n = n + 1\n    else:\n        m = n * 2\n"
        "        break\nreturn n",
        "n = 0\nwhile True:\n    c = n < 3\n    if c:\n        n = n + 1\n    else:\n        break\nreturn n",
    ),
    "broadcast: into a product": (
        broadcast,
        "s = np.shape(x)\nt = np.broadcast_to(1.5, s)\nu = np.cos(x)\ndx = t * u\nreturn dx",
        "s = np.shape(x)\nt = np.broadcast_to(1.5, s)\nu = np.cos(x)\ndx = 1.5 * u\nreturn dx",
    ),
    "broadcast: into a choice whose condition has the shape": (
        broadcast,
        "c = x > 0.0\ns = np.shape(x)\nt = np.broadcast_to(1.5, s)\ndx = np.where(c, t, 0.0)\nreturn dx",
        "c = x > 0.0\ns = np.shape(x)\nt = np.broadcast_to(1.5, s)\ndx = np.where(c, 1.5, 0.0)\nreturn dx",
    ),
    "broadcast: into a choice by one number": (
        broadcast,
        "s = np.shape(x)\nt = np.broadcast_to(1.5, s)\nc = 1.0 > 0.0\ndx = np.where(c, t, 0.0)\nreturn dx",
        "s = np.shape(x)\nt = np.broadcast_to(1.5, s)\nc = 1.0 > 0.0\ndx = np.where(c, t, 0.0)\nreturn dx",
    ),
    "broadcast: into another shape": (
        broadcast,
        "s = np.shape(x)\nt = np.broadcast_to(1.5, s)\ndx = t * y\nreturn dx",
        "s = np.shape(x)\nt = np.broadcast_to(1.5, s)\ndx = t * y\nreturn dx",
    ),
    "broadcast: unbroadcast": (
        broadcast,
        "a = np.sin(x)\nb = a * 2.0\nc = b * x\nd = rt.unbroadcast(c, x)\nreturn d",
        "a = np.sin(x)\nb = a * 2.0\nc = b * x\nd = c\nreturn d",
    ),
    "broadcast: needed unbroadcast": (
        broadcast,
        "c = x * y\nd = rt.unbroadcast(c, x)\nreturn d",
        "c = x * y\nd = rt.unbroadcast(c, x)\nreturn d",
    ),
    "inplace: sum": (
        inplace,
        "dx = g * x\ndx = dx + y\ndx = x + dx\ndx = dx - y\nreturn dx",
        "dx = g * x\ndx += y\ndx += x\ndx -= y\nreturn dx",
    ),
    "inplace: loop": (
        inplace,
        "dx = np.zeros_like(x)\nfor i in range(3):\n    dx = dx + g\nreturn dx, g",
        "dx = np.zeros_like(x)\nfor i in range(3):\n    dx += g\nreturn dx, g",
    ),
    "inplace: not an alias": (
        inplace,
        "dx = g\ndx = dx + y\nreturn dx, g",
        "dx = g\ndx = dx + y\nreturn dx, g",
    ),
    "inplace: not when copied": (
        inplace,
        "dx = g * x\ndy = dx\ndx = dx + y\nreturn dx, dy",
        "dx = g * x\ndy = dx\ndx = dx + y\nreturn dx, dy",
    ),
    "inplace: not when viewed": (
        inplace,
        "dx = g * x\nv = dx[1:]\ndx = dx + y\nreturn dx, v",
        "dx = g * x\nv = dx[1:]\ndx = dx + y\nreturn dx, v",
    ),
    "inplace: not when stored": (
        inplace,
        "s = []\ndx = g * x\ns.append(dx)\ndx = dx + y\nt = s.pop()\nreturn dx, t",
        "s = []\ndx = g * x\ns.append(dx)\ndx = dx + y\nt = s.pop()\nreturn dx, t",
    ),
    "inplace: result tuple": (
        inplace,
        "dx = g * x\ndx = dx + y\nt = dx, g\nreturn t",
        "dx = g * x\ndx += y\nt = dx, g\nreturn t",
    ),
    "nest: expression": (
        nest,
        "t = x * y\nt1 = t + 2.0\ndx = g * t1\nreturn dx",
        "return g * (x * y + 2.0)",
    ),
    "nest: user variable": (nest, "t = x * y\nz = t + 2.0\nreturn z", "z = x * y + 2.0\nreturn z"),
    "nest: not over a store": (
        nest,
        "t = x * y\nx[0] = 5.0\nu = t + 1\nreturn u",
        "t = x * y\nx[0] = 5.0\nreturn t + 1",
    ),
    "nest: not over a call": (
        nest,
        "t = x * y\nw = double_in_place(x)\nu = t + w\nreturn u",
        "t = x * y\nw = double_in_place(x)\nreturn t + w",
    ),
    "nest: into a call": (nest, "t = x * y\nw = note(t)\nreturn w", "w = note(x * y)\nreturn w"),
    "nest: not into a loop": (
        nest,
        "t = x * y\nz = x\nfor i in range(3):\n    z = z + t\nreturn z",
        "t = x * y\nz = x\nfor i in range(3):\n    z = z + t\nreturn z",
    ),
    "nest: conditions": (
        nest,
        "c = len(x) > 2\nif c:\n    z = x\nelse:\n    z = y\nreturn z",
        "if len(x) > 2:\n    z = x\nelse:\n    z = y\nreturn z",
    ),
    "nest: while": (
        nest,
        "n = 0\nwhile True:\n    t = n * 2\n    c = t < 7\n    if c:\n        n = n + 1\n    else:\n"
        "        break\nreturn n",
        "n = 0\nwhile n * 2 < 7:\n    n = n + 1\nreturn n",
    ),
    "nest: rebound gradient": (
        nest,
        "dx = g * y\nt3 = x * 2.0\ndx = dx + t3\nreturn dx, dx",
        "dx = g * y + x * 2.0\nreturn dx, dx",
    ),
    "nest: index": (
        nest,
        "i = 1\nt = slice_ = x[0:2]\nu = i, \nv = t[u]\nreturn v",
        "t = slice_ = x[0:2]\nreturn t[1,]",
    ),
    "nest: method": (nest, "t = x * y\nu = t.sum(axis=0)\nreturn u", "return (x * y).sum(axis=0)"),
    "nest: no comparison of comparisons": (
        nest,
        "c = x > 0\nd = c == (y > 0)\nreturn d",
        "c = x > 0\nreturn c == (y > 0)",
    ),
    "nest: mask": (nest, "c = x > 0\ndx = g * c\nreturn dx", "return g * (x > 0)"),
    "nest: empty branch": (
        nest,
        "z = x\nc = len(x) > 2\nif c:\n    pass\nelse:\n    z = y\nreturn z",
        "z = x\nif not len(x) > 2:\n    z = y\nreturn z",
    ),
    "nest: pops stay in order": (
        nest,
        "s = []\ns.append(x)\ns.append(y)\na = s.pop()\nb = s.pop()\nt = b * 2.0\nu = a - t\nreturn u",
        "s = []\ns.append(x)\ns.append(y)\na = s.pop()\nb = s.pop()\nreturn a - b * 2.0",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_pass(name):
    check(*CASES[name])


MATRICES = Context(
    pure, ranks={"x": kind_of(X), "y": kind_of(X), "a": kind_of(np.outer(X, X)), "g": kind_of(1.5)}
)
FITTED = {
    "same dimensions": ("a = np.outer(x, x)\nt = a * x\nu = rt.unbroadcast(t, a)\nreturn u",
                        "a = np.outer(x, x)\nt = a * x\nu = t\nreturn u"),
    "leading axis": ("a = np.outer(x, x)\nt = a * x\nu = rt.unbroadcast(t, y)\nreturn u",
                     "a = np.outer(x, x)\nt = a * x\nu = np.sum(t, axis=0)\nreturn u"),
    "a number": ("a = np.outer(x, x)\nt = a * g\nu = rt.unbroadcast(t, g)\nreturn u",
                 "a = np.outer(x, x)\nt = a * g\nu = np.sum(t)\nreturn u"),
    "what may stand for zeros": ("t = g * 2.0\nu = rt.unbroadcast(t, x)\nreturn u",
                                 "t = g * 2.0\nu = rt.unbroadcast(t, x)\nreturn u"),
    "a number broadcast and scaled": (
        "s = np.shape(x)\nt = np.broadcast_to(g, s)\nu = -t\nv = u * y\nreturn v",
        "s = np.shape(x)\nt = np.broadcast_to(g, s)\nt1 = -g\nu = np.broadcast_to(t1, s)\nv = t1 * y\nreturn v",
    ),
    "a number broadcast to a matrix": (
        "a = np.outer(x, x)\nt = np.broadcast_to(g, np.shape(x))\nt1 = np.expand_dims(t, 1)\nu = t1 * a\nreturn u",
        "a = np.outer(x, x)\nt = np.broadcast_to(g, np.shape(x))\nt1 = np.expand_dims(t, 1)\nu = g * a\nreturn u",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FITTED)
def test_sums_and_broadcasts_by_what_is_known_of_dimensions(name):
    check(broadcast, *FITTED[name], MATRICES, (X, X + 0.5, 1.5))


PAIR = Context(
    pure, ranks={"p": container("tuple", (array(1), FLOAT)), "d": container("dict", (("a", FLOAT),))}
)
COLLECTED = {
    "tuple": (
        "p = x, 2.0\ndp = rt.zeros_like(p)\nrt.accumulate(dp, 0, g)\nt = x * y\nrt.accumulate(dp, 1, t)\nreturn dp",
        "p = x, 2.0\nt = x * y\ndp = [g, t]\nreturn dp",
    ),
    "missing number": (
        "p = x, 2.0\ndp = rt.zeros_like(p)\nrt.accumulate(dp, 0, g)\nreturn dp",
        "p = x, 2.0\ndp = [g, 0.0]\nreturn dp",
    ),
    "missing array": (
        "p = x, 2.0\ndp = rt.zeros_like(p)\nrt.accumulate(dp, 1, g)\nreturn dp",
        "p = x, 2.0\ndp = rt.zeros_like(p)\nrt.accumulate(dp, 1, g)\nreturn dp",
    ),
    "dict": (
        "d = {'a': x}\ndd = rt.zeros_like(d)\nrt.accumulate(dd, 'a', g)\nreturn dd",
        'd = {"a": x}\ndd = {"a": g}\nreturn dd',
    ),
    "added twice": (
        "p = x, 2.0\ndp = rt.zeros_like(p)\nrt.accumulate(dp, 0, g)\nrt.accumulate(dp, 0, y)\nreturn dp",
        "p = x, 2.0\nt = g + y\ndp = [t, 0.0]\nreturn dp",
    ),
    "part bound anew": (
        "p = x, 2.0\ndp = rt.zeros_like(p)\nrt.accumulate(dp, 0, g)\ng = y\nrt.accumulate(dp, 1, g)\nreturn dp",
        "p = x, 2.0\ndp = rt.zeros_like(p)\nrt.accumulate(dp, 0, g)\ng = y\nrt.accumulate(dp, 1, g)\nreturn dp",
    ),
    "unknown container": (
        "q = x, 2.0\ndq = rt.zeros_like(q)\nrt.accumulate(dq, 1, g)\nreturn dq",
        "q = x, 2.0\ndq = rt.zeros_like(q)\nrt.accumulate(dq, 1, g)\nreturn dq",
    ),
}


@pytest.mark.parametrize("name", COLLECTED)
def test_parts_of_a_container_are_collected(name):
    check(displays, *COLLECTED[name], PAIR)


def test_numbers_are_not_views_of_the_array_they_come_from():
    before = "e = x[0]\nt = e * 1.0\nx[0] = 5.0\nu = t + e\nreturn u, x"
    after = "e = x[0]\nt = e\nx[0] = 5.0\nu = t + e\nreturn u, x"
    check(fold, before, before)
    check(fold, before, after, Context(pure, inexact=frozenset("e"), ranks={"e": FLOAT, "t": FLOAT}))


def test_arrays_of_rank_zero_that_are_stored_to_are_no_numbers():
    before = "e = np.array(2.0)\nt = e * 1.0\ne[()] = 5.0\nu = t + e\nreturn u"
    check(fold, before, before, Context(pure, inexact=frozenset("e"), ranks={"e": FLOAT, "t": FLOAT}))


def test_an_integer_in_an_index_keeps_a_slice_a_view():
    before = "dx = np.outer(x, y)\ni = 1\ndv = dx[i, 1:]\ndv += 2.0\nreturn dx"
    after = "dx = np.outer(x, y)\ni = 1\ndx[i, 1:] += 2.0\nreturn dx"
    check(views, before, before)
    check(views, before, after, Context(pure, ranks={"i": Kind("int")}))


def test_a_gradient_has_the_shape_of_its_variable():
    before = "z = np.tanh(x)\ndz = g * z\nt = dz * z\ndx = rt.unbroadcast(t, x)\nreturn dx"
    check(broadcast, before, before.replace("rt.unbroadcast(t, x)", "t"), LIKE)


def test_long_lines_are_not_nested():
    names = [f"a_rather_long_name_{i}" for i in range(6)]
    lines = [f"{names[0]} = x * y"] + [f"{b} = np.sin({a}) * np.cos(x) + y" for a, b in zip(names, names[1:])]
    before = "\n".join(lines + [f"return {names[-1]}"])
    given = function("def f(x, y, g):\n" + textwrap.indent(before, "    "))
    result = nest(given, CONTEXT)
    assert max(map(len, text_of(result).splitlines())) <= 92
    assert same(run(given, X, X, X)[0], run(result, X, X, X)[0])


def test_optimize_returns_the_same_text_every_time():
    text = "def f(x, g):\n    t = np.sin(x)\n    u = np.sin(x)\n    dx = g * t * u\n    return dx"
    assert text_of(optimize(function(text), pure)) == text_of(optimize(function(text), pure))

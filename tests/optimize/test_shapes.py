"""What is claimed about shapes holds for real arrays, and what can be seen is claimed."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from adjoint_programs import SPACE, function, pure, text_of

from srcad.analysis.kinds import dims_of
from srcad.analysis.kinds_of_values import kind_of
from srcad.optimize import Context
from srcad.optimize.forward import Rewriter, walk
from srcad.optimize.kinds import TermKinds
from srcad.optimize.program import Program
from srcad.optimize.shapes import Shapes

PATTERNS = [
    "{a} + {b}", "{a} * 2.0", "-{a}", "np.sin({a})", "{a}[1:]", "{a}[:-1]", "{a}[1:-1]", "{a}[2:]", "{a}[:-2]",
    "{a}[:, 1:]", "{a}[:, :-1]", "{a}[..., 1:]", "{a}[None]", "{a}[0]", "{a}[:2]", "{a}[-2:]", "{a}[::2]", "{a}.T",
    "np.sum({a}, axis=0)", "np.sum({a}, axis=1, keepdims=True)", "np.max({a}, axis=-1)", "np.expand_dims({a}, 1)",
    "{a} @ {b}", "np.zeros_like({a})", "np.broadcast_to({a}, np.shape({b}))", "np.copy({a})", "{a}[n:]", "{a}[:n]",
    "np.where({a} > 0.0, {a}, {b})", "rt.unbroadcast({a} + {b}, {b})", "np.zeros(np.shape({a}))",
]  # fmt: skip
SIZES = [0, 1, 2, 3, 4]


def write(seed):
    """Return a program, its arguments, and the shapes of its variables when it runs."""
    chosen = random.Random(seed)
    arguments = {
        name: np.ones([chosen.choice(SIZES) for _ in range(chosen.choice([1, 2, 2]))]) for name in "xyz"
    }
    space = {**SPACE, **arguments, "n": chosen.choice([0, 1, 2])}
    lines, names = ["def f(x, y, z, n):"], list("xyz")
    for number in range(40):
        value = chosen.choice(PATTERNS).format(a=chosen.choice(names), b=chosen.choice(names))
        # Only what a run does without an error counts, and a variable may be bound anew.
        name = chosen.choice(names[3:]) if number % 5 == 4 and len(names) > 3 else f"t{number}"
        try:
            space[name] = eval(value, space)
        except (ValueError, IndexError, TypeError):
            continue
        lines.append(f"    {name} = {value}")
        names += [name] if name not in names else []
    lines.append("    return x")
    kinds = {name: kind_of(space[name]) for name in [*"xyz", "n"]}
    return "\n".join(lines), kinds, {name: np.shape(space[name]) for name in names}


def probe(text, kinds, compare):
    """Call a function with what is known where the program ends."""

    class Probe(Rewriter):
        def statement(self, stmt, known):
            if stmt.origin.__class__.__name__ == "Return":
                compare(self.program, known)

    walk(Program(function(text), Context(pure, ranks=kinds)), Probe)


@pytest.mark.parametrize("seed", range(150))
def test_shapes_that_are_said_to_be_the_same_are(seed):
    text, kinds, shapes = write(seed)

    def compare(program, known):
        found = Shapes(program, TermKinds(program))
        load = program.terms.load
        for first, second in itertools.combinations(shapes, 2):
            if found.same(load(first), load(second), known):
                assert shapes[first] == shapes[second], f"{first} and {second} in\n{text}"

    probe(text, kinds, compare)


@pytest.mark.parametrize("seed", range(150))
def test_dimensions_are_what_is_said(seed):
    text, kinds, shapes = write(seed)

    def compare(program, known):
        found = TermKinds(program)
        for name, shape in shapes.items():
            dims = dims_of(found.of(program.terms.load(name)))
            if dims is not None and name in found.definitions and len(found.definitions[name]) == 1:
                assert len(dims) == len(shape), f"{name} in\n{text}"
                assert all(d == "?" or (d == "1") == (n == 1) for d, n in zip(dims, shape)), f"{name}\n{text}"

    probe(text, kinds, compare)


SEEN = {
    "slices that leave out as much": ("a = x[1:-1]\nb = x[2:] * 2.0", True),
    "slices that leave out less": ("a = x[1:-1]\nb = x[1:]", False),
    "slices of slices": ("c = x[1:]\na = c[1:]\nb = x[:-2]", True),
    "slices from the end": ("a = x[-2:]\nb = x[:-2]", False),
    "slices by a fixed number": ("a = x[:n]\nb = np.sin(x[:n])", True),
    "slices by different numbers": ("m = n + 1\na = x[:n]\nb = x[:m]", False),
    "columns": ("a = z[:, 1:]\nb = z[:, :-1]", True),
    "rows and columns": ("a = z[1:]\nb = z[:, 1:]", False),
    "a product with a number": ("a = x\nb = x * n", True),
    "a sum with another array": ("a = x\nb = x + y", True),
    "an outer sum": ("a = x\nb = z[:, :1] + x", False),
    "a matrix product": ("a = z @ z.T\nb = np.sin(z @ z.T)", True),
    "a kept axis": ("a = np.sum(z, axis=1, keepdims=True)\nb = np.max(z, axis=1, keepdims=True)", True),
    "a sum over an axis": ("a = np.sum(z, axis=0)\nb = z[0]", True),
    "another variable now": ("a = x * 2.0\nx = x[1:]\nb = x", False),
    "a copy of itself": ("a = np.sin(x)\nx = np.copy(x)\nb = x", None),
}


@pytest.mark.parametrize("name", SEEN)
def test_what_is_seen_of_shapes(name):
    body, expected = SEEN[name]
    text = "def f(x, y, z, n):\n    " + body.replace("\n", "\n    ") + "\n    return x"
    kinds = {
        "x": kind_of(np.ones(3)),
        "y": kind_of(np.ones(3)),
        "z": kind_of(np.ones((4, 3))),
        "n": kind_of(2),
    }
    answers = []

    def compare(program, known):
        load = program.terms.load
        answers.append(Shapes(program, TermKinds(program)).same(load("a"), load("b"), known))

    probe(text, kinds, compare)
    assert expected is None or answers == [expected], text_of(function(text))

"""Random programs with loops, branches, stores, aliases and histories compute the same when optimised."""

from __future__ import annotations

import random

import numpy as np
import pytest
from adjoint_programs import function, pure, run, run_on, same, text_of

from srcad.analysis.kinds import array
from srcad.optimize import Context, optimize
from srcad.optimize.program import Program
from srcad.optimize.reuse import reuse_memory

ARRAYS = ["x", "y", "a", "b", "c", "dx", "dy"]
OPERATORS = ["+", "-", "*"]


class Writer:
    """Write a random function whose every variable is an array of three numbers."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = []
        self.count = 0
        self.values = []
        # Views and unknown calls make most memory one; without them more is left to optimise.
        self.kinds = self.random.choice([7, 9, 12])

    def pick(self):
        return self.random.choice(ARRAYS)

    def target(self):
        if self.random.random() < 0.4:
            self.count += 1
            return f"t{self.count}"
        return self.random.choice(ARRAYS[2:])

    def operand(self, recent):
        if recent and self.random.random() < 0.6:
            return self.random.choice(recent[-3:])
        return self.pick()

    def value(self, recent):
        if self.values and self.random.random() < 0.35:
            return self.random.choice(self.values[-6:])
        self.values.append(self.new_value(recent))
        return self.values[-1]

    def new_value(self, recent):
        kind = self.random.randrange(self.kinds)
        first, second = self.operand(recent), self.operand(recent)
        if kind < 4:
            return f"{first} {self.random.choice(OPERATORS)} {second}"
        if kind == 4:
            return f"-{first}"
        if kind == 5:
            return f"{first} * {self.random.choice(['1.0', '-1.0', '0.5', '1'])}"
        if kind == 6:
            return f"np.{self.random.choice(['sin', 'tanh', 'cos'])}({first})"
        if kind == 7:
            return first
        if kind == 8:
            return f"{first} / 2.0"
        if kind == 9:
            return f"{first}[::-1]"
        if kind == 10:
            return f"rt.unbroadcast({first}, {second})"
        return self.random.choice([f"np.copy({first})", f"np.zeros_like({first})", f"note({first})"])

    def block(self, indent, length, depth):
        recent = []
        pad = "    " * indent
        for _ in range(length):
            kind = self.random.randrange(20)
            if kind < 11 or depth == 0:
                name, value = self.target(), self.value(recent)
                self.lines.append(f"{pad}{name} = {value}")
                recent.append(name)
            elif kind == 11 or (kind == 13 and self.kinds < 12):
                index, number = self.random.randrange(3), self.random.random()
                name = self.random.choice(["x", "y", "a"])
                self.lines.append(f"{pad}{name}[{index}] = {number:.2f}")
            elif kind == 12:
                self.lines.append(f"{pad}{self.pick()} += {self.operand(recent)}")
            elif kind == 13:
                self.lines.append(f"{pad}h{self.random.randrange(2)}.append({self.operand(recent)})")
            elif kind == 14:
                stack, name = f"h{self.random.randrange(2)}", self.target()
                self.lines.append(f"{pad}{stack}.append({self.pick()})")
                self.lines.append(f"{pad}{name} = {stack}.pop()")
                recent.append(name)
            elif kind == 15:
                self.lines.append(f"{pad}{self.random.choice(['dx', 'dy'])} = dx + {self.operand(recent)}")
            elif kind < 18:
                self.branch(pad, indent, depth)
            else:
                self.loop(pad, indent, depth)

    def branch(self, pad, indent, depth):
        self.count += 1
        self.lines.append(f"{pad}q{self.count} = {self.pick()}[0] > 0.3")
        self.lines.append(f"{pad}if q{self.count}:")
        self.block(indent + 1, self.random.randrange(1, 4), depth - 1)
        self.lines.append(f"{pad}else:")
        self.block(indent + 1, self.random.randrange(1, 4), depth - 1)

    def loop(self, pad, indent, depth):
        self.count += 1
        number = self.count
        if self.random.random() < 0.5:
            self.lines.append(f"{pad}for i{number} in range({self.random.randrange(3)}):")
            self.block(indent + 1, self.random.randrange(1, 5), depth - 1)
            return
        self.lines += [f"{pad}k{number} = 0", f"{pad}while True:", f"{pad}    q{number} = k{number} < 2"]
        self.lines.append(f"{pad}    if q{number}:")
        self.lines.append(f"{pad}        k{number} = k{number} + 1")
        self.block(indent + 2, self.random.randrange(1, 4), depth - 1)
        self.lines += [f"{pad}    else:", f"{pad}        break"]

    def text(self):
        head = ["def f(x, y):", "    h0 = []", "    h1 = []", "    a = x * 0.5", "    b = np.sin(y)"]
        head += ["    c = x - y", "    dx = x * y", "    dy = np.copy(y)"]
        self.block(1, 12, 2)
        temporaries = [f"t{i}" for i in range(1, self.count + 1)]
        used = {name for name in temporaries if f" {name} = " in "\n".join(self.lines)}
        head += [f"    {name} = x + {index}.25" for index, name in enumerate(sorted(used))]
        return "\n".join(head + self.lines + ["    return a, b, c, dx, dy", ""])


PARTS = ["v", "w", "dv"]
SLICES = ["1:", ":2", "::2"]


class MemoryWriter(Writer):
    """Write a random function that keeps changing arrays through views; parts are arrays of two numbers."""

    def part(self):
        return self.random.choice([*PARTS, f"{self.pick()}[{self.random.choice(SLICES)}]"])

    def part_value(self):
        first, second = self.part(), self.part()
        return self.random.choice(
            [
                f"{first} {self.random.choice(OPERATORS)} {second}",
                f"{first} * 1.0",
                f"np.copy({first})",
                f"{first}.copy()",
                f"-{first}",
                f"{self.random.choice(['a', 'b', 'e'])}[1] * {first}",
                f"rt.unbroadcast({first}, {second})",
            ]
        )

    def block(self, indent, length, depth):
        pad = "    " * indent
        self.lines.append(f"{pad}pass")
        for _ in range(length):
            kind = self.random.randrange(24)
            whole, other, part = self.pick(), self.pick(), self.random.choice(PARTS)
            slice_ = self.random.choice(SLICES)
            if kind < 3:
                super().block(indent, 1, 0)
            elif kind < 6:
                self.lines.append(f"{pad}{part} = {whole}[{slice_}]")
            elif kind < 8:
                self.lines.append(f"{pad}{part} = {self.part_value()}")
            elif kind == 8:
                self.count += 1
                self.lines += [
                    f"{pad}t{self.count} = {whole}[{slice_}].copy()",
                    f"{pad}{whole}[{slice_}] = 0.0",
                ]
                self.lines.append(f"{pad}{part} = t{self.count} * {self.part()}")
            elif kind < 11:
                self.lines.append(f"{pad}{whole}[{slice_}] += {self.part()}")
            elif kind == 11:
                self.lines.append(f"{pad}{whole}[{slice_}] = {self.part_value()}")
            elif kind == 12:
                self.lines.append(f"{pad}{part} *= {self.part()}")
            elif kind == 13:
                self.lines.append(f"{pad}{whole}, {other} = {other}, {whole}")
            elif kind == 14:
                self.lines.append(f"{pad}np.add.at({whole}, [0, 0, 2], {other})")
            elif kind == 15:
                self.lines.append(
                    f"{pad}{whole}[...] = {self.random.choice([other, other + '[::-1]', '0.5'])}"
                )
            elif kind == 16:
                self.lines.append(f"{pad}e = {whole}[{self.random.choice(['::-1', ':', '...'])}]")
            elif kind == 17:
                stack = f"h{self.random.randrange(2)}"
                saved = f"{whole}[:]" + self.random.choice(["", ".copy()"])
                self.lines.append(f"{pad}{stack}.append({saved})")
                self.lines.append(f"{pad}{whole}[1:] += {self.part()}")
                self.lines.append(f"{pad}{other}[:] = {stack}.pop()")
            elif kind == 18:
                self.lines.append(f"{pad}{whole}[{self.random.randrange(3)}] = {other}[1] * 0.5")
            elif kind == 19:
                self.count += 1
                self.lines.append(f"{pad}t{self.count} = {whole}[1]")
                self.lines.append(f"{pad}{whole}[1] = 0.25")
                self.lines.append(f"{pad}{other}[2] += t{self.count} * 2.0")
            elif kind == 20:
                self.lines.append(f"{pad}{whole}.fill(0.75)")
            elif kind < 23 and depth:
                self.branch(pad, indent, depth)
            elif depth:
                self.loop(pad, indent, depth)

    def text(self):
        head = ["def f(x, y):", "    h0 = []", "    h1 = []", "    a = x * 0.5", "    b = np.sin(y)"]
        head += ["    c = x - y", "    dx = np.zeros_like(x)", "    dy = np.copy(y)", "    e = x[::-1]"]
        head += ["    v = a[1:]", "    w = b[:2]", "    dv = dx[1:]"]
        self.block(1, 14, 2)
        body = "\n".join(self.lines)
        missing = [f"t{i}" for i in range(1, self.count + 1) if f" t{i} = " in body]
        head += [f"    {name} = x[:] * 0.25" for name in missing]
        return "\n".join([*head, body, "    return a, b, c, dx, dy, v, w, e, x, y", ""])


class BlockWriter(Writer):
    """Write a random function whose variables are arrays of three axes, but for the vector ``g``."""

    def new_value(self, recent):
        first, second = self.operand(recent), self.operand(recent)
        kind = self.random.randrange(10)
        if kind < 6:
            return f"{first} {self.random.choice('+-**/')} {second}"
        others = [
            f"-{first}",
            f"{self.random.choice('12')} - {first}",
            f"{first} * g",
            f"{first}[::-1]",
            first,
        ]
        return self.random.choice(others)

    def block(self, indent, length, depth):
        recent = []
        pad = "    " * indent
        for _ in range(length):
            kind = self.random.randrange(20)
            if kind == 0 and depth:
                self.branch(pad, indent, depth)
            elif kind == 1 and depth:
                self.loop(pad, indent, depth)
            else:
                name, value = self.target(), self.value(recent)
                self.lines.append(f"{pad}{name} = {value}")
                recent.append(name)

    def branch(self, pad, indent, depth):
        self.lines.append(f"{pad}if g[0] > 0.0:")
        self.block(indent + 1, self.random.randrange(1, 4), depth - 1)

    def loop(self, pad, indent, depth):
        self.lines.append(f"{pad}for _ in range(2):")
        self.block(indent + 1, self.random.randrange(1, 5), depth - 1)


SEEDS = range(60)
BLOCK_SEEDS = range(60)
MEMORY_SEEDS = range(120)
NAMES = {"owned": ["dx", "dy"], "keep": ["a", "x"], "inexact": [*ARRAYS]}


def outcome(fn):
    """Return what a run gives, and what became of the arguments."""
    with np.errstate(all="ignore"):
        x, y = np.array([0.2, 0.9, -0.4]), np.array([0.7, -0.1, 0.35])
        results, log = run(fn, x, y)
        whole = np.array([0.3, -0.8, 0.5, 0.45])
        more, more_log = run_on(fn, whole[1:], whole[:-1])
        return (*results, *more), log + more_log


@pytest.mark.parametrize("seed", SEEDS)
def test_random_program(seed):
    check(Writer(seed).text())


@pytest.mark.parametrize("seed", MEMORY_SEEDS)
def test_random_program_that_changes_memory(seed):
    check(MemoryWriter(seed).text())


@pytest.mark.parametrize("seed", BLOCK_SEEDS)
def test_random_program_on_blocks(seed):
    before = function(BlockWriter(seed).text().replace("f(x, y)", "f(x, y, g)"))
    kinds = {
        name: array(dims=dims, dtype="float64") for name, dims in (("x", "NNN"), ("y", "NNN"), ("g", "N"))
    }
    x = np.random.default_rng(seed).normal(size=(2, 3, 4))
    for passes in (_reused, optimize):
        after = passes(before, pure, inexact=frozenset(kinds), ranks=kinds)
        with np.errstate(all="ignore"):
            first, second = (run(fn, x.copy(), x + 1.0, x[0, 0]) for fn in (before, after))
        assert same(first[0], second[0]), f"{text_of(before)}\n{text_of(after)}"


def _reused(fn, pure, *, inexact, ranks):
    program = Program(fn, Context(pure, inexact=inexact, ranks=ranks))
    reuse_memory(program)
    return program.to_function()


def check(text):
    before = function(text)
    for names in ({}, NAMES):
        after = optimize(before, pure, **names)
        first, second = outcome(before), outcome(after)
        assert same(first[0], second[0]), f"{text}\n{text_of(after)}"
        assert same(first[1], second[1]), f"{text}\n{text_of(after)}"

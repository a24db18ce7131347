"""Gradients of random programs that change arrays, lists, dicts and objects, against central differences.

``SRCAD_PROGRAMS`` in the environment sets how many programs there are.  A failure is shrunk by Hypothesis
and printed whole: the program, the arguments, both derivatives and the generated code.
"""

from __future__ import annotations

import copy
import itertools
import os
import sys
import time
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, reject, seed, settings
from hypothesis import strategies as st

from srcad.api import value_and_grad
from srcad.errors import UnsupportedError
from tests.property.containers import container_program
from tests.property.marked import numerical_slopes, report
from tests.property.mutation import MutatingProgram, Pick, mutating_program

PROGRAMS = int(os.environ.get("SRCAD_PROGRAMS", "100"))
# Batches are what runs in parallel.
BATCHES = min(20, PROGRAMS)
GENERATORS = {"arrays": (mutating_program, 1), "containers": (container_program, 16)}
"""How programs are made, and of how many planned ones one is: those that hold objects cost most."""
DECISIONS = 600
SHRINKING_SECONDS = 20.0
REFUSED_SHARE = 0.03

_numbers = itertools.count()


def _from_bytes(generator: Callable[[Pick], MutatingProgram], decisions: bytes) -> MutatingProgram:
    """Return the program that these decisions lead to; when they are used up, all is as simple as can be."""
    following = iter(decisions)
    return generator(lambda n: next(following, 0) % n)


@pytest.mark.parametrize("batch", range(BATCHES))
@pytest.mark.parametrize("title", GENERATORS)
def test_random_mutations(title: str, batch: int, tmp_path: Path) -> None:
    generator, one_of = GENERATORS[title]
    count = max(1, len(range(batch, PROGRAMS, BATCHES)) // one_of)

    failures: dict[bytes, AssertionError] = {}
    first_failure = [0.0]
    refused: list[MutatingProgram] = []

    @seed(1000 + batch)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.binary(min_size=DECISIONS, max_size=DECISIONS))
    def check(decisions: bytes) -> None:
        if decisions in failures:
            raise failures[decisions]
        if failures and time.monotonic() > first_failure[0] + SHRINKING_SECONDS:
            return
        try:
            program = _from_bytes(generator, decisions)
            if not _is_right(program, tmp_path):
                refused.append(program)
        except AssertionError as error:
            first_failure[0] = first_failure[0] or time.monotonic()
            failures[decisions] = error
            raise

    check()
    assert len(refused) <= max(1, REFUSED_SHARE * count), refused[0].plain()


def _is_right(program: MutatingProgram, folder: Path) -> bool:
    """Compare one program's gradients along one direction for each argument; tell whether it was not refused."""
    function = _load(program.plain(), folder)
    args, directions = _point(program)
    try:
        with np.errstate(all="ignore"):
            expected = float(function(*copy.deepcopy(args)))
            numerical = numerical_slopes(program, args, directions)
    except (ArithmeticError, ValueError):  # a number has grown beyond what a sine takes
        reject()
    derivative = value_and_grad(function, argnums=tuple(range(len(args))))
    try:
        given_args = copy.deepcopy(args)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            value, gradients = derivative(*given_args)
        assert repr(float(value)) == repr(expected), f"value {value!r}, expected {expected!r}"
        for number, (before, after) in enumerate(zip(args, given_args)):
            np.testing.assert_array_equal(before, after, f"argument {number} was changed")
        for number, (argument, gradient) in enumerate(zip(args, gradients)):
            assert np.shape(gradient) == np.shape(argument), (
                f"shape {np.shape(gradient)} for argument {number}"
            )
        actual = [float(np.sum(g * d)) for g, d in zip(gradients, directions)]
        for number, (ours, theirs) in enumerate(zip(actual, numerical)):
            if theirs is not None:
                scale = 1e-5 * max(1.0, abs(theirs), abs(expected))
                assert abs(ours - theirs) <= scale, (
                    f"argument {number}: srcad {ours!r}, central differences {theirs!r}"
                )
    except UnsupportedError:
        return False  # right or refused; how many may be refused is checked for each batch
    except Exception as error:
        raise AssertionError(report(program, args, error, derivative)) from error
    return True


def _load(text: str, folder: Path) -> Callable[..., Any]:
    """Run the text from a file of its own, where ``inspect`` finds it."""
    path = folder / f"program_{next(_numbers)}.py"
    path.write_text(text, encoding="utf-8")
    module = types.ModuleType(path.stem)
    sys.modules[path.stem] = module  # where the source of a class is looked for
    exec(compile(text, str(path), "exec"), module.__dict__)
    function: Any = module.program
    return function


def _point(program: MutatingProgram) -> tuple[list[Any], list[Any]]:
    """Return arguments and one direction for each."""
    rng = np.random.default_rng(program.seed)
    args = [rng.uniform(-1.2, 1.2, shape) for shape in program.shapes]
    directions = [rng.uniform(0.3, 1.0, shape) * rng.choice([-1.0, 1.0], shape) for shape in program.shapes]
    return [float(a) if np.shape(a) == () else a for a in args], directions

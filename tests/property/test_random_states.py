"""Random programs with objects, graphs of them, and variables that begin as None, in all modes and in second order.

``SRCAD_PROGRAMS`` in the environment sets how many programs there are.  A second derivative is the derivative of a
gradient, along one direction, against central differences of the gradient.
"""

from __future__ import annotations

import copy
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from srcad.api import grad, value_and_grad
from srcad.errors import UnsupportedError
from srcad.operators import jvp
from tests.property.beginnings import beginning_program
from tests.property.central_differences import central_difference
from tests.property.mutation import MutatingProgram, Pick
from tests.property.object_graphs import graph_program
from tests.property.object_mutation import object_program
from tests.property.test_random_modes import along, loaded, point

PROGRAMS = max(8, int(os.environ.get("SRCAD_PROGRAMS", "100")) // 8)
# Batches are what runs in parallel.
BATCHES = min(8, PROGRAMS)
SECOND_OF = 5
"""Of how many programs one is differentiated twice, which costs most."""
REFUSED_SHARE = 0.1
DECISIONS = 3000
POSITIONS = (0, 1, 2)


@pytest.mark.parametrize("batch", range(BATCHES))
@pytest.mark.parametrize("made", [object_program, graph_program, beginning_program])
def test_random_programs_in_all_modes(
    made: Callable[[Pick], MutatingProgram], batch: int, tmp_path: Path
) -> None:
    numbers = range(batch, PROGRAMS, BATCHES)
    refused: list[str] = []
    for number in numbers:
        program = numbered(made, number)
        function = loaded(program.plain(), tmp_path / f"program_{number}.py")
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore", RuntimeWarning)
            try:
                check(program, function, twice=number // BATCHES % SECOND_OF == 0)
            except UnsupportedError:
                refused.append(program.plain())
            except Exception as error:
                raise AssertionError(f"program {number}: {error}\n\n{program.plain()}") from error
    assert len(refused) <= max(1, REFUSED_SHARE * len(numbers)), refused[0]


def numbered(made: Callable[[Pick], MutatingProgram], number: int) -> MutatingProgram:
    """Return the program of a number."""
    following = iter(np.random.default_rng(number).integers(0, 1 << 30, DECISIONS).tolist())
    return made(lambda n: next(following, 0) % n)


def check(program: MutatingProgram, function: Callable[..., Any], twice: bool) -> None:
    """Compare derivatives along one direction with central differences, where the program runs."""
    args, directions = point(program)
    run = Way(program, args, directions)
    try:
        expected = float(function(*copy.deepcopy(args)))
        numerical = central_difference(run)
    except (ArithmeticError, ValueError, TypeError, LookupError):
        return  # such a program is none
    if abs(expected) > 1e8:
        return  # differences of the sine of such a number tell nothing
    given_args = copy.deepcopy(args)
    value, gradients = value_and_grad(function, POSITIONS)(*given_args)
    assert repr(float(value)) == repr(expected), f"value {value!r}, expected {expected!r}"
    for before, after in zip(args, given_args):
        np.testing.assert_array_equal(before, after, "an argument was changed")
    close(along(gradients, directions), numerical, 1e-5, expected, "in reverse mode")
    value, tangent = jvp(function, args, directions)
    # Rounding is another one where products are written differently, and a chaotic program enlarges it.
    rounding = 1e-9 * max(1.0, abs(expected), abs(float(tangent)))
    np.testing.assert_allclose(float(value), expected, 0, rounding, err_msg="value in forward mode")
    close(float(tangent), numerical, 1e-5, expected, "in forward mode")
    if twice:

        def first(*arguments: Any) -> Any:
            gradients = grad(function, POSITIONS)(*arguments)
            return sum(np.sum(gradient * direction) for gradient, direction in zip(gradients, directions))

        def moved(offset: float) -> tuple[float, Any]:
            return float(first(*run.at(offset))), run(offset)[1]

        second = along(grad(first, POSITIONS)(*args), directions)
        close(second, central_difference(moved), 1e-4, expected, "in second order")


def close(ours: float, theirs: float | None, tolerance: float, size: float, title: str) -> None:
    """Assert that two derivatives agree, if there are two."""
    if theirs is not None:
        scale = tolerance * max(1.0, abs(ours), abs(theirs), abs(size))
        assert abs(ours - theirs) <= scale, f"{title}: srcad {ours!r}, central differences {theirs!r}"


class Way:
    """Runs a program at points on a line; tells its value and the way that it took."""

    def __init__(self, program: MutatingProgram, args: Any, directions: Any) -> None:
        self.args, self.directions = args, directions
        self.way: list[bytes] = []
        self.namespace: dict[str, Any] = {"_note": self.note, "__name__": "noting"}
        exec(compile(program.noting(), "<noting>", "exec"), self.namespace)

    def note(self, condition: Any) -> Any:
        self.way.append(np.asarray(condition).tobytes())
        return condition

    def at(self, offset: float) -> list[Any]:
        return [a + offset * d for a, d in zip(self.args, self.directions)]

    def __call__(self, offset: float) -> tuple[float, tuple[bytes, ...]]:
        self.way.clear()
        return float(self.namespace["program"](*self.at(offset))), tuple(self.way)

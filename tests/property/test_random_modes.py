"""Random programs in forward mode against reverse mode, and the two modes over each other in either order.

What is compared was written by different parts of the compiler, so it has to agree to rounding.  How often is set by
``SRCAD_PROGRAMS`` in the environment.
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

from srcad.api import value_and_grad
from srcad.errors import UnsupportedError
from srcad.operators import hvp, jvp
from tests.property.generate import FLOAT, VECTOR, random_program
from tests.property.mutation import mutating_program

PROGRAMS = int(os.environ.get("SRCAD_PROGRAMS", "100")) // 20
DECISIONS = 600
GENERATORS = {"values": random_program, "memory": mutating_program}


@pytest.mark.parametrize("number", range(PROGRAMS))
@pytest.mark.parametrize("topic", GENERATORS)
def test_modes_agree(topic: str, number: int, tmp_path: Path) -> None:
    following = iter(np.random.default_rng(number).bytes(DECISIONS))
    program = GENERATORS[topic](lambda n: next(following, 0) % n)
    args, directions = point(program)
    function = loaded(program.plain(), tmp_path / f"{topic}_{number}.py")
    positions = tuple(range(len(args)))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        expected = float(function(*copy.deepcopy(args)))
        try:
            _, gradients = value_and_grad(function, positions)(*args)
        except UnsupportedError:
            return
        value, tangent = jvp(function, args, directions)
        product = hvp(function, positions)(*args, directions)
    assert repr(float(value)) == repr(expected), program.plain()
    close(tangent, along(gradients, directions), expected, program.plain())
    # The Hessian is symmetric: two products with different vectors give the same number.
    others = [np.roll(d, 1) * 0.7 if np.ndim(d) else 0.7 * d for d in directions]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        swapped = hvp(function, positions)(*args, tuple(others))
    close(along(product, others), along(swapped, directions), expected, program.plain())


def along(gradients: Any, directions: Any) -> float:
    """Return the inner product of gradients and directions."""
    return float(sum(np.sum(g * d) for g, d in zip(gradients, directions)))


def close(first: float, second: float, size: float, text: str) -> None:
    """Assert that two numbers agree to rounding, or are both not finite."""
    if np.isfinite(first) and np.isfinite(second):
        assert abs(first - second) <= 1e-8 * max(1.0, abs(first), abs(second), abs(size)), text
    else:
        assert np.isfinite(first) == np.isfinite(second), text


def loaded(text: str, path: Path) -> Callable[..., Any]:
    """Run the text from a file of its own, where ``inspect`` finds it."""
    path.write_text(text, encoding="utf-8")
    namespace: dict[str, Any] = {"__name__": path.stem}
    exec(compile(text, str(path), "exec"), namespace)
    function: Callable[..., Any] = namespace["program"]
    return function


def point(program: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return arguments and one direction for each."""
    rng = np.random.default_rng(program.seed)
    of_kind = {FLOAT: (), VECTOR: (3,)}
    shapes = getattr(program, "shapes", None) or [of_kind.get(kind, (2, 3)) for kind in program.kinds]
    args = [rng.uniform(-1.2, 1.2, shape) for shape in shapes]
    directions = [rng.uniform(0.3, 1.0, shape) * rng.choice([-1.0, 1.0], shape) for shape in shapes]
    scalar = [tuple(float(a) if np.shape(a) == () else a for a in part) for part in (args, directions)]
    return scalar[0], scalar[1]

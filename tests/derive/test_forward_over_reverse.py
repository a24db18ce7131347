"""Hessian-vector products of the corpus: forward mode of generated gradients, against differences of gradients."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from srcad.api import grad
from srcad.operators import hvp
from tests.programs.corpus import PROGRAMS, Program
from tests.programs.numerical import direction_of, leaves, moved
from tests.programs.test_programs import TOPICS
from tests.programs.test_second_order_corpus import REFUSED

assert TOPICS, "importing the test of reverse mode fills the corpus"

LEAVES_ITS_BRANCH = {"branches-or_with_values-1"}
SCALAR = [
    entry
    for entry in PROGRAMS
    if isinstance(entry.function(*copy.deepcopy(entry.args)), float)
    and entry.label not in LEAVES_ITS_BRANCH | REFUSED
    and list(leaves(entry.args))
]
STEP = 1e-4


@pytest.mark.parametrize("entry", SCALAR, ids=lambda entry: entry.label)
def test_hessian_times_direction(entry: Program) -> None:
    positions = tuple(sorted({path[0] for path, _ in leaves(entry.args)}))
    direction = direction_of(entry.args)

    product = hvp(entry.function, positions)(*entry.args, tuple(direction[p] for p in positions))

    gradient = grad(entry.function, positions)
    ahead, behind = (dict(leaves(gradient(*moved(entry.args, direction, h)))) for h in (STEP, -STEP))
    found: dict[Any, Any] = dict(leaves(product))
    for path in ahead:
        numerical = (ahead[path] - behind[path]) / (2 * STEP)
        single = np.asarray(ahead[path]).dtype == np.float32
        rtol, atol = (0.1, 0.1) if single else (1e-4, 1e-5)
        np.testing.assert_allclose(found[path], numerical, rtol=rtol, atol=atol, err_msg=str(path))

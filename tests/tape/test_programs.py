"""The corpus of programs: what the tape finds is what the compiled derivative finds."""

from __future__ import annotations

import copy
import importlib
from typing import Any

import numpy as np
import pytest

from srcad import tree, vjp
from srcad.errors import NoDerivativeError, UnsupportedError
from srcad.tape import pulled_back
from tests.programs.corpus import PROGRAMS, Program
from tests.programs.numerical import direction_of, leaves

TOPICS = (
    "straight_line",
    "branches",
    "loops",
    "exits",
    "calls",
    "closures",
    "containers",
    "comprehensions",
    "matching",
    "builtins_",
    "methods",
    "recursion",
    "numpy_programs",
    "others_get_wrong",
)
for topic in TOPICS:
    importlib.import_module(f"tests.programs.{topic}")


# These make plain floats of their arguments, or arrays by np.r_, which a tape refuses and the compiler follows.
PLAIN_FLOATS = (
    "builtins_-float_int_bool",
    "others_get_wrong-numpy_scalars",
    "numpy_programs-arrays_joined_by_index_tricks",
)
# These change their arguments, which a tape does not copy.
CHANGING = ("methods_of_an_argument_that_change_it", "two_names_for_one_object")
ENTRIES = [
    entry
    for entry in PROGRAMS
    if entry.label.partition("-")[0] in TOPICS and entry.function.__name__ not in CHANGING
]


def taped(entry: Program, direction: Any) -> list[Any]:
    """Return the gradients of a program by the tape, with its calls of ``math`` recorded."""
    return pulled_back(entry.function, copy.deepcopy(entry.args), direction)


@pytest.mark.filterwarnings("ignore:A tape was asked to watch an integer")
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.label)
def test_tape_and_compiled_derivative_agree(entry):
    direction = direction_of(entry.function(*copy.deepcopy(entry.args)))
    if entry.label in PLAIN_FLOATS:
        with pytest.raises((NoDerivativeError, UnsupportedError)):
            taped(entry, direction)
        return
    _, pullback = vjp(entry.function, *entry.args)
    compiled = dict(leaves(list(pullback(direction))))
    for path, gradient in leaves(taped(entry, direction)):
        where = "args" + "".join(f"[{key!r}]" for key in path)
        np.testing.assert_allclose(gradient, compiled[path], rtol=1e-5, atol=1e-12, err_msg=where)


def test_the_tape_finds_a_gradient_at_every_number_of_a_program():
    entry = next(e for e in ENTRIES if len(tree.leaves(list(e.args))) > 2 and e.label not in PLAIN_FLOATS)
    direction = direction_of(entry.function(*copy.deepcopy(entry.args)))
    assert [p for p, _ in leaves(taped(entry, direction))] == [p for p, _ in leaves(list(entry.args))]

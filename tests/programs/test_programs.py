"""Every program of the corpus: value, gradients, structure, and arguments left alone."""

from __future__ import annotations

import copy
import importlib
from typing import Any

import numpy as np
import pytest

from srcad.api import value_and_grad, vjp
from tests.programs.corpus import PROGRAMS, Program
from tests.programs.numerical import assert_like, direction_of, leaves, numerical_gradient

TOPICS = (
    "straight_line",
    "asked_versions",
    "branches",
    "lasting_defaults",
    "local_classes",
    "loops",
    "exits",
    "calls",
    "starred",
    "decorators",
    "closures",
    "containers",
    "comprehensions",
    "matching",
    "builtins_",
    "methods",
    "recursion",
    "second_order",
    "numpy_programs",
    "others_get_wrong",
    "in_place",
    "generators",
    "exceptions",
    "mutation_views",
    "mutation_stores",
    "mutation_objects",
    "mutation_lists",
    "mutation_control",
    "mutation_aliases",
    "mutation_order",
    "mutation_algorithms",
    "everyday_loops",
    "everyday_containers",
    "everyday_classes",
    "answering_classes",
    "abstract_containers",
    "everyday_functions",
    "everyday_arrays",
    "everyday_aliases",
    "comparable_callables",
    "complex_programs",
    "dicts_as_caches",
    "parts_of_objects",
    "objects_in_containers",
    "constants_of_modules",
    "named_tuples",
    "not_there_yet",
    "replaced_dataclasses",
    "numbers_updated",
    "numbers_that_become_arrays",
    "scalars_of_numpy",
    "limits_of_types",
    "class_methods",
    "rearranged_containers",
    "contexts",
    "iterators",
    "kept_methods",
    "kept_operands",
    "operators_by_name",
    "zipped_lists",
    "kept_outside",
    "siblings",
    "iterators_elsewhere",
    "unknown_ranks",
    "libraries",
    "held_objects",
    "instances",
    "instances_of_all_kinds",
    "classes_of_numbers",
    "ordered_lists",
    "callbacks",
    "class_protocols",
    "declined_operators",
    "delegation",
    "gathered_lists",
    "containers_filled",
    "sets_and_text",
    "machines",
    "state_and_views",
    "lazy_iterators",
    "left_half_done",
    "extended_containers",
    "deleted_attributes",
    "awkward_names",
    "sequence_classes",
    "interleaved_generators",
    "own_iterators",
    "growing_lists",
    "function_attributes",
    "repeated_lists",
    "objects_in_dicts",
    "set_up_later",
    "trees_of_classes",
    "engines",
    "computed_defaults",
)
for topic in TOPICS:
    importlib.import_module(f"tests.programs.{topic}")


@pytest.mark.parametrize("entry", PROGRAMS, ids=lambda entry: entry.label)
def test_program(entry: Program) -> None:
    before = copy.deepcopy(entry.args)
    expected = entry.function(*copy.deepcopy(entry.args))
    direction = direction_of(expected)

    value, pullback = vjp(entry.function, *entry.args)
    gradients = pullback(direction)

    assert repr(_data(value)) == repr(_data(expected))
    np.testing.assert_equal(_data(entry.args), _data(before), "the arguments were changed")
    assert len(gradients) == len(entry.args)
    for gradient, argument in zip(gradients, entry.args):
        assert_like(gradient, argument)
    numerical = numerical_gradient(entry.function, entry.args, direction)
    _compare(gradients, numerical)
    _compare(pullback(direction), numerical)
    if isinstance(expected, float):
        _check_value_and_grad(entry, expected, direction, numerical)


def _check_value_and_grad(entry: Program, expected: float, direction: float, numerical: dict) -> None:
    """Check the other operator, whose gradients are those of the value itself."""
    positions = tuple(sorted({path[0] for path, _ in leaves(entry.args)}))
    value, gradients = value_and_grad(entry.function, argnums=positions)(*entry.args)
    assert value == expected
    by_position = dict(zip(positions, gradients))
    _compare(by_position, {path: numbers / direction for path, numbers in numerical.items()})


def _compare(gradients: Any, numerical: dict) -> None:
    """Compare each leaf of the gradients with its numerical value."""
    for path, numbers in numerical.items():
        gradient = gradients
        for key in path:
            gradient = getattr(gradient, key) if _is_field(gradient, key) else gradient[key]
        where = "args" + "".join(f"[{key!r}]" for key in path)
        rtol = 1e-5 if np.asarray(gradient).dtype == np.float64 else 1e-4
        np.testing.assert_allclose(gradient, numbers, rtol=rtol, atol=1e-8, err_msg=where)


def _is_field(value: Any, key: Any) -> bool:
    return isinstance(key, str) and not isinstance(value, dict)


def _data(value: Any) -> Any:
    """Return nested lists of what ``value`` holds, leaving functions and other identities out."""
    if isinstance(value, dict):
        return [[key, _data(item)] for key, item in value.items()]
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, [_data(item) for item in value]]
    if isinstance(value, np.ndarray):
        return [str(value.dtype), value.shape, value.tolist()]
    if hasattr(value, "__dict__") and not callable(value):
        return [type(value).__name__, _data(vars(value))]
    return "a function" if callable(value) else value

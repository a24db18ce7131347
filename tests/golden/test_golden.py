"""The generated text of programs worth showing, and that this text alone computes the derivative.

After a change of the compiler ``make golden`` writes the texts anew; read the difference before keeping it.
"""

from __future__ import annotations

import ast
import copy

import numpy as np
import pytest

from tests.golden.golden_file import PROGRAMS, GoldenFile
from tests.programs.numerical import assert_like, numerical_gradient

FILES = sorted(PROGRAMS.glob("*.py"))
ALLOWED_IMPORTS = {"import math", "import numpy as np", "from srcad import runtime as rt"}


GRADIENTS = [path for path in FILES if GoldenFile(path).tangents is None]
FORWARD = [path for path in FILES if path not in GRADIENTS]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_generated_text_is_the_expected_one(path):
    golden = GoldenFile(path)
    assert golden.derivative() == golden.expected.lstrip("\n")


@pytest.mark.parametrize("path", GRADIENTS, ids=lambda path: path.stem)
def test_the_text_alone_computes_the_gradient(path, tmp_path):
    golden = GoldenFile(path)
    arguments = copy.deepcopy(golden.arguments)
    gradients = golden.loaded(tmp_path)(*arguments)
    np.testing.assert_equal(repr(arguments), repr(golden.arguments), "the arguments were changed")
    positions = golden.argnums if isinstance(golden.argnums, tuple) else (golden.argnums,)
    gradients = gradients if isinstance(golden.argnums, tuple) else (gradients,)
    by_position = dict(zip(positions, gradients))
    for position, gradient in by_position.items():
        assert_like(gradient, golden.arguments[position])
    numerical = numerical_gradient(golden.function, golden.arguments, 1.0)
    compared = {place: numbers for place, numbers in numerical.items() if place[0] in by_position}
    assert compared
    for place, numbers in compared.items():
        found = by_position[place[0]]
        for key in place[1:]:
            found = getattr(found, key) if hasattr(found, str(key)) else found[key]
        np.testing.assert_allclose(found, numbers, rtol=1e-6, atol=1e-8, err_msg=str(place))


@pytest.mark.parametrize("path", FORWARD, ids=lambda path: path.stem)
def test_the_text_alone_computes_the_value_and_its_tangent(path, tmp_path):
    golden = GoldenFile(path)
    given = [t for t in golden.tangents if t is not None]
    value, tangent = golden.loaded(tmp_path)(*copy.deepcopy(golden.arguments), *copy.deepcopy(given))
    assert value == pytest.approx(golden.function(*copy.deepcopy(golden.arguments)), rel=1e-12)
    numerical = numerical_gradient(golden.function, golden.arguments, 1.0)
    wanted = {place: n for place, n in numerical.items() if golden.tangents[place[0]] is not None}
    along = sum(np.sum(numbers * golden.tangents[place[0]]) for place, numbers in wanted.items())
    assert tangent == pytest.approx(along, rel=1e-6)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_text_imports_numpy_the_runtime_and_the_classes_of_the_program_only(path):
    expected = GoldenFile(path).expected
    imports = [n for n in ast.walk(ast.parse(expected)) if isinstance(n, ast.Import | ast.ImportFrom)]
    own = f"from tests.golden.programs import {path.stem}"
    assert {ast.unparse(node) for node in imports} <= ALLOWED_IMPORTS | {own}


def test_there_are_enough_programs():
    assert len(FILES) >= 30


def test_a_text_that_has_changed_is_noticed(tmp_path):
    file = tmp_path / "double.py"
    file.write_text("def double(x):\n    return x + x\n\n\nARGUMENTS = (1.0,)\n")
    assert GoldenFile(file).write() and not GoldenFile(file).write()
    file.write_text(file.read_text().replace("2.0", "3.0"))
    changed = GoldenFile(file)
    assert changed.derivative() != changed.expected.lstrip("\n")

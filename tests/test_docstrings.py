"""The examples in docstrings run and print what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import srcad

MODULES = sorted(found.name for found in pkgutil.walk_packages(srcad.__path__, "srcad."))


@pytest.mark.parametrize("module", ["srcad", *MODULES])
def test_examples_of(module: str) -> None:
    outcome = doctest.testmod(importlib.import_module(module), report=True)
    assert outcome.failed == 0


def test_there_are_examples() -> None:
    finder = doctest.DocTestFinder()
    examples = sum(
        len(test.examples) for module in MODULES for test in finder.find(importlib.import_module(module))
    )
    assert examples > 100

"""Every public function of the covered namespaces is differentiable, constant, mutating or refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from srcad.rules import registry
from srcad.rules.coverage import NAMESPACES, members, page, status

DOCUMENT = Path(__file__).parents[2] / "docs" / "coverage.md"


@pytest.mark.parametrize("title", NAMESPACES)
def test_every_public_function_is_accounted_for(title: str) -> None:
    missing = [name for name, value in members(NAMESPACES[title]) if status(value) is None]
    assert not missing


@pytest.mark.parametrize("title", NAMESPACES)
def test_no_function_is_accounted_for_twice(title: str) -> None:
    def categories(value: Any) -> int:
        return sum([
            registry.find(value) is not None, registry.source_of(value) is not None, registry.is_constant(value),
            registry.is_mutating(value), registry.is_language(value), registry.reason_refused(value) is not None,
        ])  # fmt: skip

    assert not [name for name, value in members(NAMESPACES[title]) if categories(value) > 1]


def test_an_unknown_function_is_not_accounted_for() -> None:
    assert status(lambda x: x) is None
    assert status(np.ndarray((2,))) is None


def test_refusals_are_sentences_that_name_a_way_out() -> None:
    for _, namespace in NAMESPACES.items():
        for name, value in members(namespace):
            reason = registry.reason_refused(value)
            assert reason is None or len(reason.split()) > 4 and reason.rstrip().endswith("."), name


def test_refused_arguments_are_explained_in_sentences() -> None:
    for rule in registry.registered():
        for argument, reason in rule.refused.items():
            assert reason.endswith(".") and len(reason.split()) > 5, (rule.primal, argument)


def test_the_page_is_up_to_date() -> None:
    assert DOCUMENT.read_text() == page(), "run: python -m srcad.rules.coverage > docs/coverage.md"

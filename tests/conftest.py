"""The order of the tests: those of one program of the corpus run one after the other, and compile it once."""

from __future__ import annotations

import pytest

from tests.programs.corpus import Program


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of a program, whatever mode they are of, where the first of them is."""
    first: dict[str, int] = {}
    for position, item in enumerate(items):
        first.setdefault(_title(item), position)
    items.sort(key=lambda item: first[_title(item)])


def _title(item: pytest.Item) -> str:
    """Return the program that a test is about, and its own name where it is about none."""
    parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return next((p.label for p in parameters if isinstance(p, Program)), item.nodeid)

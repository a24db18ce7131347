"""Every public function of the numerical namespaces beside ``numpy`` itself is ruled, constant or refused."""

from __future__ import annotations

import inspect
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.polynomial import chebyshev, hermite, hermite_e, laguerre, legendre, polynomial

from srcad.rules import registry

FAMILIES = (polynomial, chebyshev, legendre, laguerre, hermite, hermite_e)
NAMESPACES = (np.linalg, np.fft, np.random, np.polynomial, *FAMILIES)


def public(owner: Any) -> dict[str, Any]:
    """Return the public functions and classes of a module, or the public methods of a class."""
    names = getattr(owner, "__all__", None) or [name for name in dir(owner) if not name.startswith("_")]
    members = {name: getattr(owner, name) for name in names}
    return {n: m for n, m in members.items() if callable(m) and not isinstance(m, ModuleType)}


def is_accounted_for(function: Any) -> bool:
    known = registry.find(function) is not None or registry.is_constant(function)
    known = known or registry.source_of(function) is not None or registry.is_language(function)
    return known or registry.is_mutating(function) or registry.reason_refused(function) is not None


@pytest.mark.parametrize("namespace", NAMESPACES, ids=lambda module: module.__name__)
def test_every_public_function_is_accounted_for(namespace: ModuleType) -> None:
    assert not [name for name, member in public(namespace).items() if not is_accounted_for(member)]


@pytest.mark.parametrize("generator", [np.random.Generator, np.random.RandomState])
def test_every_method_of_a_generator_is_accounted_for(generator: type) -> None:
    assert not [name for name, member in public(generator).items() if not is_accounted_for(member)]


def test_the_walk_finds_what_is_missing() -> None:
    module = ModuleType("fresh")
    module.unheard_of = lambda x: x  # type: ignore[attr-defined]
    assert list(public(module)) == ["unheard_of"]
    assert not is_accounted_for(module.unheard_of)


@pytest.mark.parametrize("namespace", NAMESPACES, ids=lambda module: module.__name__)
def test_nothing_is_declared_twice(namespace: ModuleType) -> None:
    for name, member in public(namespace).items():
        ways = (
            registry.find(member) is not None,
            registry.is_constant(member),
            registry.reason_refused(member) is not None,
            registry.source_of(member) is not None,
            registry.is_language(member),
        )
        assert sum(ways) == 1, name


@pytest.mark.parametrize("namespace", NAMESPACES, ids=lambda module: module.__name__)
def test_no_argument_of_a_rule_is_left_out(namespace: ModuleType) -> None:
    for name, member in public(namespace).items():
        rule = registry.find(member)
        if rule is not None:
            expected = set(inspect.signature(member).parameters)
            assert {p.name for p in rule.parameters} == expected, name
        source = registry.source_of(member)
        if source is not None:
            assert set(inspect.signature(source).parameters) == set(inspect.signature(member).parameters), (
                name
            )

"""The sources of a gradient: which recorded values they stand for, and gradients in their form."""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad import tree
from srcad.errors import ArgumentError
from srcad.tape.backward import pull_back
from srcad.tape.calls import is_inexact, record
from srcad.tape.recording import Node, Token
from srcad.tape.values import Traced, Variable

__all__ = ["gradients_of", "plain", "reference_to", "resolved"]


def reference_to(leaf: Any) -> Any:
    """Return a reference that tells whether the user still has, or has used, what was watched."""
    return weakref.ref(leaf) if isinstance(leaf, Traced) else leaf


def _alive(reference: Any) -> Any:
    leaf = reference() if isinstance(reference, weakref.ref) else reference
    if leaf is None:
        raise ArgumentError(
            "A source was given to 'watch', but what watch returned was not used.",
            "Write x = tape.watch(x), and compute with that x: a plain number or array cannot be followed.",
        )
    return leaf


def resolved(sources: Any, given: list[tuple[Any, Any]], named: list[tuple[Any, Any]]) -> Any:
    """Return the sources with traced values in place of the plain ones, which were ``given`` to watch.

    Those that are ``named`` stood in variables of the caller in the meantime.
    """

    def found_for(part: Any) -> Any:
        if isinstance(part, (Node, Variable)) or not _is_differentiable(part):
            return part
        known = [result for value, result in named if value is part]
        if known and all(result is known[0] for result in known):
            return known[0]
        found = [result for value, result in given if value is part]
        if not found:
            raise ArgumentError(
                f"A source is a plain {type(part).__name__}, which was not given to 'watch' itself.",
                "Pass what watch returned: x = tape.watch(x).",
            )
        if len(found) > 1 or isinstance(part, (float, complex)):
            raise ArgumentError(
                f"It is not clear which watched value this source of type {type(part).__name__} is.",
                "Pass what watch returned: x = tape.watch(x).",
            )
        return tree.map(_alive, found[0])

    return tree.map(found_for, sources, is_leaf=lambda part: any(part is v for v, _ in (*named, *given)))


def _is_differentiable(value: Any) -> bool:
    """Tell whether ``value``, a leaf or a container that was watched, can have a gradient."""
    return is_inexact(value) or any(part is not value for part in tree.leaves(value))


def plain(source: Any) -> Any:
    """Return the plain value of a source or target, without reading a variable."""
    return source.value if isinstance(source, (Traced, Variable)) else source


def gradients_of(seeds: list[tuple[Node, Any]], sources: Any, token: Token, zero: bool) -> Any:
    """Return the gradients of sources, in their structure, shapes and dtypes.

    Parameters
    ----------
    seeds : list of (Node, gradient)
        The results, with their gradients.
    sources : object
        Traced values and variables, in any nesting.
    token : Token
        The tape.
    zero : bool
        Whether a source on which the results do not depend has zeros, or None.
    """
    by_leaf = [_nodes(leaf, token) for leaf in tree.leaves(sources)]
    found = pull_back(seeds, [node for nodes in by_leaf for node in nodes], token)
    taken = {id(seed) for _, seed in seeds}
    remaining = iter(by_leaf)

    def finished(source: Any) -> Any:
        parts = [found[node.number] for node in next(remaining) if node.number in found]
        if not isinstance(source, (Node, Variable)):
            return None
        value = plain(source)
        if not parts:
            return rt.finish(0.0, value) if zero else None
        total = parts[0]
        for part in parts[1:]:
            total = total + part
        if _is_fresh(total, value) and id(total) not in taken:
            taken.add(id(total))
            return total
        return record(rt.finish, rt.finish, (total, value), {})

    return tree.map(finished, sources)


def _nodes(leaf: Any, token: Token) -> list[Node]:
    """Return the nodes whose gradients make up that of a source."""
    if isinstance(leaf, Variable):
        return token.nodes(leaf)
    return [leaf] if isinstance(leaf, Node) else []


def _is_fresh(gradient: Any, value: Any) -> bool:
    """Tell whether a gradient has its final form, in memory of its own: what the tape keeps is read-only."""
    return (
        type(gradient) is np.ndarray
        and gradient.flags.owndata
        and gradient.flags.writeable
        and isinstance(value, np.ndarray)
        and gradient.shape == value.shape
        and gradient.dtype == value.dtype
    )

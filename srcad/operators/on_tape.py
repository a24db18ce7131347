"""Derivatives taken inside of a rule that a tape records: by a tape in their turn, inside of that one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from srcad import tree
from srcad.api import grad, value_and_grad
from srcad.callables.compilation import is_followed
from srcad.operators.jacobians import jacfwd, jacobian, jacrev
from srcad.operators.products import places_of
from srcad.tape.gradient_tape import GradientTape
from srcad.tape.lifting import ON_TAPE, lifted

__all__ = ["install"]


def install() -> None:
    """Let the tape record the rules that take derivatives."""
    ON_TAPE[grad] = _by_tape(grad, GradientTape.gradient, False)
    ON_TAPE[value_and_grad] = _by_tape(value_and_grad, GradientTape.gradient, True)
    for operator in (jacobian, jacfwd, jacrev):
        ON_TAPE[operator] = _by_tape(operator, GradientTape.jacobian, False)


def _by_tape(operator: Callable[..., Any], differentiate: Callable[..., Any], valued: bool) -> Any:
    """Return an operator that makes what ``operator`` does, where a tape follows the arguments by tapes."""

    def made(f: Any, argnums: Any = 0, *options: Any, **named: Any) -> Any:
        plain = operator(f, argnums, *options, **named)

        def derivative(*args: Any, **kwargs: Any) -> Any:
            followed = any(map(is_followed, tree.leaves([args, kwargs])))
            if not followed or kwargs or any(options) or any(named.values()):
                return plain(*args, **kwargs)
            places = places_of(f, argnums)
            with GradientTape() as tape:
                given = [tape.watch(value) if k in places else value for k, value in enumerate(args)]
                value = lifted(f)(*given)
            sources = tuple(given[k] for k in places)
            found = differentiate(tape, value, sources, unconnected_gradients="zero")
            gradient = found if isinstance(argnums, tuple) else found[0]
            return (value, gradient) if valued else gradient

        return derivative

    return made

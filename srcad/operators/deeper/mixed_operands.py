"""Operators between an array or a dict and a list, in forward mode over reverse mode to any order."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad.dynamic import containers
from srcad.dynamic.operators import mixed
from srcad.operators.deeper.shadowed_calls import UPDATES, ShadowedCall, plain_call
from srcad.runtime.tangents import partial_of

__all__ = ["of_mixed_operands"]

Calls = list[ShadowedCall]


def of_mixed_operands(resolve: Callable[[Calls], list[Any]], calls: Calls) -> list[Any] | None:
    """Return the parts of an operator between an array or dict and a list, None for other operands.

    ``resolve`` returns the parts of calls.
    """
    function, values = calls[0].function, calls[0].values
    meant, maker = mixed(function, values), np.array
    if function in UPDATES and isinstance(values[0], np.ndarray) and isinstance(values[1], (list, tuple)):
        meant = function
    if function is operator.ior and isinstance(values[0], dict) and isinstance(values[1], (list, tuple)):
        meant, maker = function, dict  # type: ignore[assignment]
    if meant is None:
        return None
    operands, undo = [], []
    for place, value in enumerate(values):
        pairs = [(call.values[place], call.shadows[place]) for call in calls]
        if isinstance(value, (list, tuple)):
            made = [plain_call(0.0 if k else maker, (v,), (s,)) for k, (v, s) in enumerate(pairs)]
            found = resolve(made)
            pairs = [(v, s) for v, s, _ in found]
            undo.append([pullback for *_, pullback in found])
        operands.append(pairs)
    whole = [plain_call(0.0 if k else meant, *zip(*parts)) for k, parts in enumerate(zip(*operands))]
    found = resolve(whole)
    undo.insert(0, [pullback for *_, pullback in found])
    pullbacks = list(zip(*undo))
    first = functools.partial(containers.run, list(pullbacks[0]))
    return [
        (value, shadow, first if k == 0 else partial_of(0.0, list(pullbacks[k])))
        for k, (value, shadow, _) in enumerate(found)
    ]

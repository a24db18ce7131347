"""What is known of the functions whose results share memory with their arguments, against all samples."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from srcad.analysis.view_functions import gives_views_of_runtime, returns_views, viewed
from tests.rules.samples import SAMPLES


def arrays(value: Any) -> Iterator[np.ndarray]:
    """Yield the arrays in containers that are not empty."""
    if isinstance(value, np.ndarray) and value.size:
        yield value
    for item in (
        value if isinstance(value, (list, tuple)) else value.values() if isinstance(value, dict) else ()
    ):
        yield from arrays(item)


def test_functions_whose_results_share_memory_are_known_to_do_so() -> None:
    known_otherwise = {
        np.einsum,
        np.histogram,
    }  # views of one operand, and the edges, which have no derivative
    found = set()
    beyond_the_first = set()
    for sample in SAMPLES:
        args, kwargs = copy.deepcopy((sample.args, sample.kwargs))
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            result = sample.function(*args, **kwargs)
        given = [*arrays(args), *arrays(kwargs)]
        if any(np.shares_memory(one, other) for one in arrays(result) for other in given):
            found.add(sample.function)
        others = [*arrays(args[1:]), *arrays(kwargs)]
        if any(np.shares_memory(one, other) for one in arrays(result) for other in others):
            beyond_the_first.add(sample.function)
    assert np.reshape in found
    assert not {f for f in found - known_otherwise if not returns_views(f) and not gives_views_of_runtime(f)}
    operands = ["first", "second"]
    assert not {f for f in beyond_the_first - known_otherwise if viewed(f, operands) != operands}

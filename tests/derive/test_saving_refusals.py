"""What the to-be-recorded analysis cannot undo is refused at the user's line."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from srcad import grad
from srcad.derive import saving
from srcad.errors import UnsupportedError


def until_it_is_large(x):
    s = 1.0
    for v in x:
        if s > 5.0:
            break
        s = s * v
    return s


def test_a_trip_that_ends_early_and_cannot_be_undone_is_refused_at_its_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counts = itertools.count()
    monkeypatch.setattr(saving, "_statements_before_leaving", lambda block: next(counts))
    with pytest.raises(UnsupportedError, match="cannot be undone") as caught:
        grad(until_it_is_large)(np.array([2.0, 3.0, 4.0]))
    assert caught.value.location is not None
    assert "for v in x" in caught.value.location.text

"""Systems of inequalities between whole numbers, against all points of a box."""

from __future__ import annotations

import itertools

import numpy as np

from srcad.derive.inequalities import can_hold, constant, difference, plus, symbol


def test_what_cannot_hold_holds_nowhere():
    rng = np.random.default_rng(0)
    proofs = 0
    for _ in range(400):
        rows = [
            {
                "i": int(rng.integers(-2, 3)),
                "j": int(rng.integers(-2, 3)),
                "k": int(rng.integers(-1, 2)),
                1: int(rng.integers(-4, 3)),
            }
            for _ in range(int(rng.integers(2, 6)))
        ]
        points = itertools.product(range(-6, 7), repeat=3)
        exists = any(
            all(r["i"] * i + r["j"] * j + r["k"] * k + r[1] >= 0 for r in rows) for i, j, k in points
        )
        if not can_hold(rows):
            proofs += 1
            assert not exists
    assert proofs > 20


def test_halves_are_no_whole_numbers():
    twice = plus(symbol("i"), symbol("i"))
    assert not can_hold([difference(twice, constant(1)), difference(constant(1), twice)])
    assert can_hold([difference(twice, constant(2)), difference(constant(2), twice)])

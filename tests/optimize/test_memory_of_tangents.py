"""Sums and products of tangents are made in the memory of those that are not needed any more."""

from __future__ import annotations

import numpy as np
import pytest

import srcad

RNG = np.random.default_rng(3)


def layer(x, w, b, v):
    return np.tanh(x @ w + b) @ v + x


def twice(x, w, b, v):
    product = x @ w
    return (product + b) * (product * 2.0) @ v - product @ v


def rows(x, w, b, v):
    return (x[:1] @ w + b) @ v  # one row, spread over those of b


def named_like_temporaries(x, w, b, v):
    t = x @ w
    t1 = t + b
    t2 = t1 * t
    return (t2 - t1) @ v, t


def in_a_loop(x, w, b, v):
    for _ in range(3):
        x = np.sin(x @ w + b) @ v + x
    return x


def divided(x, w, b, v):
    return ((x @ w + b) / (1.0 + b * b) - b) @ v, 1.0 - x @ w


def changed(x, w, b, v):
    out = x @ w + b
    out[0] = 2.0 * out[1]
    kept = out
    out = out @ v + x
    kept[1] = 0.0
    return kept, out


X, W, B, V = (RNG.normal(size=s) for s in ((4, 3), (3, 5), (4, 5), (5, 3)))
DIRECTIONS = tuple(RNG.normal(size=a.shape) for a in (X, W, B, V))


@pytest.mark.parametrize(
    "function", [layer, twice, rows, named_like_temporaries, in_a_loop, divided, changed]
)
def test_tangents_are_those_of_difference_quotients(function):
    step = 1e-6
    given = tuple(a.copy() for a in (X, W, B, V)), tuple(d.copy() for d in DIRECTIONS)
    value, tangent = srcad.jvp(function, *given)
    above, below = (function(*(a + s * d for a, d in zip((X, W, B, V), DIRECTIONS))) for s in (step, -step))
    for found, plus, minus in zip(*map(srcad.tree.leaves, (tangent, above, below))):
        np.testing.assert_allclose(found, (plus - minus) / (2 * step), rtol=1e-6, atol=1e-7)
    for after, before in zip(given[1], DIRECTIONS):
        np.testing.assert_array_equal(after, before)
    gradient = srcad.vjp(function, X, W, B, V)[1](srcad.tree.map(np.ones_like, value))
    expected = sum(np.sum(g * d) for g, d in zip(gradient, DIRECTIONS))
    np.testing.assert_allclose(sum(map(np.sum, srcad.tree.leaves(tangent))), expected)


def test_the_text_adds_in_place():
    along = srcad.Jvp(layer)
    along((X, W, B, V), DIRECTIONS)
    sums = [line.strip() for line in along.source.splitlines() if "+=" in line]
    assert [line.split(" += ")[1] for line in sums] == ["x @ dw", "db", "t2 @ dv", "dx"]

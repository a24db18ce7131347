"""Indices that pick different places are told from others."""

from __future__ import annotations

import gast
import pytest
from adjoint_programs import function, pure

from srcad.analysis.kinds import array
from srcad.optimize import Context
from srcad.optimize.apart import Places
from srcad.optimize.kinds import TermKinds
from srcad.optimize.program import Program

SOURCE = """
def f(x, k):
    n = x.shape[0]
    m = x.shape[1]
    a = 2 * n
    b = n * 3
    for i in range(n):
        j = i + 1
"""


@pytest.mark.parametrize(
    "first, second, expected",
    [
        ("x[0]", "x[1]", True),
        ("x[:, :n]", "x[:, n:]", True),
        ("x[:, :k]", "x[:, k:]", True),
        ("x[:, :n]", "x[:, a:b]", True),
        ("x[b:]", "x[n:a]", True),
        ("x[a + m:]", "x[:n]", True),
        ("x[0, :]", "x[:, 0]", False),
        ("x[:n]", "x[m:]", False),
        ("x[:a]", "x[n:]", False),
        ("x[:1]", "x[k:]", False),
        ("x[:-1]", "x[2:]", False),
        ("x[::2]", "x[1::2]", False),
        ("x[0]", "x[-1]", False),
        ("x[0]", "x[k]", False),
        ("x[..., 0]", "x[1]", False),
        ("x[None, :n]", "x[n:]", False),
        ("x[:i]", "x[j:]", False),
    ],
)
def test_places_are_apart_where_that_is_sure(first, second, expected):
    context = Context(pure, ranks={"x": array(2)})
    program = Program(function(SOURCE), context)
    places = Places(program, TermKinds(program))
    one, other = (program.terms.of(gast.parse(t, mode="eval").body.slice) for t in (first, second))
    assert places.are_apart(one, other) is expected
    assert places.are_apart(other, one) is expected

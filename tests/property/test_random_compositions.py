"""Random chains of derivative operators over functions of containers and objects, against differences of the chain below.

How many chains there are is set by ``SRCAD_PROGRAMS`` in the environment; one may take half a minute to compile.
"""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from srcad import grad, jvp, tree
from srcad.errors import UnsupportedError
from tests.property import compositions

CHAINS = max(int(os.environ.get("SRCAD_PROGRAMS", "100")) // 30, 4)
MOST_ORDERS = 2
"""Those of the chain itself, of which the derivative is taken then."""


@st.composite
def chains(draw):
    """Draw a kind of argument, a function and up to three links over it."""
    kind = compositions.KINDS[draw(st.sampled_from(sorted(compositions.KINDS)))]
    function = draw(st.sampled_from(kind.functions))
    pool = [
        link
        for link in compositions.LINKS
        if link not in compositions.OF_ARRAYS or type(kind.point) is np.ndarray
    ]
    links, orders = [], 0
    for link in draw(st.lists(st.sampled_from(pool), min_size=1, max_size=3)):
        if orders + compositions.ORDERS[link] <= MOST_ORDERS:
            links.append(link)
            orders += compositions.ORDERS[link]
    return kind, function, links


def test_chains_of_operators_have_the_derivatives_of_differences_or_are_refused():
    refused = []

    @settings(
        max_examples=CHAINS,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(chains())
    def check(chain):
        try:
            _check(*chain)
        except UnsupportedError as error:
            refused.append((chain, error))

    check()
    assert len(refused) <= CHAINS // 20, refused


def _check(kind, function, links):
    for link in links[:-1]:
        function = link(function, kind)
    if links:
        expected = compositions.expected(function, kind, links[-1])
        function = links[-1](function, kind)
        assert np.isclose(function(kind.point), expected, rtol=2e-6, atol=1e-7)
    slopes = compositions.differences(function, kind.point)[0]
    scale = max(1.0, np.abs(slopes).max())
    found = tree.flatten(grad(function)(kind.point))[0]
    np.testing.assert_allclose(found, slopes, rtol=1e-5, atol=1e-6 * scale)
    along = jvp(function, (kind.point,), (kind.direction,))[1]
    assert np.isclose(along, slopes @ tree.flatten(kind.direction)[0], rtol=1e-5, atol=1e-6 * scale)


RECORDED = [
    (kind, function)
    for kind in compositions.KINDS.values()
    for function in kind.functions
    if function is not compositions.filled and function is not compositions.scaled
]


@pytest.mark.parametrize("kind, function", RECORDED, ids=lambda part: getattr(part, "__name__", ""))
def test_the_tape_has_the_same_gradient(kind, function):
    if function is compositions.of_an_object or function is compositions.of_an_object_by_loop:
        function = compositions.by_an_object(function, kind)
    found = tree.flatten(compositions.taped(function, kind.point))[0]
    np.testing.assert_allclose(found, tree.flatten(grad(function)(kind.point))[0], rtol=1e-12)

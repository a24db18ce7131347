"""Shadows of arrays that show one entry in several places."""

from __future__ import annotations

import numpy as np

from srcad import check_grads
from srcad import runtime as rt


def test_the_shadow_of_a_broadcast_array_keeps_its_entries_apart() -> None:
    whole = rt.shadow((np.broadcast_to(np.array([0.3]), (3,)),))
    rt.accumulate_shadow(whole, (np.array([1.0, 2.0, 3.0]),))
    rt.accumulate_shadow(whole, (np.array([1.0, 0.0, 1.0]),))
    np.testing.assert_array_equal(whole[0], [2.0, 2.0, 4.0])


def test_arrays_broadcast_against_each_other_have_second_derivatives() -> None:
    def product(x: np.ndarray) -> float:
        p, q = np.broadcast_arrays(x, x[:1])
        return np.sum(p * q * q)

    check_grads(product, (np.array([0.5, 1.2, 0.7]),), order=2)


def test_sums_of_products_of_one_array_have_second_derivatives() -> None:
    check_grads(lambda x: np.einsum("i,j,i->", x, x, x), (np.array([0.5, 1.2, 0.7]),), order=2)

"""Integrals as sums over places that are chosen for the function at hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.integrate

__all__ = ["panels"]


def panels(
    func: Any, epsabs: float, epsrel: float, norm: str, limit: int
) -> tuple[list[float], list[float], float]:
    """Return places between 0 and 1 and the weights of the sum that an integral is, and its error.

    There are more of them where the function needs more.
    """
    _, error, found = scipy.integrate.quad_vec(
        func, 0.0, 1.0, epsabs, epsrel, norm, limit=limit, quadrature="gk21", full_output=True
    )
    middle, half = np.mean(found.intervals, axis=1), np.diff(found.intervals, axis=1) / 2.0
    places = middle[:, None] + half * _PLACES
    return np.ravel(places).tolist(), np.ravel(half * _WEIGHTS).tolist(), float(error)


def _rule() -> tuple[Any, Any]:
    """Return the places between -1 and 1 and the weights of Kronrod's rule of 21 points."""
    from_outside = [
        (0.995657163025808080735527280689003, 0.011694638867371874278064396062192),
        (0.973906528517171720077964012084452, 0.032558162307964727478818972459390),
        (0.930157491355708226001207180059508, 0.054755896574351996031381300244580),
        (0.865063366688984510732096688423493, 0.075039674810919952767043140916190),
        (0.780817726586416897063717578345042, 0.093125454583697605535065465083366),
        (0.679409568299024406234327365114874, 0.109387158802297641899210590325805),
        (0.562757134668604683339000099272694, 0.123491976262065851077958109585166),
        (0.433395394129247190799265943165784, 0.134709217311473325928054001771707),
        (0.294392862701460198131126603103866, 0.142775938577060080797094273138717),
        (0.148874338981631210884826001129720, 0.147739104901338491374841515972068),
    ]
    places, weights = np.array(from_outside).T
    middle = 0.149445554002916905664936468389821
    return np.array([*-places, 0.0, *places[::-1]]), np.array([*weights, middle, *weights[::-1]])


_PLACES, _WEIGHTS = _rule()

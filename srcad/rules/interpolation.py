"""Derivatives of interpolation and of polynomials by their coefficients."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import jvp, refuse, vjp

# -- np.interp ---------------------------------------------------------------------------------------


@vjp(np.interp, "x", "xp", "fp", "left", "right", "period")
def interp(ans, g, x, xp, fp, left=None, right=None, period=None):
    xp, fp = np.asarray(xp), np.asarray(fp)
    if period is not None:
        length = np.abs(period)
        order = np.argsort(np.mod(xp, length))
        parts = interp(
            ans, g, np.mod(x, length), around(np.mod(xp, length), order, length), around(fp, order, 0.0)
        )
        from_xp = unwound(parts[1], order)
        turns = np.sum(parts[0] * np.floor(x / length)) + np.sum(from_xp * np.floor(xp / length))
        from_period = (parts[1][-1] - parts[1][0] - turns) * np.sign(period)
        return parts[0], from_xp, unwound(parts[2], order), 0.0, 0.0, from_period
    cells = rt.interpolation_cells(x, xp)
    step, rise = xp[cells[0] + 1] - xp[cells[0]], fp[cells[0] + 1] - fp[cells[0]]
    upper = (x - xp[cells[0]]) / step
    inside = np.where(cells[1], g, 0)
    slope = inside * rise / step
    below = np.where(cells[2], g, 0)
    above = np.where(cells[3], g, 0)
    from_fp = rt.scatter(inside * (1 - upper), fp, cells[0]) + rt.scatter(inside * upper, fp, cells[0] + 1)
    if left is None:
        from_fp = from_fp + rt.scatter(np.sum(below), fp, 0)
    if right is None:
        from_fp = from_fp + rt.scatter(np.sum(above), fp, -1)
    from_xp = rt.scatter(slope * (upper - 1), xp, cells[0]) - rt.scatter(slope * upper, xp, cells[0] + 1)
    return (
        rt.unbroadcast(slope, x),
        rt.unbroadcast(from_xp, xp),
        rt.unbroadcast(from_fp, fp),
        np.sum(below),
        np.sum(above),
        0.0,
    )


def around(values, order, period):
    """Return sorted values of one period with a neighbour from the periods before and after."""
    ordered = values[order]
    return np.concatenate((ordered[-1:] - period, ordered, ordered[:1] + period))


def unwound(cotangent, order):
    """Return the gradient of values that `around` brought into order."""
    inner = cotangent[1:-1]
    ends = rt.scatter(cotangent[-1], inner, 0) + rt.scatter(cotangent[0], inner, -1)
    return rt.scatter(inner + ends, inner, order)


@jvp(np.interp, "x")
def interp_x(ans, t, x, xp, fp, left=None, right=None, period=None):
    xp, fp = np.asarray(xp), np.asarray(fp)
    if period is not None:
        length = np.abs(period)
        order = np.argsort(np.mod(xp, length))
        x, xp, fp = np.mod(x, length), around(np.mod(xp, length), order, length), around(fp, order, 0.0)
    cells = rt.interpolation_cells(x, xp)
    slope = (fp[cells[0] + 1] - fp[cells[0]]) / (xp[cells[0] + 1] - xp[cells[0]])
    return t * np.where(cells[1], slope, 0)


@jvp(np.interp, "xp")
def interp_xp(ans, t, x, xp, fp, left=None, right=None, period=None):
    xp, fp, t = np.asarray(xp), np.asarray(fp), np.asarray(t)
    if period is not None:
        length = np.abs(period)
        order = np.argsort(np.mod(xp, length))
        x, xp, fp = np.mod(x, length), around(np.mod(xp, length), order, length), around(fp, order, 0.0)
        t = around(t, order, 0.0)
    cells = rt.interpolation_cells(x, xp)
    step = xp[cells[0] + 1] - xp[cells[0]]
    upper = (x - xp[cells[0]]) / step
    slope = np.where(cells[1], (fp[cells[0] + 1] - fp[cells[0]]) / step, 0)
    return slope * ((upper - 1) * t[cells[0]] - upper * t[cells[0] + 1])


@jvp(np.interp, "fp")
def interp_fp(ans, t, x, xp, fp, left=None, right=None, period=None):
    left = None if left is None else 0.0
    right = None if right is None else 0.0
    return np.interp(x, xp, t, left=left, right=right, period=period)


@jvp(np.interp, "left")
def interp_left(ans, t, x, xp, fp, left=None, right=None, period=None):
    if period is None:
        return t * rt.interpolation_cells(x, xp)[2]
    return 0.0


@jvp(np.interp, "right")
def interp_right(ans, t, x, xp, fp, left=None, right=None, period=None):
    if period is None:
        return t * rt.interpolation_cells(x, xp)[3]
    return 0.0


@jvp(np.interp, "period")
def interp_period(ans, t, x, xp, fp, left=None, right=None, period=None):
    length = np.abs(period)
    xp, fp = np.asarray(xp), np.asarray(fp)
    order = np.argsort(np.mod(xp, length))
    moved = around(-np.floor(xp / length), order, 1.0)
    x_moved = -np.floor(x / length)
    x, xp, fp = np.mod(x, length), around(np.mod(xp, length), order, length), around(fp, order, 0.0)
    change = interp_x(ans, x_moved, x, xp, fp) + interp_xp(ans, moved, x, xp, fp)
    return change * t * np.sign(period)


# -- polynomials, the highest power first ------------------------------------------------------------

refuse(
    "np.poly1d holds its coefficients in an object that is not differentiated: work with the array of coefficients.",
    np.poly1d,
)


@vjp(np.polyval, "p", "x", linear=("p",))
def polyval(ans, g, p, x):
    return (
        rt.cast_back(rt.unbroadcast(np.ravel(g) @ np.vander(np.ravel(x), len(p)), p), ans, p),
        rt.cast_back(rt.unbroadcast(g * np.polyval(np.polyder(p), x), x), ans, x),
    )


@jvp(np.polyval, "x")
def polyval_x(ans, t, p, x):
    return t * np.polyval(np.polyder(p), x)


@vjp(np.polyder, "p", linear=True)
def polyder(ans, g, p, m=1):
    return np.concatenate((g * rt.power_factors(len(p), m), np.zeros_like(p[len(g) :])))


@vjp(np.polyint, "p", "k")
def polyint(ans, g, p, m=1, k=None):
    from_p = g[: len(p)] / rt.power_factors(len(p) + m, m)
    if k is None:
        return from_p, 0.0
    return from_p, rt.unbroadcast(g[len(p) :] / rt.constant_factors(m), k)


@jvp(np.polyint, "p")
def polyint_p(ans, t, p, m=1, k=None):
    return np.polyint(t, m)


@jvp(np.polyint, "k")
def polyint_k(ans, t, p, m=1, k=None):
    return np.polyint(np.zeros_like(p) * 1.0, m, t)


@vjp(np.polyadd, "a1", "a2", linear=True)
def polyadd(ans, g, a1, a2):
    return (
        rt.unbroadcast(np.reshape(g[len(g) - np.size(a1) :], np.shape(a1)), a1),
        rt.unbroadcast(np.reshape(g[len(g) - np.size(a2) :], np.shape(a2)), a2),
    )


@vjp(np.polysub, "a1", "a2", linear=True)
def polysub(ans, g, a1, a2):
    return (
        rt.unbroadcast(np.reshape(g[len(g) - np.size(a1) :], np.shape(a1)), a1),
        rt.unbroadcast(np.reshape(-g[len(g) - np.size(a2) :], np.shape(a2)), a2),
    )


@vjp(np.polymul, "a1", "a2")
def polymul(ans, g, a1, a2):
    left_out = np.zeros(np.size(a1) + np.size(a2) - 1 - len(ans), g.dtype)  # the leading zeros of the factors
    g = np.concatenate((left_out, g))
    return (
        rt.unbroadcast(np.reshape(np.correlate(g, np.conj(np.atleast_1d(a2)), "valid"), np.shape(a1)), a1),
        rt.unbroadcast(np.reshape(np.correlate(g, np.conj(np.atleast_1d(a1)), "valid"), np.shape(a2)), a2),
    )


@jvp(np.polymul, "a1")
def polymul_a1(ans, t, a1, a2):
    whole = np.convolve(t, a2)
    return whole[len(whole) - len(ans) :]


@jvp(np.polymul, "a2")
def polymul_a2(ans, t, a1, a2):
    whole = np.convolve(a1, t)
    return whole[len(whole) - len(ans) :]


@vjp(np.polydiv, "u", "v")
def polydiv(ans, g, u, v):
    dividend, divisor = np.atleast_1d(u), np.atleast_1d(v)
    length = len(dividend)
    rest = np.concatenate((np.zeros(length - len(ans[1])), g[1] + np.zeros_like(ans[1])))
    if length < len(divisor):
        return rt.cast_back(np.reshape(rest, np.shape(u)), ans[0], u), np.zeros_like(v)
    left = length - len(divisor) + 1
    rest = np.concatenate((np.zeros(left), rest[left:]))  # a remainder of degree 0 by a number is 0
    total = g[0] - np.correlate(rest, np.conj(divisor), "valid")
    above = np.flip(series_quotient(np.flip(total), np.conj(divisor)))
    from_u = np.concatenate((above, rest[left:]))
    from_v = -np.correlate(from_u, np.conj(ans[0]), "valid")
    return (
        rt.cast_back(np.reshape(from_u, np.shape(u)), ans[0], u),
        rt.cast_back(np.reshape(from_v, np.shape(v)), ans[0], v),
    )


@jvp(np.polydiv, "u")
def polydiv_u(ans, t, u, v):
    return quotient_change(ans, np.atleast_1d(t), np.atleast_1d(v))


@jvp(np.polydiv, "v")
def polydiv_v(ans, t, u, v):
    if np.size(u) < np.size(v):
        return np.zeros_like(ans[0]), np.zeros_like(ans[1])
    return quotient_change(ans, -np.convolve(ans[0], np.atleast_1d(t)), np.atleast_1d(v))


def quotient_change(ans, change, v):
    """Return the changes of quotient and remainder for that of the dividend."""
    if len(change) < len(v):
        return np.zeros_like(ans[0]), change[len(change) - len(ans[1]) :]
    quotient = series_quotient(change[: len(change) - len(v) + 1], v)
    return quotient, (change - np.convolve(quotient, v))[len(change) - len(ans[1]) :]


def series_quotient(u, v):
    """Return as many coefficients of the power series of ``u / v`` as ``u`` has."""
    return np.polydiv(np.concatenate((u, np.zeros_like(v[1:]))), v)[0]


@vjp(np.roots, "p")
def roots(ans, g, p):
    powers = np.vander(ans, len(p))
    return rt.cast_back(rt.unbroadcast(-(g / np.polyval(np.polyder(p), ans)) @ powers, p), ans, p)


@jvp(np.roots, "p")
def roots_p(ans, t, p):
    return -np.polyval(t, ans) / np.polyval(np.polyder(p), ans)


@vjp(np.poly, "seq_of_zeros")
def poly(ans, g, seq_of_zeros):
    if np.ndim(seq_of_zeros) == 2:
        slope = np.transpose(np.tensordot(g[1:], adjugates(seq_of_zeros, ans), 1))
        return rt.cast_back(-slope, ans, seq_of_zeros)
    return rt.unbroadcast(-without_each(seq_of_zeros) @ g[1:], seq_of_zeros)


@jvp(np.poly, "seq_of_zeros")
def poly_seq_of_zeros(ans, t, seq_of_zeros):
    if np.ndim(seq_of_zeros) == 2:
        change = np.tensordot(adjugates(seq_of_zeros, ans), np.transpose(t), 2)
    else:
        change = t @ without_each(seq_of_zeros)
    return np.concatenate((np.zeros_like(ans[:1]), -change))


def adjugates(matrix, ans):
    """Return the matrices that are the coefficients of the adjugate of ``z - matrix``, the highest power first."""
    found = [np.eye(len(matrix)) * ans[0]]
    for k in range(1, len(matrix)):
        found = [*found, matrix @ found[k - 1] + ans[k] * np.eye(len(matrix))]
    return np.stack(found)


def without_each(zeros):
    """Return the polynomials that have all the zeros but one."""
    if len(zeros) == 1:
        return np.ones((1, 1))
    return np.stack([np.poly(np.delete(rt.vector(zeros, "np.poly"), i)) for i in range(len(zeros))])

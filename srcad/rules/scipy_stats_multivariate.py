"""Derivatives of ``scipy.stats``: the multivariate normal and the Dirichlet distribution.

SciPy reads the lower triangle of a covariance matrix, and there its gradient is.
"""

from __future__ import annotations

import numpy as np
import scipy.special
import scipy.stats

from srcad import runtime as rt
from srcad.rules.registry import constant, jvp, vjp

constant(rt.scipy_stats.dimension, rt.scipy_stats.points_shape, rt.scipy_stats.weights_shape)

# -- the multivariate normal distribution ------------------------------------------------------------


@vjp(scipy.stats.multivariate_normal.logpdf, "x", "mean", "cov")
def normal_logpdf(ans, g, x, mean=None, cov=1, allow_singular=False):
    dim = rt.scipy_stats.dimension(mean, cov)
    points = np.reshape(x, rt.scipy_stats.points_shape(x, dim))
    if mean is not None:
        points = points - mean
    whole = rt.scipy_stats.as_covariance(cov, dim)
    if allow_singular:
        whole = rt.scipy_stats.regular(whole)
    inverse = np.linalg.inv(whole)
    weight = np.reshape(g, rt.scipy_stats.weights_shape(x, dim))
    solved = points @ inverse
    weighted = weight * solved
    rows = np.reshape(weighted, (-1, dim))
    by_whole = 0.5 * (np.transpose(rows) @ np.reshape(solved, (-1, dim)) - np.sum(weight) * inverse)
    by_cov = rt.scipy_stats.as_covariance_adjoint(by_whole, np.shape(cov))
    if mean is None:
        return -np.reshape(weighted, np.shape(x)), 0.0, by_cov
    return -np.reshape(weighted, np.shape(x)), np.reshape(np.sum(rows, axis=0), np.shape(mean)), by_cov


@jvp(scipy.stats.multivariate_normal.logpdf, "x")
def normal_logpdf_x(ans, t, x, mean=None, cov=1, allow_singular=False):
    dim = rt.scipy_stats.dimension(mean, cov)
    points = np.reshape(x, rt.scipy_stats.points_shape(x, dim))
    if mean is not None:
        points = points - mean
    whole = rt.scipy_stats.as_covariance(cov, dim)
    if allow_singular:
        whole = rt.scipy_stats.regular(whole)
    solved = points @ np.linalg.inv(whole)
    change = np.reshape(t, rt.scipy_stats.points_shape(x, dim))
    return -np.reshape(np.sum(solved * change, axis=-1), np.shape(ans))


@jvp(scipy.stats.multivariate_normal.logpdf, "mean")
def normal_logpdf_mean(ans, t, x, mean=None, cov=1, allow_singular=False):
    dim = rt.scipy_stats.dimension(mean, cov)
    points = np.reshape(x, rt.scipy_stats.points_shape(x, dim)) - mean
    whole = rt.scipy_stats.as_covariance(cov, dim)
    if allow_singular:
        whole = rt.scipy_stats.regular(whole)
    solved = points @ np.linalg.inv(whole)
    return np.reshape(np.sum(solved * t, axis=-1), np.shape(ans))


@jvp(scipy.stats.multivariate_normal.logpdf, "cov")
def normal_logpdf_cov(ans, t, x, mean=None, cov=1, allow_singular=False):
    dim = rt.scipy_stats.dimension(mean, cov)
    points = np.reshape(x, rt.scipy_stats.points_shape(x, dim))
    if mean is not None:
        points = points - mean
    whole = rt.scipy_stats.as_covariance(cov, dim)
    if allow_singular:
        whole = rt.scipy_stats.regular(whole)
    inverse = np.linalg.inv(whole)
    solved = points @ inverse
    change = rt.scipy_stats.as_covariance(t, dim)
    quadratic = np.sum((solved @ change) * solved, axis=-1)
    return 0.5 * np.reshape(quadratic - np.sum(inverse * change), np.shape(ans))


@vjp(scipy.stats.multivariate_normal.pdf, "x", "mean", "cov")
def normal_pdf(ans, g, x, mean=None, cov=1, allow_singular=False):
    return normal_logpdf(ans, g * ans, x, mean, cov, allow_singular)


@jvp(scipy.stats.multivariate_normal.pdf, "x")
def normal_pdf_x(ans, t, x, mean=None, cov=1, allow_singular=False):
    return ans * normal_logpdf_x(ans, t, x, mean, cov, allow_singular)


@jvp(scipy.stats.multivariate_normal.pdf, "mean")
def normal_pdf_mean(ans, t, x, mean=None, cov=1, allow_singular=False):
    return ans * normal_logpdf_mean(ans, t, x, mean, cov, allow_singular)


@jvp(scipy.stats.multivariate_normal.pdf, "cov")
def normal_pdf_cov(ans, t, x, mean=None, cov=1, allow_singular=False):
    return ans * normal_logpdf_cov(ans, t, x, mean, cov, allow_singular)


@vjp(scipy.stats.multivariate_normal.entropy, "cov")
def normal_entropy(ans, g, mean=None, cov=1):
    inverse = np.linalg.inv(rt.scipy_stats.as_covariance(cov, rt.scipy_stats.dimension(mean, cov)))
    return rt.scipy_stats.as_covariance_adjoint(0.5 * g * inverse, np.shape(cov))


@jvp(scipy.stats.multivariate_normal.entropy, "cov")
def normal_entropy_cov(ans, t, mean=None, cov=1):
    dim = rt.scipy_stats.dimension(mean, cov)
    inverse = np.linalg.inv(rt.scipy_stats.as_covariance(cov, dim))
    return 0.5 * np.sum(inverse * rt.scipy_stats.as_covariance(t, dim))


@vjp(rt.scipy_stats.as_covariance, "cov", linear=True)
def as_covariance(ans, g, cov, dim):
    return rt.scipy_stats.as_covariance_adjoint(g, np.shape(cov))


@vjp(rt.scipy_stats.as_covariance_adjoint, "g", linear=True)
def as_covariance_adjoint(ans, cotangent, g, shape):
    return rt.scipy_stats.as_covariance(cotangent, np.shape(g)[0])


@vjp(rt.scipy_stats.regular, "matrix")
def regular(ans, g, matrix):
    return g


@jvp(rt.scipy_stats.regular, "matrix")
def regular_tangent(ans, t, matrix):
    return t


# -- the Dirichlet distribution ----------------------------------------------------------------------


@vjp(scipy.stats.dirichlet.logpdf, "x", "alpha")
def dirichlet_logpdf(ans, g, x, alpha):
    whole = rt.scipy_stats.last_coordinate(x, np.size(alpha))
    rows = np.reshape(whole, (np.size(alpha), -1))
    weights = np.reshape(g, (1, -1))
    by_whole = weights * np.expand_dims(np.subtract(alpha, 1), -1) / rows
    by_x = rt.scipy_stats.last_coordinate_adjoint(np.reshape(by_whole, np.shape(whole)), np.shape(x)[0])
    constants = scipy.special.digamma(np.sum(alpha)) - scipy.special.digamma(alpha)
    return by_x, np.sum(weights * np.log(rows), axis=1) + np.sum(weights) * constants


@jvp(scipy.stats.dirichlet.logpdf, "x")
def dirichlet_logpdf_x(ans, t, x, alpha):
    whole = rt.scipy_stats.last_coordinate(x, np.size(alpha))
    rows = np.reshape(whole, (np.size(alpha), -1))
    change = rt.scipy_stats.last_change(t, np.size(alpha))
    changes = np.reshape(change, (np.size(alpha), -1))
    return np.reshape(
        np.sum(np.expand_dims(np.subtract(alpha, 1), -1) * changes / rows, axis=0), np.shape(ans)
    )


@jvp(scipy.stats.dirichlet.logpdf, "alpha")
def dirichlet_logpdf_alpha(ans, t, x, alpha):
    rows = np.reshape(rt.scipy_stats.last_coordinate(x, np.size(alpha)), (np.size(alpha), -1))
    constants = scipy.special.digamma(np.sum(alpha)) - scipy.special.digamma(alpha)
    return np.reshape(t @ np.log(rows) + np.sum(t * constants), np.shape(ans))


@vjp(scipy.stats.dirichlet.pdf, "x", "alpha")
def dirichlet_pdf(ans, g, x, alpha):
    return dirichlet_logpdf(ans, g * ans, x, alpha)


@jvp(scipy.stats.dirichlet.pdf, "x")
def dirichlet_pdf_x(ans, t, x, alpha):
    return ans * dirichlet_logpdf_x(ans, t, x, alpha)


@jvp(scipy.stats.dirichlet.pdf, "alpha")
def dirichlet_pdf_alpha(ans, t, x, alpha):
    return ans * dirichlet_logpdf_alpha(ans, t, x, alpha)


@vjp(rt.scipy_stats.last_coordinate, "x")
def last_coordinate(ans, g, x, count):
    return rt.scipy_stats.last_coordinate_adjoint(g, np.shape(x)[0])


@jvp(rt.scipy_stats.last_coordinate, "x")
def last_coordinate_x(ans, t, x, count):
    return rt.scipy_stats.last_change(t, count)


@vjp(rt.scipy_stats.last_coordinate_adjoint, "g", linear=True)
def last_coordinate_adjoint(ans, cotangent, g, length):
    return rt.scipy_stats.last_change(cotangent, np.shape(g)[0])


@vjp(rt.scipy_stats.last_change, "t", linear=True)
def last_change(ans, g, t, count):
    return rt.scipy_stats.last_coordinate_adjoint(g, np.shape(t)[0])

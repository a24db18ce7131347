"""Forward rules of random samples: how they move when a parameter of their distribution does."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import jvp


@jvp(np.random.exponential, "scale")
def exponential_scale(ans, t, scale=1.0, size=None):
    return t * ans / scale


@jvp(np.random.Generator.exponential, "scale")
@jvp(np.random.RandomState.exponential, "scale")
def method_exponential_scale(ans, t, self, scale=1.0, size=None):
    return t * ans / scale


@jvp(np.random.gumbel, "loc")
def gumbel_loc(ans, t, loc=0.0, scale=1.0, size=None):
    return np.broadcast_to(t, np.shape(ans))


@jvp(np.random.gumbel, "scale")
def gumbel_scale(ans, t, loc=0.0, scale=1.0, size=None):
    return t * (ans - loc) / scale


@jvp(np.random.Generator.gumbel, "loc")
@jvp(np.random.RandomState.gumbel, "loc")
def method_gumbel_loc(ans, t, self, loc=0.0, scale=1.0, size=None):
    return np.broadcast_to(t, np.shape(ans))


@jvp(np.random.Generator.gumbel, "scale")
@jvp(np.random.RandomState.gumbel, "scale")
def method_gumbel_scale(ans, t, self, loc=0.0, scale=1.0, size=None):
    return t * (ans - loc) / scale


@jvp(np.random.laplace, "loc")
def laplace_loc(ans, t, loc=0.0, scale=1.0, size=None):
    return np.broadcast_to(t, np.shape(ans))


@jvp(np.random.laplace, "scale")
def laplace_scale(ans, t, loc=0.0, scale=1.0, size=None):
    return t * (ans - loc) / scale


@jvp(np.random.Generator.laplace, "loc")
@jvp(np.random.RandomState.laplace, "loc")
def method_laplace_loc(ans, t, self, loc=0.0, scale=1.0, size=None):
    return np.broadcast_to(t, np.shape(ans))


@jvp(np.random.Generator.laplace, "scale")
@jvp(np.random.RandomState.laplace, "scale")
def method_laplace_scale(ans, t, self, loc=0.0, scale=1.0, size=None):
    return t * (ans - loc) / scale


@jvp(np.random.logistic, "loc")
def logistic_loc(ans, t, loc=0.0, scale=1.0, size=None):
    return np.broadcast_to(t, np.shape(ans))


@jvp(np.random.logistic, "scale")
def logistic_scale(ans, t, loc=0.0, scale=1.0, size=None):
    return t * (ans - loc) / scale


@jvp(np.random.Generator.logistic, "loc")
@jvp(np.random.RandomState.logistic, "loc")
def method_logistic_loc(ans, t, self, loc=0.0, scale=1.0, size=None):
    return np.broadcast_to(t, np.shape(ans))


@jvp(np.random.Generator.logistic, "scale")
@jvp(np.random.RandomState.logistic, "scale")
def method_logistic_scale(ans, t, self, loc=0.0, scale=1.0, size=None):
    return t * (ans - loc) / scale


@jvp(np.random.lognormal, "mean")
def lognormal_mean(ans, t, mean=0.0, sigma=1.0, size=None):
    return t * ans


@jvp(np.random.lognormal, "sigma")
def lognormal_sigma(ans, t, mean=0.0, sigma=1.0, size=None):
    return t * ans * (np.log(ans) - mean) / sigma


@jvp(np.random.Generator.lognormal, "mean")
@jvp(np.random.RandomState.lognormal, "mean")
def method_lognormal_mean(ans, t, self, mean=0.0, sigma=1.0, size=None):
    return t * ans


@jvp(np.random.Generator.lognormal, "sigma")
@jvp(np.random.RandomState.lognormal, "sigma")
def method_lognormal_sigma(ans, t, self, mean=0.0, sigma=1.0, size=None):
    return t * ans * (np.log(ans) - mean) / sigma


@jvp(np.random.normal, "loc")
def normal_loc(ans, t, loc=0.0, scale=1.0, size=None):
    return np.broadcast_to(t, np.shape(ans))


@jvp(np.random.normal, "scale")
def normal_scale(ans, t, loc=0.0, scale=1.0, size=None):
    return t * (ans - loc) / scale


@jvp(np.random.Generator.normal, "loc")
@jvp(np.random.RandomState.normal, "loc")
def method_normal_loc(ans, t, self, loc=0.0, scale=1.0, size=None):
    return np.broadcast_to(t, np.shape(ans))


@jvp(np.random.Generator.normal, "scale")
@jvp(np.random.RandomState.normal, "scale")
def method_normal_scale(ans, t, self, loc=0.0, scale=1.0, size=None):
    return t * (ans - loc) / scale


@jvp(np.random.pareto, "a")
def pareto_a(ans, t, a, size=None):
    return -t * (1 + ans) * np.log1p(ans) / a


@jvp(np.random.Generator.pareto, "a")
@jvp(np.random.RandomState.pareto, "a")
def method_pareto_a(ans, t, self, a, size=None):
    return -t * (1 + ans) * np.log1p(ans) / a


@jvp(np.random.power, "a")
def power_a(ans, t, a, size=None):
    return -t * ans * np.log(ans) / a


@jvp(np.random.Generator.power, "a")
@jvp(np.random.RandomState.power, "a")
def method_power_a(ans, t, self, a, size=None):
    return -t * ans * np.log(ans) / a


@jvp(np.random.rayleigh, "scale")
def rayleigh_scale(ans, t, scale=1.0, size=None):
    return t * ans / scale


@jvp(np.random.Generator.rayleigh, "scale")
@jvp(np.random.RandomState.rayleigh, "scale")
def method_rayleigh_scale(ans, t, self, scale=1.0, size=None):
    return t * ans / scale


@jvp(np.random.triangular, "left")
def triangular_left(ans, t, left, mode, right, size=None):
    rising, falling = (ans - left) / 2, (right - ans) / 2
    whole = rt.safe_reciprocal(right - left)
    lower = rt.safe_reciprocal(mode - left)
    return t * np.where(np.less_equal(ans, mode), 1 - rising * (whole + lower), falling * whole)


@jvp(np.random.triangular, "mode")
def triangular_mode(ans, t, left, mode, right, size=None):
    rising, falling = (ans - left) / 2, (right - ans) / 2
    lower = rt.safe_reciprocal(mode - left)
    upper = rt.safe_reciprocal(right - mode)
    return t * np.where(np.less_equal(ans, mode), rising * lower, falling * upper)


@jvp(np.random.triangular, "right")
def triangular_right(ans, t, left, mode, right, size=None):
    rising, falling = (ans - left) / 2, (right - ans) / 2
    whole = rt.safe_reciprocal(right - left)
    upper = rt.safe_reciprocal(right - mode)
    return t * np.where(np.less_equal(ans, mode), rising * whole, 1 - falling * (whole + upper))


@jvp(np.random.Generator.triangular, "left")
@jvp(np.random.RandomState.triangular, "left")
def method_triangular_left(ans, t, self, left, mode, right, size=None):
    return triangular_left(ans, t, left, mode, right, size)


@jvp(np.random.Generator.triangular, "mode")
@jvp(np.random.RandomState.triangular, "mode")
def method_triangular_mode(ans, t, self, left, mode, right, size=None):
    return triangular_mode(ans, t, left, mode, right, size)


@jvp(np.random.Generator.triangular, "right")
@jvp(np.random.RandomState.triangular, "right")
def method_triangular_right(ans, t, self, left, mode, right, size=None):
    return triangular_right(ans, t, left, mode, right, size)


@jvp(np.random.uniform, "low")
def uniform_low(ans, t, low=0.0, high=1.0, size=None):
    return t * (high - ans) / (high - low)


@jvp(np.random.uniform, "high")
def uniform_high(ans, t, low=0.0, high=1.0, size=None):
    return t * (ans - low) / (high - low)


@jvp(np.random.Generator.uniform, "low")
@jvp(np.random.RandomState.uniform, "low")
def method_uniform_low(ans, t, self, low=0.0, high=1.0, size=None):
    return t * (high - ans) / (high - low)


@jvp(np.random.Generator.uniform, "high")
@jvp(np.random.RandomState.uniform, "high")
def method_uniform_high(ans, t, self, low=0.0, high=1.0, size=None):
    return t * (ans - low) / (high - low)


@jvp(np.random.vonmises, "mu")
def vonmises_mu(ans, t, mu, kappa, size=None):
    return np.broadcast_to(t, np.shape(ans))


@jvp(np.random.Generator.vonmises, "mu")
@jvp(np.random.RandomState.vonmises, "mu")
def method_vonmises_mu(ans, t, self, mu, kappa, size=None):
    return np.broadcast_to(t, np.shape(ans))


@jvp(np.random.weibull, "a")
def weibull_a(ans, t, a, size=None):
    return -t * ans * np.log(ans) / a


@jvp(np.random.Generator.weibull, "a")
@jvp(np.random.RandomState.weibull, "a")
def method_weibull_a(ans, t, self, a, size=None):
    return -t * ans * np.log(ans) / a


@jvp(np.random.multivariate_normal, "mean")
def multivariate_normal_mean(ans, t, mean, cov, size=None, check_valid="warn", tol=1e-8):
    return np.broadcast_to(t, np.shape(ans))


@jvp(np.random.RandomState.multivariate_normal, "mean")
def method_multivariate_normal_mean(ans, t, self, mean, cov, size=None, check_valid="warn", tol=1e-8):
    return np.broadcast_to(t, np.shape(ans))


@jvp(np.random.Generator.multivariate_normal, "mean")
def generator_multivariate_normal_mean(
    ans, t, self, mean, cov, size=None, check_valid="warn", tol=1e-8, *, method="svd"
):
    return np.broadcast_to(t, np.shape(ans))

"""Derivatives of random samples with respect to the parameters of their distribution.

A sampler is differentiated along the path that the same random numbers take when a parameter moves: a normal sample
is ``loc + scale * z`` with ``z`` fixed.  The rules recover what they need of ``z`` from the sample itself, and never
draw again.  Samplers of integers are constant, as a step function is; the derivative of an expectation over them is
not the expectation of their derivative.
"""

from __future__ import annotations

import random

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import constant, refuse, stateful, vjp

# -- samples that move with their parameters ---------------------------------------------------------


@vjp(np.random.exponential, "scale")
def exponential(ans, g, scale=1.0, size=None):
    return rt.unbroadcast(g * ans / scale, scale)


@vjp(np.random.Generator.exponential, "scale")
@vjp(np.random.RandomState.exponential, "scale")
def method_exponential(ans, g, self, scale=1.0, size=None):
    return rt.unbroadcast(g * ans / scale, scale)


@vjp(np.random.gumbel, "loc", "scale")
def gumbel(ans, g, loc=0.0, scale=1.0, size=None):
    return rt.unbroadcast(g, loc), rt.unbroadcast(g * (ans - loc) / scale, scale)


@vjp(np.random.Generator.gumbel, "loc", "scale")
@vjp(np.random.RandomState.gumbel, "loc", "scale")
def method_gumbel(ans, g, self, loc=0.0, scale=1.0, size=None):
    return rt.unbroadcast(g, loc), rt.unbroadcast(g * (ans - loc) / scale, scale)


@vjp(np.random.laplace, "loc", "scale")
def laplace(ans, g, loc=0.0, scale=1.0, size=None):
    return rt.unbroadcast(g, loc), rt.unbroadcast(g * (ans - loc) / scale, scale)


@vjp(np.random.Generator.laplace, "loc", "scale")
@vjp(np.random.RandomState.laplace, "loc", "scale")
def method_laplace(ans, g, self, loc=0.0, scale=1.0, size=None):
    return rt.unbroadcast(g, loc), rt.unbroadcast(g * (ans - loc) / scale, scale)


@vjp(np.random.logistic, "loc", "scale")
def logistic(ans, g, loc=0.0, scale=1.0, size=None):
    return rt.unbroadcast(g, loc), rt.unbroadcast(g * (ans - loc) / scale, scale)


@vjp(np.random.Generator.logistic, "loc", "scale")
@vjp(np.random.RandomState.logistic, "loc", "scale")
def method_logistic(ans, g, self, loc=0.0, scale=1.0, size=None):
    return rt.unbroadcast(g, loc), rt.unbroadcast(g * (ans - loc) / scale, scale)


@vjp(np.random.lognormal, "mean", "sigma")
def lognormal(ans, g, mean=0.0, sigma=1.0, size=None):
    return rt.unbroadcast(g * ans, mean), rt.unbroadcast(g * ans * (np.log(ans) - mean) / sigma, sigma)


@vjp(np.random.Generator.lognormal, "mean", "sigma")
@vjp(np.random.RandomState.lognormal, "mean", "sigma")
def method_lognormal(ans, g, self, mean=0.0, sigma=1.0, size=None):
    return rt.unbroadcast(g * ans, mean), rt.unbroadcast(g * ans * (np.log(ans) - mean) / sigma, sigma)


@vjp(np.random.normal, "loc", "scale")
def normal(ans, g, loc=0.0, scale=1.0, size=None):
    return rt.unbroadcast(g, loc), rt.unbroadcast(g * (ans - loc) / scale, scale)


@vjp(np.random.Generator.normal, "loc", "scale")
@vjp(np.random.RandomState.normal, "loc", "scale")
def method_normal(ans, g, self, loc=0.0, scale=1.0, size=None):
    return rt.unbroadcast(g, loc), rt.unbroadcast(g * (ans - loc) / scale, scale)


@vjp(np.random.pareto, "a")
def pareto(ans, g, a, size=None):
    return rt.unbroadcast(-g * (1 + ans) * np.log1p(ans) / a, a)


@vjp(np.random.Generator.pareto, "a")
@vjp(np.random.RandomState.pareto, "a")
def method_pareto(ans, g, self, a, size=None):
    return rt.unbroadcast(-g * (1 + ans) * np.log1p(ans) / a, a)


@vjp(np.random.power, "a")
def power(ans, g, a, size=None):
    return rt.unbroadcast(-g * ans * np.log(ans) / a, a)


@vjp(np.random.Generator.power, "a")
@vjp(np.random.RandomState.power, "a")
def method_power(ans, g, self, a, size=None):
    return rt.unbroadcast(-g * ans * np.log(ans) / a, a)


@vjp(np.random.rayleigh, "scale")
def rayleigh(ans, g, scale=1.0, size=None):
    return rt.unbroadcast(g * ans / scale, scale)


@vjp(np.random.Generator.rayleigh, "scale")
@vjp(np.random.RandomState.rayleigh, "scale")
def method_rayleigh(ans, g, self, scale=1.0, size=None):
    return rt.unbroadcast(g * ans / scale, scale)


@vjp(np.random.triangular, "left", "mode", "right")
def triangular(ans, g, left, mode, right, size=None):
    below = np.less_equal(ans, mode)
    rising, falling = (ans - left) / 2, (right - ans) / 2
    whole = rt.safe_reciprocal(right - left)
    lower, upper = rt.safe_reciprocal(mode - left), rt.safe_reciprocal(right - mode)
    return (
        rt.unbroadcast(g * np.where(below, 1 - rising * (whole + lower), falling * whole), left),
        rt.unbroadcast(g * np.where(below, rising * lower, falling * upper), mode),
        rt.unbroadcast(g * np.where(below, rising * whole, 1 - falling * (whole + upper)), right),
    )


@vjp(np.random.Generator.triangular, "left", "mode", "right")
@vjp(np.random.RandomState.triangular, "left", "mode", "right")
def method_triangular(ans, g, self, left, mode, right, size=None):
    return triangular(ans, g, left, mode, right, size)


@vjp(np.random.uniform, "low", "high")
def uniform(ans, g, low=0.0, high=1.0, size=None):
    return rt.unbroadcast(g * (high - ans) / (high - low), low), rt.unbroadcast(
        g * (ans - low) / (high - low), high
    )


@vjp(np.random.Generator.uniform, "low", "high")
@vjp(np.random.RandomState.uniform, "low", "high")
def method_uniform(ans, g, self, low=0.0, high=1.0, size=None):
    return rt.unbroadcast(g * (high - ans) / (high - low), low), rt.unbroadcast(
        g * (ans - low) / (high - low), high
    )


@vjp(np.random.vonmises, "mu")
def vonmises(ans, g, mu, kappa, size=None):
    return rt.unbroadcast(g, mu)


@vjp(np.random.Generator.vonmises, "mu")
@vjp(np.random.RandomState.vonmises, "mu")
def method_vonmises(ans, g, self, mu, kappa, size=None):
    return rt.unbroadcast(g, mu)


@vjp(np.random.weibull, "a")
def weibull(ans, g, a, size=None):
    return rt.unbroadcast(-g * ans * np.log(ans) / a, a)


@vjp(np.random.Generator.weibull, "a")
@vjp(np.random.RandomState.weibull, "a")
def method_weibull(ans, g, self, a, size=None):
    return rt.unbroadcast(-g * ans * np.log(ans) / a, a)


@vjp(np.random.multivariate_normal, "mean")
def multivariate_normal(ans, g, mean, cov, size=None, check_valid="warn", tol=1e-8):
    return rt.unbroadcast(g, mean)


@vjp(np.random.RandomState.multivariate_normal, "mean")
def method_multivariate_normal(ans, g, self, mean, cov, size=None, check_valid="warn", tol=1e-8):
    return rt.unbroadcast(g, mean)


@vjp(np.random.Generator.multivariate_normal, "mean")
def generator_multivariate_normal(
    ans, g, self, mean, cov, size=None, check_valid="warn", tol=1e-8, *, method="svd"
):
    return rt.unbroadcast(g, mean)


# -- samplers without parameters that move them, and integers ----------------------------------------

constant(
    np.random.BitGenerator, np.random.Generator, np.random.MT19937, np.random.PCG64, np.random.PCG64DXSM,
    np.random.Philox, np.random.RandomState, np.random.SFC64, np.random.SeedSequence, np.random.default_rng,
    np.random.get_bit_generator, np.random.set_bit_generator, np.random.ranf, np.random.sample,
)  # fmt: skip
constant(
    np.random.binomial, np.random.bytes, np.random.geometric, np.random.get_state, np.random.hypergeometric,
    np.random.logseries, np.random.multinomial, np.random.negative_binomial, np.random.poisson, np.random.rand,
    np.random.randint, np.random.randn, np.random.random, np.random.random_integers, np.random.random_sample,
    np.random.seed, np.random.set_state, np.random.standard_cauchy, np.random.standard_exponential,
    np.random.standard_normal, np.random.zipf,
)  # fmt: skip
constant(
    np.random.RandomState.binomial, np.random.RandomState.bytes, np.random.RandomState.geometric,
    np.random.RandomState.get_state, np.random.RandomState.hypergeometric, np.random.RandomState.logseries,
    np.random.RandomState.multinomial, np.random.RandomState.negative_binomial, np.random.RandomState.poisson,
    np.random.RandomState.rand, np.random.RandomState.randint, np.random.RandomState.randn,
    np.random.RandomState.random, np.random.RandomState.random_integers, np.random.RandomState.random_sample,
    np.random.RandomState.seed, np.random.RandomState.set_state, np.random.RandomState.standard_cauchy,
    np.random.RandomState.standard_exponential, np.random.RandomState.standard_normal,
    np.random.RandomState.tomaxint, np.random.RandomState.zipf,
)  # fmt: skip
constant(
    np.random.Generator.binomial, np.random.Generator.bytes, np.random.Generator.geometric,
    np.random.Generator.hypergeometric, np.random.Generator.integers, np.random.Generator.logseries,
    np.random.Generator.multinomial, np.random.Generator.multivariate_hypergeometric,
    np.random.Generator.negative_binomial, np.random.Generator.poisson, np.random.Generator.random,
    np.random.Generator.spawn, np.random.Generator.standard_cauchy, np.random.Generator.standard_exponential,
    np.random.Generator.standard_normal, np.random.Generator.zipf,
)  # fmt: skip
constant(random.getrandbits, random.random, random.seed, random.setstate, random.getstate)

# -- every draw changes the generator ----------------------------------------------------------------

stateful(
    *(
        member
        for source in (np.random, np.random.Generator, np.random.RandomState)
        for name, member in vars(source).items()
        if callable(member) and not name.startswith("_")
    )
)
stateful(
    rt.standard_gauss,
    *(getattr(random, name) for name in random.__all__ if not isinstance(getattr(random, name), type)),
)

# -- refused -----------------------------------------------------------------------------------------

refuse("A test runner has no derivative.", np.random.test)

refuse(
    "A sample of this distribution has no derivative with respect to its parameters: they change its shape, and "
    "the sampler rejects draws. Draw samples outside the function, or build them from standard samples.",
    np.random.noncentral_chisquare, np.random.noncentral_f, np.random.wald,
    np.random.RandomState.noncentral_chisquare, np.random.RandomState.noncentral_f, np.random.RandomState.wald,
    np.random.Generator.noncentral_chisquare, np.random.Generator.noncentral_f, np.random.Generator.wald,
)  # fmt: skip

refuse(
    "A random order of values in place has no derivative rule, since the positions that were drawn are lost: "
    "draw positions, and index with them, as in `x[rng.permutation(len(x))]`.",
    np.random.shuffle, np.random.RandomState.shuffle, np.random.Generator.permuted, np.random.Generator.shuffle,
)  # fmt: skip

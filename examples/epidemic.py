"""Fit an epidemic: parameters of a differential equation that ``scipy.integrate.solve_ivp`` solves.

The derivative goes through SciPy's solver by the adjoint method.  Run it with ``python examples/epidemic.py``.
"""

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import minimize

from srcad import value_and_grad

DAYS = np.linspace(0.0, 60.0, 21)


def spread(t, state, contacts, recovery):
    """Return the rates of change of the healthy and the infected part of a population."""
    healthy, infected = state
    new = contacts * healthy * infected
    return np.array([-new, new - recovery * infected])


def infected(contacts, recovery):
    """Return the infected part of the population on the days of observation."""
    start = np.array([0.99, 0.01])
    span = (DAYS[0], DAYS[-1])
    solution = solve_ivp(spread, span, start, t_eval=DAYS, args=(contacts, recovery), rtol=1e-8, atol=1e-10)
    return solution.y[1]


def misfit(logarithms, observed):
    """Return the mean squared error; the unknowns are logarithms of the rates."""
    contacts, recovery = np.exp(logarithms[0]), np.exp(logarithms[1])
    return 1e4 * np.mean((infected(contacts, recovery) - observed) ** 2)


def observations(contacts=0.4, recovery=0.12, noise=0.003):
    """Return what was observed under these rates."""
    return infected(contacts, recovery) + noise * np.random.default_rng(0).normal(size=len(DAYS))


def fit(observed, start=(-1.5, -1.5)):
    """Return the result of SciPy's optimiser with generated gradients."""
    return minimize(value_and_grad(misfit), np.array(start), (observed,), method="BFGS", jac=True)


def main():
    """Fit, and print the rates."""
    result = fit(observations())
    contacts, recovery = np.exp(result.x)
    print(f"{result.nfev} evaluations, misfit {result.fun:.3f}")
    print(f"contacts {contacts:.4f} a day (0.4), recovery {recovery:.4f} a day (0.12)")
    print(f"each case causes {contacts / recovery:.2f} others at first")


if __name__ == "__main__":
    main()

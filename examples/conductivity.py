"""Find the conductivity of a rod from its temperatures: a heat equation solved in place, fitted by gradient descent.

The conductivity differs from place to place.  The solver is the loop that everybody writes, with buffers that are
filled and swapped; its derivative is generated.  Run it with ``python examples/conductivity.py``.
"""

import numpy as np

from srcad import value_and_grad

TIME_STEP = 0.2


def heated(conductivity, start, steps):
    """Return the temperatures along the rod after ``steps`` steps; ``start`` holds those at the beginning."""
    now, after = start.copy(), start.copy()
    for _ in range(steps):
        flux = conductivity * (now[1:] - now[:-1])
        after[1:-1] = now[1:-1] + TIME_STEP * (flux[1:] - flux[:-1])
        now, after = after, now
    return now


def misfit(log_conductivity, starts, measured, steps):
    """Return the mean squared error over all experiments; the logarithm keeps the conductivity positive."""
    conductivity = np.exp(log_conductivity)
    total = 0.0
    for start, observed in zip(starts, measured):
        total += np.mean((heated(conductivity, start, steps) - observed) ** 2)
    return total / len(starts)


def experiments(points=24, steps=40, noise=1e-4):
    """Return a conductivity, the temperatures before each experiment, and noisy ones after it."""
    rng = np.random.default_rng(0)
    where = np.linspace(0.0, 1.0, points)
    conductivity = 1.0 + 0.6 * np.sin(2.0 * np.pi * where[:-1]) + 0.5 * (where[:-1] > 0.6)
    starts = [np.exp(-(((where - centre) / 0.1) ** 2)) for centre in np.linspace(0.1, 0.9, 7)]
    measured = [heated(conductivity, start, steps) + noise * rng.normal(size=points) for start in starts]
    return conductivity, starts, measured


def descend(objective, x, trials, rate=0.05):
    """Minimise by gradient descent with momentum (Adam); return the last point and the values on the way."""
    mean, square, values = np.zeros_like(x), np.zeros_like(x), []
    for trial in range(1, trials + 1):
        value, gradient = objective(x)
        values.append(value)
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.99 * square + 0.01 * gradient**2
        x = x - rate * mean / (1.0 - 0.9**trial) / (np.sqrt(square / (1.0 - 0.99**trial)) + 1e-12)
    return x, values


def main(trials=400, steps=40):
    """Fit, and print the profile that was found beside the true one."""
    true, starts, measured = experiments(steps=steps)
    gradient = value_and_grad(misfit)
    found, values = descend(lambda x: gradient(x, starts, measured, steps), np.zeros_like(true), trials)
    print(gradient.source)
    print(f"misfit: {values[0]:.2e} at the start, {values[-1]:.2e} after {trials} steps")
    print(f"mean error of the conductivity: {np.mean(np.abs(np.exp(found) - true)):.3f}")
    for place, (a, b) in enumerate(zip(true, np.exp(found))):
        print(f"{place:3d}  true {a:5.2f}  found {b:5.2f}  {'#' * round(20 * b)}")


if __name__ == "__main__":
    main()

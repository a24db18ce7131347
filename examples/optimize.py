"""Fit a diagnosis model with SciPy's optimiser: generated gradients beside finite differences.

The data are the 569 tumours of the Wisconsin breast cancer set inside scikit-learn, the model is
logistic regression with a penalty.  Run it with ``python examples/optimize.py``.
"""

import numpy as np
from scipy.optimize import minimize
from sklearn.datasets import load_breast_cancer

from srcad import value_and_grad


def objective(weights, features, malignant, penalty):
    """Return the penalised negative log-likelihood per tumour; the last weight is the intercept."""
    score = features @ weights[:-1] + weights[-1]
    misfit = np.mean(np.logaddexp(0.0, score) - malignant * score)
    return misfit + penalty * np.sum(weights[:-1] ** 2)


def load():
    """Return the standardised features and a 1.0 for each malignant tumour."""
    data = load_breast_cancer()
    features = (data.data - data.data.mean(axis=0)) / data.data.std(axis=0)
    return features, (data.target == 0).astype(float)


def fit(features, malignant, penalty=1e-3, generated=True):
    """Minimise the objective with BFGS, with generated gradients or with SciPy's finite differences."""
    start = np.zeros(features.shape[1] + 1)
    function = value_and_grad(objective) if generated else objective
    return minimize(function, start, (features, malignant, penalty), method="BFGS", jac=generated)


def main():
    """Fit twice and print what each way costs."""
    features, malignant = load()
    exact = fit(features, malignant)
    approximate = fit(features, malignant, generated=False)
    accuracy = np.mean((features @ exact.x[:-1] + exact.x[-1] > 0.0) == malignant)
    print(f"{len(exact.x)} weights, {len(malignant)} tumours, {accuracy:.1%} classified correctly")
    print(f"{'gradients':<20} {'minimum':>12} {'largest slope':>14} {'evaluations':>12}")
    for name, result in (("srcad", exact), ("finite differences", approximate)):
        print(f"{name:<20} {result.fun:12.8f} {np.max(np.abs(result.jac)):14.1e} {result.nfev:12d}")


if __name__ == "__main__":
    main()

"""SciPy is accounted for, and not imported unless the program does."""

from __future__ import annotations

import inspect
import subprocess
import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import scipy.integrate
import scipy.interpolate
import scipy.linalg
import scipy.ndimage
import scipy.optimize
import scipy.signal
import scipy.sparse
import scipy.special
import scipy.stats

from srcad import grad
from srcad.errors import NoDerivativeError
from srcad.rules import registry
from srcad.rules.scipy_stats import distributions, methods

NAMED = {
    scipy.signal: (
        "convolve",
        "correlate",
        "fftconvolve",
        "oaconvolve",
        "convolve2d",
        "correlate2d",
        "lfilter",
    ),
    scipy.ndimage: (
        "convolve",
        "correlate",
        "convolve1d",
        "correlate1d",
        "gaussian_filter",
        "gaussian_filter1d",
    ),
    scipy.integrate: ("odeint", "solve_ivp", "quad"),
    scipy.optimize: (
        "root",
        "brentq",
        "bisect",
        "newton",
        "fixed_point",
        "minimize",
        "fsolve",
        "root_scalar",
    ),
    scipy.interpolate: ("interp1d", "CubicSpline", "make_interp_spline", "splev"),
    scipy.sparse.linalg: ("spsolve", "cg"),
}


def is_accounted_for(function: Any) -> bool:
    known = registry.find(function) is not None or registry.is_constant(function)
    return known or registry.source_of(function) is not None or registry.reason_refused(function) is not None


def public_functions(module: ModuleType) -> dict[str, Any]:
    names = [name for name in dir(module) if not name.startswith("_")]
    found = {name: getattr(module, name) for name in names}
    return {name: value for name, value in found.items() if callable(value) and not inspect.isclass(value)}


WALKED = (scipy.special, scipy.linalg, scipy.optimize, scipy.integrate)


@pytest.mark.parametrize("module", WALKED, ids=lambda module: module.__name__)
def test_every_function_has_a_rule_or_is_constant_or_refused(module: ModuleType) -> None:
    assert not [name for name, f in public_functions(module).items() if not is_accounted_for(f)]


@pytest.mark.parametrize("module", NAMED, ids=lambda module: module.__name__)
def test_named_functions_have_rules(module: ModuleType) -> None:
    functions = {name: getattr(module, name) for name in NAMED[module]}
    ruled = {name for name, f in functions.items() if registry.find(f) or registry.source_of(f)}
    assert ruled == set(functions)


def test_every_method_of_a_distribution_has_a_rule_or_is_refused() -> None:
    missing = [
        (distribution.__class__.__name__, method.__name__)
        for distribution in distributions()
        for method in methods(distribution)
        if not is_accounted_for(method)
    ]
    assert not missing


def test_no_function_is_both_ruled_and_refused() -> None:
    both = [rule.primal for rule in registry.registered() if registry.reason_refused(rule.primal)]
    assert not both


def test_importing_the_package_does_not_import_scipy() -> None:
    text = "import sys, srcad; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", text], check=False).returncode == 0


def test_rules_of_one_module_do_not_import_the_others() -> None:
    text = (
        "import sys, scipy.special; from srcad.rules import registry; registry.find(scipy.special.gamma) or sys.exit(1)\n"
        "sys.exit('scipy.stats' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", text], check=False).returncode == 0


def test_a_method_without_a_rule_is_refused_with_a_reason() -> None:
    def program(x: Any) -> Any:
        return np.sum(scipy.stats.norm.stats(x, 2.0)[0])

    with pytest.raises(NoDerivativeError, match="distribution of scipy.stats"):
        grad(program)(1.3)


def test_an_option_without_a_derivative_is_refused() -> None:
    def program(x: Any) -> Any:
        return np.sum(scipy.linalg.inv(x, overwrite_a=True) * x)

    with pytest.raises(NoDerivativeError, match="overwritten"):
        grad(program)(np.eye(2))

"""The rules of SciPy as the compiler writes them out: forward and reverse mode, and once more."""

from __future__ import annotations

import importlib.util
import itertools
from pathlib import Path
from types import MethodType
from typing import Any

import numpy as np
import pytest
import scipy.linalg
import scipy.ndimage
import scipy.signal
import scipy.special
import scipy.stats

from srcad import check_grads, grad, vjp
from srcad.rules import registry
from tests.rules import (
    samples_scipy_filters,
    samples_scipy_linalg,
    samples_scipy_special,
    samples_scipy_stats,
)
from tests.rules.harness import Sample, active, bound_arguments, gradients, mapped, random_like

MODULES = (scipy.special, scipy.linalg, scipy.stats, scipy.signal, scipy.ndimage)
TOPICS = (samples_scipy_special, samples_scipy_linalg, samples_scipy_stats, samples_scipy_filters)
SAMPLES = list(itertools.chain.from_iterable(topic.SAMPLES for topic in TOPICS))


def path_of(function: Any) -> str | None:
    """Return how a program names ``function``, or None for what is the runtime's."""
    owner = function.__self__ if isinstance(function, MethodType) else function
    for module in MODULES:
        for name, value in vars(module).items():
            if value is owner and not name.startswith("_"):
                method = f".{function.__name__}" if owner is not function else ""
                return f"{module.__name__}.{name}{method}"
    return None


def is_real(sample: Sample) -> bool:
    leaves: list[Any] = []
    mapped(leaves.append, (*sample.args, *sample.kwargs.values()))
    return not any(map(np.iscomplexobj, leaves))


def first_of_each() -> list[Sample]:
    """Return the first real sample of each function that has a name."""
    found: dict[Any, Sample] = {}
    for sample in SAMPLES:
        if is_real(sample) and sample.function not in found and path_of(sample.function) is not None:
            found[sample.function] = sample
    return list(found.values())


def title(sample: Sample) -> str:
    return f"{path_of(sample.function)}-{sample}"


def load(sample: Sample, folder: Path, result: str = "{}") -> tuple[Any, list[str]]:
    """Return a function of the sample's active arguments, and their names; options are literals."""
    rule = registry.find(sample.function)
    assert rule is not None
    bound, names = bound_arguments(rule, sample), active(rule, sample)
    words, constants = [], {}
    for parameter in rule.parameters:
        if parameter.name not in bound:
            continue
        value = bound[parameter.name]
        if parameter.kind is parameter.VAR_POSITIONAL:
            words += [f"{parameter.name}[{i}]" for i in range(len(value))]
            continue
        text = parameter.name
        if parameter.name not in names:
            text = repr(value)
            if isinstance(value, np.ndarray) or "array" in text:
                text = f"CONSTANT_{parameter.name}"
                constants[text] = value
        words.append(f"{parameter.name}={text}" if parameter.name in sample.kwargs else text)
    call = f"{path_of(sample.function)}({', '.join(words)})"
    imports = "".join(f"import {module.__name__}\n" for module in MODULES)
    file = folder / "program.py"
    file.write_text(
        f"import numpy as np\n{imports}\n\ndef program({', '.join(names)}):\n    return {result.format(call)}\n"
    )
    spec = importlib.util.spec_from_file_location("program", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    vars(module).update(constants)
    return module.program, names


def assert_close(found: Any, expected: Any) -> None:
    """Compare two structures of gradients; the number 0.0 stands for any zeros."""
    if isinstance(expected, (list, tuple)):
        for one, other in zip(found, expected, strict=True):
            assert_close(one, other)
    elif found is not None:
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-11)


@pytest.mark.parametrize("sample", first_of_each(), ids=title)
def test_compiled_rule_equals_called_rule(sample: Sample, tmp_path: Path) -> None:
    rule = registry.find(sample.function)
    assert rule is not None
    bound = bound_arguments(rule, sample)
    program, names = load(sample, tmp_path)
    value, pullback = vjp(program, *[bound[name] for name in names])
    g = random_like(value, 1)
    expected = gradients(rule, sample, g)
    for name, found in zip(names, pullback(g)):
        assert_close(found, expected[name])


TWICE = (
    "gamma", "gammaln", "digamma", "polygamma", "gammainc", "gammaincc", "beta", "betaln", "zeta", "erf", "erfc",
    "erfinv", "erfcx", "ndtr", "log_ndtr", "ndtri", "jv", "iv", "kv", "j1", "i0e", "airy", "expit", "logit", "softmax",
    "log_softmax", "logsumexp", "xlogy", "xlog1py", "entr", "rel_entr", "kl_div", "boxcox", "inv_boxcox", "exprel",
    "ellipk", "eval_legendre", "hyp2f1", "solve", "inv", "solve_triangular", "cholesky",
    "solve_banded", "solveh_banded", "expm", "logm", "sqrtm", "solve_sylvester", "det",
    "toeplitz", "norm", "convolve", "correlate", "filtered", "gaussian_filter", "logpdf", "logpmf",
)  # fmt: skip


@pytest.mark.parametrize("sample", [s for s in first_of_each() if s.function.__name__ in TWICE], ids=title)
def test_rule_can_be_differentiated_again(sample: Sample, tmp_path: Path) -> None:
    rule = registry.find(sample.function)
    assert rule is not None
    bound = bound_arguments(rule, sample)
    value = sample.function(*sample.args, **sample.kwargs)
    result = "np.sum(np.sin({}))"
    if isinstance(value, tuple):
        result = "np.sum(np.sin({}[0]))"
    program, names = load(sample, tmp_path, result)
    arguments = [bound[name] for name in names]
    check_grads(program, arguments, order=2, rtol=1e-4, atol=1e-5)


def test_a_factor_and_its_solution_as_one_program() -> None:
    def program(a: Any, b: Any) -> Any:
        factor = scipy.linalg.cho_factor(a @ a.T, lower=True)
        other = scipy.linalg.lu_factor(a)
        return np.sum(scipy.linalg.cho_solve(factor, b) ** 2) + np.sum(scipy.linalg.lu_solve(other, b) ** 3)

    a = np.array([[2.0, 0.3], [0.1, 1.5]])
    check_grads(program, [a, np.array([1.0, -0.4])], order=1)


def test_a_literal_option_leaves_no_branch() -> None:
    def program(x: Any) -> Any:
        return np.sum(scipy.linalg.solve_triangular(x, np.ones(2), lower=True))

    derivative = grad(program)
    derivative(np.array([[2.0, 0.0], [0.3, 1.5]]))
    assert "if " not in derivative.source and "srcad.rules" not in derivative.source

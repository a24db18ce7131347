"""The rule as the compiler inlines it gives the gradients of the rule as it is called."""

from __future__ import annotations

import importlib.util
import math
from inspect import Parameter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from srcad import check_grads, vjp
from srcad.rules import registry
from tests.rules.harness import Sample, active, bound_arguments, gradients, mapped, random_like
from tests.rules.samples import SAMPLES, title


SERIES = ("polynomial", "chebyshev", "legendre", "laguerre", "hermite", "hermite_e")
NAMESPACES = (
    ("np", np), ("np.linalg", np.linalg), ("np.fft", np.fft), ("math", math),
    *((f"np.polynomial.{name}", getattr(np.polynomial, name)) for name in SERIES),
)  # fmt: skip


def path_of(function: Any) -> str | None:
    """Return how a program names ``function``, or None for methods and the runtime."""
    name = getattr(function, "__name__", "")
    for prefix, module in NAMESPACES:
        if getattr(module, name, None) is function:
            return f"{prefix}.{name}"
    return name if function in (abs, pow) else None


def is_compiled(sample: Sample) -> bool:
    """Tell whether the sample is a call in the language that is differentiated: real, with a name."""
    leaves: list[Any] = []
    mapped(leaves.append, (*sample.args, *sample.kwargs.values()))
    return path_of(sample.function) is not None and not any(map(np.iscomplexobj, leaves))


def program(sample: Sample) -> tuple[str, list[str]]:
    """Return the text of a function of the sample's active arguments, which has the options as literals."""
    rule = registry.find(sample.function)
    assert rule is not None
    bound, names = bound_arguments(rule, sample), active(rule, sample)
    written = []
    for parameter in rule.parameters:
        if parameter.name not in bound:
            continue
        value = bound[parameter.name]
        text = parameter.name if parameter.name in names else literal(value)
        if parameter.kind is Parameter.VAR_POSITIONAL:
            written.append(", ".join(f"{parameter.name}[{i}]" for i in range(len(value))))
        elif parameter.name in sample.kwargs:
            written.append(f"{parameter.name}={text}")
        else:
            written.append(text)
    body = f"{path_of(sample.function)}({', '.join(written)})"
    return f"def program({', '.join(names)}):\n    return {body}\n", names


def literal(value: Any) -> str:
    """Return Python text for an option."""
    if isinstance(value, np.ndarray):
        return f"np.array({value.tolist()})"
    if isinstance(value, type):
        return "np.float64" if value is np.float64 else value.__name__
    if isinstance(value, float) and math.isinf(value):
        return "np.inf" if value > 0 else "-np.inf"
    return repr(value)


def load(text: str, folder: Path) -> Any:
    """Return the function ``program`` of a module with this text."""
    file = folder / "program.py"
    file.write_text("import math\n\nimport numpy as np\n\n\n" + text)
    spec = importlib.util.spec_from_file_location("program", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.program


def assert_close(found: Any, expected: Any) -> None:
    """Compare two structures of gradients; the number 0.0 stands for any zeros."""
    if isinstance(expected, (list, tuple)):
        for one, other in zip(found, expected, strict=True):
            assert_close(one, other)
    else:
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("sample", [s for s in SAMPLES if is_compiled(s)], ids=title)
def test_compiled_rule_equals_called_rule(sample: Sample, tmp_path: Path) -> None:
    rule = registry.find(sample.function)
    assert rule is not None
    bound = bound_arguments(rule, sample)
    text, names = program(sample)
    value, pullback = vjp(load(text, tmp_path), *[bound[name] for name in names])
    g = random_like(value, 1)
    expected = gradients(rule, sample, g)
    for name, found in zip(names, pullback(g)):
        assert np.shape(found) == np.shape(bound[name]) if isinstance(found, np.ndarray) else True
        assert_close(found, expected[name])


TWICE = (
    np.sum, np.mean, np.prod, np.max, np.var, np.std, np.cumsum, np.cumprod, np.dot, np.matmul, np.inner, np.outer,
    np.tensordot, np.trace, np.reshape, np.transpose, np.broadcast_to, np.concatenate, np.stack, np.hstack, np.array,
    np.where, np.maximum, np.absolute, np.power, np.clip, np.sort, np.take, np.linspace, np.diag, np.tril, np.repeat,
    np.linalg.inv, np.linalg.det, np.linalg.solve, np.linalg.cholesky, np.linalg.norm,
)  # fmt: skip


@pytest.mark.parametrize("function", TWICE, ids=lambda function: function.__name__)
def test_rule_can_be_differentiated_again(function: Any, tmp_path: Path) -> None:
    sample = next(s for s in SAMPLES if s.function is function and is_compiled(s))
    rule = registry.find(function)
    assert rule is not None
    bound = bound_arguments(rule, sample)
    text, names = program(sample)
    weights = np.random.default_rng(0).uniform(0.5, 1.5, np.shape(function(*sample.args, **sample.kwargs)))
    header, _, call = text.rstrip().partition("    return ")
    scalar = f"{header}    return np.sum(np.array({weights.tolist()}) * {call})\n"
    check_grads(load(scalar, tmp_path), [bound[name] for name in names], order=2, rtol=1e-4, atol=1e-5)

"""The rule as the compiler inlines it gives the gradients of the rule as it is called."""

from __future__ import annotations

import importlib.util
import math
from inspect import Parameter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from srcad import check_grads, grad, jvp, vjp
from srcad.rules import registry
from tests.rules.harness import (
    Sample,
    active,
    bound_arguments,
    gradients,
    is_number,
    mapped,
    pushforward,
    random_like,
)
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


def rule_of(sample: Sample) -> registry.Rule:
    """Return the rule of the function of a sample."""
    rule = registry.find(sample.function)
    assert rule is not None, f"{sample} has no rule"
    return rule


def is_compiled(sample: Sample) -> bool:
    """Tell whether the sample is a call in the language that is differentiated: real, with a name."""
    leaves: list[Any] = []
    mapped(leaves.append, (*sample.args, *sample.kwargs.values()))
    return path_of(sample.function) is not None and not any(map(np.iscomplexobj, leaves))


def program(sample: Sample) -> tuple[str, list[str]]:
    """Return the text of a function of the sample's active arguments, which has the options as literals."""
    rule = rule_of(sample)
    bound, names = bound_arguments(rule, sample), active(rule, sample)
    written = []
    for parameter in rule.parameters:
        if parameter.name not in bound:
            continue
        value = bound[parameter.name]
        text = parameter.name if parameter.name in names else literal(value)
        if parameter.kind is Parameter.VAR_POSITIONAL and parameter.name in names:
            written += [f"{parameter.name}[{i}]" if is_number(v) else literal(v) for i, v in enumerate(value)]
        elif parameter.kind is Parameter.VAR_POSITIONAL:
            written += map(literal, value)
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
    if isinstance(value, (list, tuple)) and value:
        inner = ", ".join(map(literal, value))
        return f"[{inner}]" if isinstance(value, list) else f"({inner},)"
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
    if isinstance(found, (list, tuple)) and isinstance(expected, float):
        for part in found:
            assert_close(part, expected)
    elif found is None:
        assert isinstance(expected, float) and expected == 0.0
    elif isinstance(expected, (list, tuple)):
        for one, other in zip(found, expected, strict=True):
            assert_close(one, other)
    else:
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("sample", [s for s in SAMPLES if is_compiled(s)], ids=title)
def test_compiled_rule_equals_called_rule(sample: Sample, tmp_path: Path) -> None:
    rule = rule_of(sample)
    bound = bound_arguments(rule, sample)
    text, names = program(sample)
    value, pullback = vjp(load(text, tmp_path), *[bound[name] for name in names])
    g = random_like(value, 1)
    expected = gradients(rule, sample, g)
    for name, found in zip(names, pullback(g)):
        assert np.shape(found) == np.shape(bound[name]) if isinstance(found, np.ndarray) else True
        assert_close(found, expected[name])


COMPILED = [sample for sample in SAMPLES if is_compiled(sample)]
ENDS = {
    id(sample) for order in (COMPILED, COMPILED[::-1]) for sample in {s.function: s for s in order}.values()
}


@pytest.mark.parametrize("sample", [s for s in COMPILED if id(s) in ENDS], ids=title)
def test_compiled_forward_rule_equals_called_rule(sample: Sample, tmp_path: Path) -> None:
    rule = rule_of(sample)
    bound = bound_arguments(rule, sample)
    text, names = program(sample)
    tangents = {name: random_like(bound[name], i) for i, name in enumerate(names)}
    directions = [mapped(lambda leaf: leaf if is_number(leaf) else None, tangents[name]) for name in names]
    _, found = jvp(load(text, tmp_path), tuple(bound[name] for name in names), tuple(directions))
    assert_close(found, pushforward(rule, sample, tangents))


def parts_of(value: Any, path: str) -> list[tuple[str, Any]]:
    """Return the arrays and numbers in a result, each with the text that reads it as real numbers."""
    if isinstance(value, (list, tuple)):
        return [pair for i, part in enumerate(value) for pair in parts_of(part, f"{path}[{i}]")]
    if np.iscomplexobj(value):
        return [(f"np.real((0.7 - 0.4j) * {path})", value)]
    return [(path, value)] if is_number(value) else []


def scalar_program(sample: Sample) -> tuple[str, list[str]]:
    """Return a program as `program` does, whose result is a weighted sum of the result."""
    text, names = program(sample)
    header, _, call = text.rstrip().partition("    return ")
    rng = np.random.default_rng(0)
    terms = [
        f"np.sum(np.array({rng.uniform(0.5, 1.5, np.shape(part)).tolist()}) * {path})"
        for path, part in parts_of(sample.function(*sample.args, **sample.kwargs), "result")
    ]
    return f"{header}    result = {call}\n    return {' + '.join(terms)}\n", names


def is_double(sample: Sample) -> bool:
    """Tell whether arguments and results are of double precision, so that differences of gradients are exact."""
    parts: list[Any] = []
    mapped(parts.append, (*sample.args, *sample.kwargs.values()))
    parts += [part for _, part in parts_of(sample.function(*sample.args, **sample.kwargs), "")]
    return all(np.asarray(part).dtype == np.float64 for part in parts)


FIRST = {sample.function: sample for sample in reversed(SAMPLES) if is_compiled(sample) and is_double(sample)}


@pytest.mark.parametrize("sample", FIRST.values(), ids=title)
def test_rule_can_be_differentiated_again(sample: Sample, tmp_path: Path) -> None:
    rule = rule_of(sample)
    bound = bound_arguments(rule, sample)
    text, names = scalar_program(sample)
    check_grads(load(text, tmp_path), [bound[name] for name in names], order=2, rtol=1e-4, atol=1e-5)


SEVERAL = {
    sample.function: sample
    for sample in reversed(SAMPLES)
    if is_compiled(sample) and len(active(rule_of(sample), sample)) > 1
}


@pytest.mark.parametrize("sample", SEVERAL.values(), ids=title)
def test_each_gradient_alone_equals_that_of_all_together(sample: Sample, tmp_path: Path) -> None:
    bound = bound_arguments(rule_of(sample), sample)
    text, names = scalar_program(sample)
    function, arguments = load(text, tmp_path), [bound[name] for name in names]
    together = grad(function, argnums=tuple(range(len(names))))(*arguments)
    for position, whole in enumerate(together):
        assert_close(grad(function, argnums=position)(*arguments), whole)

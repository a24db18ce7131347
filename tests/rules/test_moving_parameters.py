"""A parameter without a gradient with which the result moves is refused, and its derivative is never 0 in silence.

The calls are those of the samples and of ``keywords_*.txt``; numbers are also put where a call leaves a default.
"""

from __future__ import annotations

import ast
import importlib.util
import warnings
from collections.abc import Callable, Iterator
from copy import copy
from inspect import Parameter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.ndimage

from srcad import grad, jvp
from srcad.errors import NoDerivativeError, SrcadError
from srcad.rules import registry
from srcad.rules.registry import Rule
from tests.rules.harness import Sample, bound_arguments
from tests.rules.keywords import _called
from tests.rules.samples import SAMPLES
from tests.rules.test_constants import _inexact
from tests.rules.test_every_keyword import CASES, SPACE

STEPS = (1e-4, 2e-4, -1e-4)
GATHERING = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
UNTRIED = {("cho_factor", "lower")}
"""A truth value that is handed back as it was given: that item of the result is no number."""


def calls() -> Iterator[tuple[Rule, dict[str, Any], str]]:
    """Yield the calls of functions with rules, each with its arguments by name."""
    for sample in SAMPLES:
        rule = registry.find(sample.function)
        assert rule is not None
        yield rule, bound_arguments(rule, sample), str(sample)
    for text, _ in CASES:
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call):
                called, is_method = _called(node.func, SPACE)
                rule = registry.find(called)
                if rule is not None and not is_method:
                    try:
                        args = [eval(ast.unparse(arg), dict(SPACE)) for arg in node.args]
                        options = {
                            k.arg or "": eval(ast.unparse(k.value), dict(SPACE)) for k in node.keywords
                        }
                        yield rule, bound_arguments(rule, Sample(called, tuple(args), options)), text
                    except (NameError, TypeError, SyntaxError):  # variables of a lambda or of a comprehension
                        continue


def tried(rule: Rule, bound: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the parameters without a gradient, each with numbers to put there."""
    for parameter in rule.parameters:
        name = parameter.name
        known = rule.differentiates(name) or name in rule.refused or parameter.kind in GATHERING
        if known or name in ("self", "out", "dtype") or (rule.reverse.__name__, name) in UNTRIED:
            continue
        value = bound.get(name)
        if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
            yield name, value * 1.0
            yield name, value + 0.3
        elif (
            isinstance(value, (float, np.inexact))
            or isinstance(value, np.ndarray)
            and value.dtype.kind == "f"
        ):
            yield name, value
        elif isinstance(value, (list, tuple, np.ndarray)):
            if _is_numeric(value):
                yield name, np.asarray(value) * 1.0
        else:
            yield name, 0.7


def _is_numeric(value: Any) -> bool:
    try:
        return np.asarray(value).dtype.kind in "fi"
    except ValueError:  # of several lengths
        return False


def weights(value: Any) -> Any:
    """Return a direction in which a number or an array is moved."""
    return 1.0 + np.arange(np.size(value)).reshape(np.shape(value)) if np.ndim(value) else 1.0


def spelled(rule: Rule, bound: dict[str, Any]) -> str:
    """Return the arguments of a call whose values are global variables."""
    places: list[str] = []
    named = False
    for parameter in rule.parameters:
        if parameter.name not in bound or parameter.kind is Parameter.VAR_KEYWORD:
            named = named or parameter.kind is not Parameter.VAR_POSITIONAL
        elif parameter.kind is Parameter.VAR_POSITIONAL:
            places.append(f"*a_{parameter.name}")
        elif named or parameter.kind is Parameter.KEYWORD_ONLY:
            named = True
            places.append(f"{parameter.name}=a_{parameter.name}")
        else:
            places.append(f"a_{parameter.name}")
    return ", ".join(places)


def program(rule: Rule, bound: dict[str, Any], name: str, item: str, file: Path) -> Callable[[Any], float]:
    """Return a weighted sum of an item of what a call returns, as a function of one of its arguments."""
    file.write_text(
        f"import numpy as np\n\n\ndef case(a_{name}):\n"
        f"    return np.sum(np.real((0.7 - 0.4j) * FUNCTION({spelled(rule, bound)}){item}))\n"
    )
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.__dict__.update({f"a_{key}": value for key, value in bound.items()}, FUNCTION=rule.primal)
    found: Callable[[Any], float] = module.case
    return found


def results(rule: Rule, bound: dict[str, Any]) -> list[np.ndarray]:
    """Return the numbers in what a call returns, nothing where it raises."""
    try:
        space = {f"a_{key}": copy(value) for key, value in bound.items()}
        np.random.seed(5)
        return list(_inexact(eval(f"FUNCTION({spelled(rule, bound)})", {**space, "FUNCTION": rule.primal})))
    except Exception:
        return []


def place_that_moves(rule: Rule, bound: dict[str, Any], name: str, value: Any) -> int | None:
    """Return the number of the first array in the result that moves in proportion to an argument."""
    middle = results(rule, {**bound, name: value})
    if not middle:
        return None
    around = [results(rule, {**bound, name: value + step * weights(value)}) for step in STEPS]
    if any(len(side) != len(middle) for side in around):
        return None
    for place, (here, *sides) in enumerate(zip(middle, *around)):
        if all(side.shape == here.shape for side in sides):
            slopes = [(side - here) / step for side, step in zip(sides, STEPS)]
            alike = all(np.allclose(slopes[0], slope, rtol=0.1, atol=1e-10) for slope in slopes)
            if np.any(np.abs(slopes[0]) > 1e-9) and alike:
                return place
    return None


def items(result: Any, text: str = "") -> Iterator[str]:
    """Yield what reaches the arrays in a result, in the order of `results`."""
    if isinstance(result, (list, tuple)):
        for number, part in enumerate(result):
            yield from items(part, f"{text}[{number}]")
    elif list(_inexact(result)):
        yield text


def fault(case: Callable[[Any], float], value: Any) -> str | None:
    """Return what a derivative does other than to be right or to be refused with the line."""
    h = 1e-4 * weights(value)
    expected = (case(value + h) - case(value - h)) / 2e-4
    modes: dict[str, Callable[[], Any]] = {
        "grad": lambda: np.sum(grad(case)(value) * weights(value)),
        "jvp": lambda: jvp(case, (value,), (weights(value),))[1],
    }
    for mode, derive in modes.items():
        try:
            found = derive()
        except SrcadError as error:
            if error.location is None:
                return f"{mode} is refused without a line"
        else:
            if not np.isclose(found, expected, rtol=1e-3, atol=1e-6):
                return f"{mode} gives {found}, not {expected}"
    return None


def test_no_parameter_that_the_result_moves_with_is_ignored(tmp_path: Path) -> None:
    faults: dict[str, str] = {}
    checked: set[tuple[int, str]] = set()
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for rule, bound, title in calls():
            for name, value in tried(rule, bound):
                place = None if (id(rule), name) in checked else place_that_moves(rule, bound, name, value)
                if place is None:
                    continue
                checked.add((id(rule), name))
                given = {**bound, name: value}
                space = {f"a_{key}": copy(part) for key, part in given.items()}
                result = eval(f"FUNCTION({spelled(rule, given)})", {**space, "FUNCTION": rule.primal})
                file = tmp_path / f"case{len(checked)}.py"
                found = fault(program(rule, given, name, list(items(result))[place], file), value)
                if found:
                    faults[f"{name} of {title}"] = found
    assert not faults
    assert len(checked) > 100


# -- functions that stand in gradients alone: what they are a gradient of is not called there --------------

IMAGE = np.sqrt(np.arange(20.0)).reshape(5, 4)


def padded(weights, cval):
    return np.sum(scipy.ndimage.correlate(IMAGE, weights, mode="constant", cval=cval))


def of_padding(cval):
    return np.sum(grad(padded)(np.arange(6.0).reshape(3, 2), cval))


def blurred(image, sigma):
    return np.sum(np.cos(IMAGE) * scipy.ndimage.gaussian_filter(image, sigma))


def of_width(sigma):
    return np.sum(np.cos(IMAGE) * grad(blurred)(IMAGE, sigma))


def test_the_padding_in_a_gradient_by_weights_has_its_derivative() -> None:
    expected = (of_padding(1.5) - of_padding(0.5)) / 1.0
    assert np.isclose(grad(of_padding)(0.5), expected)


@pytest.mark.parametrize("derive", [grad(of_width), lambda s: jvp(of_width, (s,), (1.0,))])
def test_the_width_in_a_gradient_by_an_image_is_refused(derive: Callable[[float], Any]) -> None:
    with pytest.raises(NoDerivativeError, match="sigma") as caught:
        derive(0.5)
    assert caught.value.location is not None

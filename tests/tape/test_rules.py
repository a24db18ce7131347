"""Every rule on the tape: cut to what is asked for, recorded by an outer tape, and differentiated twice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcad import tree
from srcad.errors import NoDerivativeError
from srcad.rules import registry
from srcad.tape import GradientTape, apply
from srcad.tape.calls import unwrapped
from tests.rules import harness
from tests.rules.harness import Sample
from tests.rules.samples import SAMPLES, title

# Their derivatives are computed by functions without a rule in all their arguments.
NO_SECOND_ORDER = ("gammainc_by_shape(", "gamma_path(", "beta_path(")


def on_numbers(function: Any, *structures: Any) -> Any:
    """Apply ``function`` to the floating-point leaves; in others' places is None."""
    return tree.map(
        lambda leaf, *more: function(leaf, *more) if harness.is_number(leaf) else None, *structures
    )


def random_like(value: Any, seed: int) -> Any:
    rng = np.random.default_rng(seed)

    def draw(leaf: Any) -> Any:
        drawn = rng.normal(size=np.shape(leaf))
        if np.iscomplexobj(leaf):
            drawn = drawn + 1j * rng.normal(size=np.shape(leaf))
        return np.asarray(drawn, np.result_type(leaf))[()]

    return on_numbers(draw, value)


def recorded(sample: Sample, bound: dict[str, Any], **changed: Any) -> Any:
    """Call the sample's function on the tape, with other values for some parameters."""
    rule = registry.find(sample.function)
    return harness._call(
        lambda *args, **kwargs: apply(rule.primal, *args, **kwargs), [], rule, {**bound, **changed}
    )


def gradients(sample: Sample, point: dict[str, Any], g: Any) -> dict[str, Any]:
    bound = harness.bound_arguments(registry.find(sample.function), sample)
    with GradientTape() as tape:
        watched = {name: tape.watch(value) for name, value in point.items()}
        result = recorded(sample, bound, **watched)
    return tape.gradient(result, watched, output_gradients=g, unconnected_gradients="zero")


def pairing(first: Any, second: Any) -> Any:
    """Return the sum of the products of two structures' numbers, which may be traced."""
    terms = []
    on_numbers(lambda weight, value: terms.append(np.sum(np.real(weight * value))), first, second)
    return sum(terms[1:], terms[0])


def point_of(sample: Sample) -> tuple[dict[str, Any], Any]:
    """Return the active arguments by name, and a weight for the result."""
    rule = registry.find(sample.function)
    bound = harness.bound_arguments(rule, sample)
    result = harness._call(rule.primal, [], rule, bound)
    return {name: bound[name] for name in harness.active(rule, sample)}, random_like(result, 1)


@pytest.mark.parametrize("sample", SAMPLES, ids=title)
def test_the_tape_gives_what_the_rule_gives_for_every_choice_of_parameters(sample):
    point, g = point_of(sample)
    rule = registry.find(sample.function)
    whole = harness.gradients(rule, sample, g)
    for chosen in ([name] for name in point) if len(point) > 1 else [list(point)]:
        found = gradients(sample, {name: point[name] for name in chosen}, g)
        for name in chosen:
            for gradient, leaf, expected in zip(
                tree.leaves(found[name]), tree.leaves(point[name]), parts(whole[name], point[name])
            ):
                if harness.is_number(leaf):
                    assert np.shape(gradient) == np.shape(leaf)
                    np.testing.assert_allclose(
                        gradient, np.broadcast_to(expected, np.shape(leaf)), 1e-7, 1e-10
                    )


def parts(gradient: Any, value: Any) -> list[Any]:
    """Return the gradient of each leaf of ``value``, for which an array or a number may stand."""
    if isinstance(value, (list, tuple)):
        given = [gradient] * len(value) if isinstance(gradient, float) else gradient
        return [leaf for part, item in zip(given, value) for leaf in parts(part, item)]
    return [gradient]


def firsts() -> list[Sample]:
    """Return one sample of each function that has real arguments."""
    found: dict[str, Sample] = {}
    for sample in SAMPLES:
        if not any(map(np.iscomplexobj, tree.leaves(list(sample.args)))):
            found.setdefault(title(sample).partition("(")[0], sample)
    return list(found.values())


def shown_by_differences() -> list[Sample]:
    """Return the samples without those of random functions that jump where all their arguments move."""
    return [sample for sample in firsts() if set(point_of(sample)[0]) - set(sample.by_quantile)]


@pytest.mark.parametrize("sample", shown_by_differences(), ids=title)
def test_the_gradient_recorded_by_an_outer_tape_is_differentiated(sample):
    point, g = point_of(sample)
    point = {name: value for name, value in point.items() if name not in sample.by_quantile}
    along = random_like(point, 2)

    def product() -> float:
        with GradientTape() as outer:
            watched = outer.watch(point)
            slope = pairing(along, gradients(sample, watched, g))
        return float(pairing(along, outer.gradient(slope, watched, unconnected_gradients="zero")))

    if any(part in title(sample) for part in NO_SECOND_ORDER):
        with pytest.raises(NoDerivativeError):
            product()
        return

    def at(step: float) -> float:
        moved = tree.map(
            lambda leaf, change: (
                leaf
                if change is None
                else type(leaf)(leaf + step * change)
                if not isinstance(leaf, np.ndarray)
                else leaf + step * change
            ),
            point,
            along,
        )
        return float(unwrapped(pairing(along, gradients(sample, moved, g))))

    step = 1e-3
    numerical = (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step)
    assert product() == pytest.approx(numerical, rel=1e-5, abs=1e-7)

"""Check a derivative rule at a sample: reverse against difference quotients, forward against reverse, dtypes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from inspect import Parameter, Signature
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import Rule

__all__ = ["Sample", "check_dtype", "check_forward", "check_reverse", "gradients", "pairing", "pushforward"]


@dataclass(frozen=True)
class Sample:
    """A call at which a rule is checked; ``fixed`` names parameters that have no derivative here.

    Those in ``by_quantile`` shape the distribution of a random sample: it jumps where they move.
    """

    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any] = field(default_factory=dict)
    fixed: tuple[str, ...] = ()
    by_quantile: tuple[str, ...] = ()

    def __str__(self) -> str:
        shown = [_shown(a) for a in self.args] + [f"{k}={_shown(v)}" for k, v in self.kwargs.items()]
        return f"{getattr(self.function, '__name__', self.function)}({', '.join(shown)})"


def _shown(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype.char}{list(value.shape)}".replace(" ", "")
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_shown, value))}]"
    return getattr(value, "__name__", None) or f"{value:.3g}" if isinstance(value, float) else str(value)[:20]


def bound_arguments(rule: Rule, sample: Sample) -> dict[str, Any]:
    """Return the sample's arguments by the rule's parameter names."""
    return dict(Signature(rule.parameters).bind(*sample.args, **sample.kwargs).arguments)


def _call(function: Callable[..., Any], first: list[Any], rule: Rule, bound: dict[str, Any]) -> Any:
    _rewind(bound.get("self"))
    positional, keywords = list(first), {}
    for parameter in rule.parameters:
        if parameter.name not in bound:
            continue
        value = bound[parameter.name]
        if parameter.kind is Parameter.VAR_POSITIONAL:
            positional += value
        elif parameter.kind is Parameter.KEYWORD_ONLY or keywords:
            keywords[parameter.name] = value
        elif _skipped_before(rule, parameter, bound):
            keywords[parameter.name] = value
        else:
            positional.append(value)
    return function(*positional, **keywords)


def _rewind(generator: Any) -> None:
    """Set NumPy's generators back, so that a sampler draws the same numbers at every call."""
    np.random.seed(5)
    if isinstance(generator, np.random.RandomState):
        generator.seed(5)
    elif isinstance(generator, np.random.Generator):
        generator.bit_generator.state = type(generator.bit_generator)(5).state


def _skipped_before(rule: Rule, parameter: Parameter, bound: dict[str, Any]) -> bool:
    names = [p.name for p in rule.parameters]
    return any(name not in bound for name in names[: names.index(parameter.name)])


def active(rule: Rule, sample: Sample) -> list[str]:
    """Return the parameters whose gradients are checked."""
    bound = bound_arguments(rule, sample)
    fixed = (*sample.fixed, *rule.shaped)
    return [p for p in rule.wrt if p in bound and p not in fixed and bound[p] is not None]


def gradients(rule: Rule, sample: Sample, g: Any) -> dict[str, Any]:
    """Return the gradients that ``rule`` gives for the active parameters."""
    bound = bound_arguments(rule, sample)
    ans = _call(rule.primal, [], rule, bound)
    if rule.kind == "elementwise":
        partials = _call(rule.reverse, [ans], rule, bound)
        partials = [partials] if len(rule.wrt) == 1 else partials
        found = [rt.unbroadcast(g * partial, bound.get(p, 0.0)) for p, partial in zip(rule.wrt, partials)]
    else:
        whole = _call(rule.reverse, [ans, g], rule, bound)
        found = [whole] if len(rule.wrt) == 1 else whole
    assert len(found) == len(rule.wrt), f"{len(found)} gradients for {rule.wrt}"
    named = dict(zip(rule.wrt, found))
    return {p: named[p] for p in active(rule, sample)}


def pushforward(rule: Rule, sample: Sample, tangents: dict[str, Any]) -> Any:
    """Return the tangent of the result where the named parameters have tangents, as the compiler forms it."""
    bound = bound_arguments(rule, sample)
    ans = _call(rule.primal, [], rule, bound)
    if rule.kind == "elementwise":
        partials = _call(rule.reverse, [ans], rule, bound)
        partials = [partials] if len(rule.wrt) == 1 else partials
        terms = [tangents[p] * partial for p, partial in zip(rule.wrt, partials) if p in tangents]
        return _fitted(sum(terms[1:], terms[0]), ans)
    if set(tangents) <= set(rule.jointly_linear):
        zeros = {p: mapped(np.zeros_like, bound[p]) for p in rule.jointly_linear if p in bound}
        return _call(rule.primal, [], rule, {**bound, **zeros, **tangents})
    total: Any = None
    for parameter, tangent in tangents.items():
        for term in _terms(rule, bound, ans, parameter, tangent):
            total = term if total is None else mapped(np.add, total, term)
    return total


def _terms(rule: Rule, bound: dict[str, Any], ans: Any, parameter: str, tangent: Any) -> list[Any]:
    if parameter in rule.forward:
        return [_call(rule.forward[parameter], [ans, tangent], rule, bound)]
    assert rule.multilinear or parameter in rule.jointly_linear, f"no forward rule for {parameter}"
    value = bound[parameter]
    if parameter in rule.jointly_linear or not _is_list(value):
        return [_call(rule.primal, [], rule, {**bound, parameter: tangent})]
    replaced = [[*value[:i], tangent[i], *value[i + 1 :]] for i in range(len(value)) if is_number(value[i])]
    return [_call(rule.primal, [], rule, {**bound, parameter: arguments}) for arguments in replaced]


def _fitted(tangent: Any, ans: Any) -> Any:
    tangent = tangent if np.iscomplexobj(ans) else np.real(tangent)
    return np.broadcast_to(tangent, np.shape(ans))


# -- structures of numbers ---------------------------------------------------------------------------


def is_number(value: Any) -> bool:
    """Tell whether ``value`` is floating-point or complex."""
    return (
        isinstance(value, (float, complex, np.inexact))
        or isinstance(value, np.ndarray)
        and value.dtype.kind in "fc"
    )


def mapped(change: Callable[..., Any], *values: Any) -> Any:
    """Return the first value with ``change`` applied to its numbers, beside those of the others."""
    first = values[0]
    if isinstance(first, (list, tuple)):
        parts = [mapped(change, *items) for items in zip(*values)]
        return parts if isinstance(first, list) else tuple(parts)
    return change(*values) if is_number(first) else first


def pairing(gradient: Any, direction: Any) -> float:
    """Return the sum of products of two structures; the number 0.0 stands for any zeros."""
    if (
        isinstance(gradient, float)
        and gradient == 0.0
        or not is_number(direction)
        and not _is_list(direction)
    ):
        return 0.0
    if _is_list(direction):
        return sum(pairing(g, d) for g, d in zip(gradient, direction))
    return float(np.real(np.sum(np.asarray(gradient) * direction)))


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def random_like(value: Any, seed: int) -> Any:
    """Return a random structure like ``value``."""
    rng = np.random.default_rng(seed)

    def draw(leaf: Any) -> Any:
        drawn = rng.normal(size=np.shape(leaf))
        if np.iscomplexobj(leaf):
            drawn = drawn + 1j * rng.normal(size=np.shape(leaf))
        if isinstance(leaf, (np.ndarray, np.generic)):
            return (
                np.asarray(drawn).astype(leaf.dtype)[()] if np.ndim(leaf) == 0 else drawn.astype(leaf.dtype)
            )
        return type(leaf)(drawn)

    return mapped(draw, value)


def assert_like(gradient: Any, value: Any) -> None:
    """Assert that a gradient has the structure and the shapes of ``value``."""
    if isinstance(gradient, float) and gradient == 0.0 or not _is_list(value) and not is_number(value):
        return
    if _is_list(value):
        assert len(gradient) == len(value)
        for part, item in zip(gradient, value):
            assert_like(part, item)
        return
    assert np.shape(gradient) == np.shape(value), (
        f"shape {np.shape(gradient)} for an argument of {np.shape(value)}"
    )
    if not np.iscomplexobj(value):
        assert not np.iscomplexobj(gradient), "a complex gradient for a real argument"


# -- checks ------------------------------------------------------------------------------------------


def check_reverse(rule: Rule, sample: Sample) -> None:
    """Compare with central differences of fourth order in two random directions for each parameter."""
    bound = bound_arguments(rule, sample)
    ans = _call(rule.primal, [], rule, bound)
    g = random_like(ans, 1)
    found = gradients(rule, sample, g)
    assert found, "the sample has no parameter to check"
    found = {name: gradient for name, gradient in found.items() if name not in sample.by_quantile}
    for parameter, gradient in found.items():
        assert_like(gradient, bound[parameter])
        for seed in (2, 3):
            direction = random_like(bound[parameter], seed)

            def at(offset: float, parameter: str = parameter, direction: Any = direction) -> float:
                moved = mapped(lambda leaf, step: leaf + offset * step, bound[parameter], direction)
                return pairing(g, _call(rule.primal, [], rule, {**bound, parameter: moved}))

            h = {np.float16: 0.25, np.float32: 2e-2, np.complex64: 2e-2}.get(type(ans), 1e-3)
            numerical = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)
            analytical = pairing(gradient, direction)
            rtol = {np.float16: 1e-2, np.float32: 1e-4, np.complex64: 1e-4}.get(type(ans), 1e-6)
            assert np.isclose(analytical, numerical, rtol=rtol, atol=1e-7), (
                f"{sample}: the gradient of {parameter} gives {analytical}, differences give {numerical}"
            )


def check_forward(rule: Rule, sample: Sample) -> None:
    """Check ``<g, jvp(t)> = <vjp(g), t>`` for all active parameters together, and for each alone."""
    bound = bound_arguments(rule, sample)
    ans = _call(rule.primal, [], rule, bound)
    g = random_like(ans, 4)
    pulled = gradients(rule, sample, g)
    tangents = {p: random_like(bound[p], 5 + i) for i, p in enumerate(pulled)}
    groups = [tangents] if len(tangents) == 1 else [tangents, *({p: t} for p, t in tangents.items())]
    for group in groups:
        pushed = pushforward(rule, sample, group)
        assert_like(pushed, ans)
        forward, backward = pairing(g, pushed), sum(pairing(pulled[p], t) for p, t in group.items())
        rtol = {np.float16: 1e-2, np.float32: 1e-4, np.complex64: 1e-4}.get(type(ans), 1e-8)
        assert np.isclose(forward, backward, rtol=rtol, atol=1e-8), (
            f"{sample}: forward gives {forward} where reverse gives {backward} for {list(group)}"
        )


def in_dtype(value: Any, dtype: Any) -> Any:
    """Return a structure with its arrays of numbers in the floating dtype, complex ones in the complex one."""
    twin = np.result_type(dtype, np.complex64)

    def convert(leaf: Any) -> Any:
        return (
            leaf.astype(twin if leaf.dtype.kind == "c" else dtype) if isinstance(leaf, np.ndarray) else leaf
        )

    return mapped(convert, value)


def check_dtype(rule: Rule, sample: Sample, dtype: Any = np.float32) -> bool:
    """Check that arrays of a floating dtype have gradients of it; return whether the sample could be checked."""
    arguments = tuple(in_dtype(a, dtype) for a in sample.args)
    options = {k: in_dtype(v, dtype) for k, v in sample.kwargs.items()}
    narrow = Sample(sample.function, arguments, options, sample.fixed, sample.by_quantile)
    bound = bound_arguments(rule, narrow)
    ans = _call(rule.primal, [], rule, bound)
    dtypes: list[Any] = []
    mapped(lambda leaf: dtypes.append(getattr(leaf, "dtype", None)), ans)
    if not dtypes or any(d not in (dtype, np.result_type(dtype, np.complex64)) for d in dtypes):
        return False
    for parameter, gradient in gradients(rule, narrow, random_like(ans, 1)).items():
        _assert_dtype(gradient, bound[parameter])
    return True


def _assert_dtype(gradient: Any, value: Any) -> None:
    if isinstance(gradient, float):
        return
    if _is_list(value):
        for part, item in zip(gradient, value):
            _assert_dtype(part, item)
    elif isinstance(value, np.ndarray) and is_number(value):
        kept = gradient.dtype in (value.dtype, value.real.dtype)
        assert kept, f"a gradient of {gradient.dtype} for an argument of {value.dtype}"

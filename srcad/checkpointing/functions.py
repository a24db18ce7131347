"""Recompute instead of save: a function that keeps its arguments alone."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any

from srcad import runtime as rt
from srcad.callables.replay import Replay
from srcad.callables.targets import require_callable
from srcad.callables.written import head, named_parameters, passed, write
from srcad.checkpointing.reruns import held_by, mark_of, replay_of, require_same, require_unchanged
from srcad.dynamic.operators import OPERATORS
from srcad.hooks import separate
from srcad.operators.deeper.reverse import call_parts
from srcad.operators.deeper.shadowed_calls import CALLS, ShadowedCall
from srcad.operators.dynamic.calls import SPECIAL
from srcad.rules import registry

__all__ = ["checkpoint"]

Outcome = tuple[Any, Any, Callable[[], None]]
Call = Callable[..., Outcome]


def checkpoint(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``f`` with a derivative that recomputes what it needs, and keeps the arguments alone.

    The forward pass calls the plain function; the backward pass calls its derivative, both sweeps.  This costs one
    more run of ``f``, and frees what it would have saved.

    Parameters
    ----------
    f : callable
        A function with named parameters, which changes none of its arguments in place.  A nested function can take any
        parameters.

    Returns
    -------
    callable
        Called like ``f``.  Its result shares no memory with the arguments.

    Raises
    ------
    ArgumentError
        If ``f`` takes ``*args`` or ``**kwargs``.
    UnsupportedError
        When differentiated, if ``f`` changed an argument or a variable around it, or returns another result when it
        runs again.

    Notes
    -----
    The second run draws the same random numbers (of NumPy, of `random`, and of generators that ``f`` is given or finds
    among its variables), and what it prints is left out.
    Forward mode and `GradientTape` pass through ``f`` as if it stood there itself.

    Examples
    --------
    >>> import numpy as np
    >>> import srcad
    >>> @srcad.checkpoint
    ... def block(x, w):
    ...     for _ in range(100):
    ...         x = np.tanh(w * x)
    ...     return x
    >>> round(float(srcad.grad(lambda x: block(x, 1.5) ** 2)(0.1)), 6) >= 0.0
    True
    """
    require_callable(f, "checkpoint")
    if isinstance(f, rt.Closure):
        return functools.partial(run_checkpointed, f)
    inner = f.func if isinstance(f, functools.partial) else f
    if registry.find(inner) is not None:
        return f  # a rule keeps little more than the arguments
    parameters = named_parameters(f, "checkpoint")
    definition, names = head(parameters)
    given = getattr(f, "__name__", "function")
    title = given if given.isidentifier() else "function"
    text = f"def {title}({definition}):\n    return run_checkpointed(primal, {passed(parameters)})\n"
    names.update(run_checkpointed=run_checkpointed, primal=f)
    made = write(title, text, names, f)
    made.__doc__ = f.__doc__
    made.__module__, made.__qualname__ = f.__module__, getattr(f, "__qualname__", title)
    result: Callable[..., Any] = made
    return result


def run_checkpointed(function: Any, /, *args: Any, **options: Any) -> Any:
    """Call ``function``, whose derivative recomputes."""
    return recomputed(function, args, options)


def recomputed(function: Any, args: Any, options: Any) -> Any:
    """Call ``function``; what the reverse mode of generated code treats in a way of its own."""
    return separate(function(*args, **options))


def _recomputed(call: Call, function: Any, args: Any, options: Any, *, shadows: Any) -> Outcome:
    own, images, named = shadows
    read = (args, options), held_by(function)
    before, replay = rt.clone(read), replay_of(function, args, options)
    value = rt.clone(function(*args, **options))
    require_unchanged(before, read, function)
    del before
    replay.forget_unless_drawn()
    fresh = rt.shadow(value)
    held_now = rt.kept_shadow((own, list(_each(images, len(args))), named or {}))
    given = (function, held_now[0], args, tuple(held_now[1]), options, held_now[2])
    return value, fresh, functools.partial(_pull, call, given, fresh, replay, mark_of(value))


def _pull(call: Call, given: Any, fresh: Any, replay: Replay, mark: Any) -> None:
    """Do both sweeps of a function; what a pullback holds is in its arguments, so that a copy has copies of it."""
    with replay:
        value, image, back = call(*given)
    require_same(mark, value, given[0])
    rt.accumulate_shadow(image, rt.taken(fresh))
    back()


def _each(images: Any, count: int) -> tuple[Any, ...]:
    return tuple(images) if images is not None else (None,) * count


def _checkpoint(call: Call, f: Any, *, shadows: Any) -> Outcome:
    """Make a checkpointed function of one that is nested in a differentiated program, or holds what was made there."""
    if _holds(f):
        return call(functools.partial, None, (run_checkpointed, f), (None, shadows[0]), {}, {})
    return checkpoint(f), shadows[0], _nothing_to_do


def _checkpoint_jvp(args: Any, tangents: Any, options: Any, option_tangents: Any) -> tuple[Any, Any]:
    if _holds(args[0]):
        made: tuple[Any, Any] = SPECIAL[functools.partial](
            (run_checkpointed, *args), (0.0, *tangents), {}, {}
        )
        return made
    return checkpoint(*args), tangents[0]


def _holds(function: Any) -> bool:
    """Tell whether a function is nested, or a method, a partial function or a callable object."""
    known = isinstance(function, (types.FunctionType, types.BuiltinFunctionType, type))
    return callable(function) and not known and registry.find(function) is None


def _nothing_to_do() -> None:
    """The pullback of what passes gradients on by shared memory alone."""


def _checkpoint_parts(calls: list[ShadowedCall]) -> list[Any]:
    """Do what `_checkpoint` does in forward mode of reverse mode."""
    first, *images = calls
    if not _holds(first.values[0]):
        made = checkpoint(first.values[0]), first.shadows[0], _nothing_to_do
        return [made, *((call.values[0], call.shadows[0], 0.0) for call in images)]
    moved = [first._replace(function=functools.partial, values=(run_checkpointed, *first.values),
                            shadows=(None, *first.shadows))]  # fmt: skip
    moved += [call._replace(values=(0.0, *call.values), shadows=(0.0, *call.shadows)) for call in images]
    return call_parts(moved)


CALLS[checkpoint] = _checkpoint_parts
OPERATORS.update({checkpoint: _checkpoint, recomputed: _recomputed})
SPECIAL[checkpoint] = _checkpoint_jvp

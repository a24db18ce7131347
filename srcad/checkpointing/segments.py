"""Some steps of a loop as one function, whose pullback needs no shadows."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import types
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from srcad import runtime as rt
from srcad.analysis.fingerprints import fingerprint
from srcad.analysis.kinds import is_differentiable
from srcad.analysis.kinds_of_values import kind_of
from srcad.backends.finite_checks import entries_checked
from srcad.callables import structures
from srcad.callables.compilation import compiled
from srcad.callables.cotangents import form_of, internal
from srcad.callables.replay import Replay
from srcad.callables.targets import Target
from srcad.callables.written import write
from srcad.checkpointing.states import (
    Form,
    form_of_records,
    gradient_of,
    gradient_parts,
    made_text,
    parts_of,
    paths_in,
)
from srcad.lang.function import Nested
from srcad.lang.walking import nodes_in
from srcad.pipeline import Code
from srcad.runtime.calls import Closure

__all__ = ["Segment", "advance_of", "advance_of_closure", "opened", "segment_of"]


@functools.lru_cache(maxsize=256)
def advance_of(step: types.FunctionType, count: int, receiver: bool = False, form: Form = None) -> Any:
    """Write the function that does ``n`` steps, with ``count`` further arguments, so that the compiler can inline it.

    Parameters
    ----------
    step : function
        One step.
    count : int
        How many further arguments it has.
    receiver : bool
        The first of these comes before the state, since the step is a method.
    form : Form
        The records that the state consists of, which is given and returned as the tuple of what stands in them.
    """
    names = [f"argument_{i}" for i in range(count)]
    given = [*names[:1], "state", *names[1:]] if receiver else ["state", *names]
    classes: dict[str, Any] = {}
    made = f"    state = {made_text(form, itertools.count(), classes)}\n" if form is not None else ""
    result = "".join(f"state{path}, " for path in paths_in(form)) if form is not None else "state"
    text = (
        f"def advance({', '.join(['state', 'n', *names])}):\n{made}    for _ in range(n):\n"
        f"        state = step({', '.join(given)})\n    return {result}\n"
    )
    return write("advance", text, {"step": step, **classes}, step)


@functools.lru_cache(maxsize=256)
def _advance_of_nested(step: Nested, count: int) -> Nested:
    """Return `advance_of` for a nested function, which captures what that captures."""
    names = "".join(f", argument_of_step_{i}" for i in range(count))
    text = (
        f"def advance(state_of_loop, count_of_steps{names}):\n    for _ in range(count_of_steps):\n"
        f"        state_of_loop = step_of_loop(state_of_loop{names})\n    return state_of_loop\n"
    )
    tree = gast.parse(text).body[0]
    for node in nodes_in(tree):
        if hasattr(node, "lineno"):
            gast.copy_location(node, step.tree)
    statics = {**step.statics, "step_of_loop": step}
    return Nested(
        tree, step.source, f"{step.name}_steps", step.captured, statics, step.cells, step.held, step.siblings
    )


class Segment:
    """Some steps of a loop as one function.

    Attributes
    ----------
    target : Target
        The function of the state, the number of steps, and the further arguments.
    others : tuple
        The further arguments.
    carrying : dict
        The shadows of those that have a derivative, and of what the step has captured, by name.
    is_complete : bool
        Its pullback returns all these gradients; what nested functions have captured it does not.
    form : Form
        The records that the states consist of, which are passed as tuples.
    """

    def __init__(self, function: Any, others: tuple[Any, ...], images: Any, own: Any, form: Form) -> None:
        self.target, self.others, self.form = Target(function), others, form
        names = [*self.target.names[2:], *self.target.captured_names()]
        values = (*others, *self.target.captured())
        given = zip(names, values, (*images, *(own or ())))
        self.carrying = {n: rt.kept_shadow(i) for n, v, i in given if not _is_nothing(i)}
        self.is_complete = not any(_is_beyond(v) for n, v in zip(names, values) if n in self.carrying)
        self._latest: tuple[Any, Code] | None = None

    def takes(self, state: Any) -> bool:
        """Tell whether a state is of the kind that the function is written for."""
        return form_of_records(state) == self.form and _is_plain(parts_of(state, self.form))

    def pull(self, state: Any, steps: int, gradient: Any, replay: Replay) -> tuple[Any, Any] | None:
        """Do both sweeps, the first under ``replay``, and return the gradient of the state, and the last state.

        None if the arguments share memory that changes.  ``gradient``, that of the last state, has the form of the
        runtime, and so has the result; the last state is in the parts of its records.
        """
        if self.form is not None:
            state = tuple(parts_of(state, self.form))
            gradient = gradient_parts(gradient, self.form)
        values = (state, steps, *self.others)
        everything = (*values, *self.target.captured())
        code = self._code(values)
        if code.changes_arguments and rt.share_memory(everything):
            return None
        forward, backward = entries_checked(code.entries)
        with replay:
            last, residuals = forward(*everything)
        if code.changes:
            last = rt.clone(last)  # the backward pass undoes what the steps changed
        found, *others = backward(residuals, gradient)
        for image, other in zip(self.carrying.values(), others):
            rt.accumulate_shadow(image, other)
        found = internal(found, form_of(state), self.target.title())
        return found if self.form is None else gradient_of(iter(found), self.form), last

    def _code(self, values: tuple[Any, ...]) -> Code:
        """Return the code for these arguments; all segments of a loop differ in the state at most."""
        sort = fingerprint(values[0])
        if self._latest is None or self._latest[0] != sort or not self._latest[1].holds():
            wanted = (self.target.names[0], *self.carrying)
            self._latest = sort, compiled(self.target, values, wanted, "vjp")
        return self._latest[1]


def segment_of(step: Any, args: tuple[Any, ...], own: Any, images: Any, state: Any) -> Segment | None:
    """Return the steps of a loop as one function, if step and state are of kinds that have one.

    Parameters
    ----------
    step, args
        The step and its further arguments.
    own, images
        The shadow of the step, and those of the arguments.
    state
        The first state.
    """
    form = form_of_records(state)
    if not _is_plain(parts_of(state, form)):
        return None
    made: Segment | None = None
    if isinstance(step, types.FunctionType):
        made = Segment(advance_of(step, len(args), False, form), args, images, None, form)
    elif isinstance(step, types.MethodType) and isinstance(step.__func__, types.FunctionType):
        function = advance_of(step.__func__, len(args) + 1, True, form)
        made = Segment(function, (step.__self__, *args), (own, *images), None, form)
    elif form is None and (advance := advance_of_closure(step, len(args))) is not None:
        made = Segment(advance, args, images, own, None)
    return made if made is not None and made.is_complete else None


def _is_beyond(value: Any) -> bool:
    """Tell whether the gradient of a value may belong to what a function in it has captured."""
    if not is_differentiable(kind_of(value)):
        return True
    return any(
        callable(leaf) and not isinstance(leaf, types.FunctionType) for leaf in structures.leaves(value)
    )


def _is_nothing(image: Any) -> bool:
    """Tell whether a shadow is that of a constant."""
    return image is None or isinstance(image, tuple) and all(map(_is_nothing, image))


def advance_of_closure(step: Any, count: int) -> Callable[..., Any] | None:
    """Return `advance_of` for a nested function of a differentiated program that changes nothing around it."""
    if not isinstance(step, Closure) or not isinstance(step.function, Nested) or step.function.cells:
        return None
    return Closure(_advance_of_nested(step.function, count), step.captured)


def opened(step: Any, own: Any) -> tuple[Any, Any]:
    """Return a nested function and its shadow, with what its helpers capture among what it captures itself.

    So a helper that is nested too is known by its code, and no value of the program.
    """
    if not isinstance(step, Closure) or not isinstance(own, list) or step.function.cells:
        return step, own
    known: dict[str, Nested] = {}
    found: list[tuple[str, Any, Any]] = []
    for name, value, image in zip(step.function.captured, step.captured, own):
        helper, parts = opened(value, image)
        if isinstance(helper, Closure) and isinstance(parts, list) and not helper.function.cells:
            known[name] = helper.function
            found += zip(helper.function.captured, helper.captured, parts)
        else:
            found.append((name, value, image))
    values = {name: value for name, value, _ in found}
    if not known or set(known) & set(values) or any(values[name] is not value for name, value, _ in found):
        return step, own
    images = {name: image for name, _, image in found}
    function = _with_helpers(step.function, tuple(values), tuple(known.items()))
    return Closure(function, tuple(values.values())), list(images.values())


@functools.lru_cache(maxsize=256)
def _with_helpers(step: Nested, captured: tuple[str, ...], helpers: tuple[tuple[str, Nested], ...]) -> Nested:
    """Return a nested function that captures other variables, and knows its helpers."""
    return dataclasses.replace(step, captured=captured, statics={**step.statics, **dict(helpers)})


def _is_plain(state: Any) -> bool:
    """Tell whether a state consists of floating-point numbers and arrays, in tuples, lists and dicts."""
    if isinstance(state, np.ndarray):
        return type(state) is np.ndarray and state.dtype.kind == "f"
    if type(state) in (tuple, list):
        return all(map(_is_plain, state))
    if type(state) is dict:
        return all(map(_is_plain, state.values()))
    return isinstance(state, (float, np.floating))

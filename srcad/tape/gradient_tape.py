"""`GradientTape`: derivatives of what was computed, by recording it."""

from __future__ import annotations

import contextlib
import functools
import linecache
import sys
import threading
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

from srcad import tree
from srcad.callables.places import call_of_srcad
from srcad.errors import ArgumentError, Location, SrcadError, TapeError
from srcad.tape.calls import is_inexact
from srcad.tape.rebinding import Rebound, named_in_call, rebind, restore
from srcad.tape.recording import Node, Token, recording
from srcad.tape.sources import gradients_of, plain, reference_to, resolved
from srcad.tape.values import Traced, Variable, warn_not_watched

__all__ = ["GradientTape"]


def _forgotten(error: BaseException, traceback: types.TracebackType | None) -> SrcadError | None:
    """Return the refusal of the line that has raised, if there was one; C code may go on for some lines."""
    place = _line_of(traceback)
    refused, line = recording.refused or (None, None)
    if isinstance(error, SystemError):
        return refused
    return refused if place is not None and (place.file, place.line) == line else None


def _line_of(traceback: types.TracebackType | None) -> Location | None:
    """Return the line outside of srcad and the libraries it uses that an exception came from."""
    latest = None
    while traceback is not None:
        name = str(traceback.tb_frame.f_globals.get("__name__", "")).partition(".")[0]
        latest = traceback if name not in ("srcad", "numpy", "contextlib") else latest
        traceback = traceback.tb_next
    traceback = latest
    if traceback is None:
        return None
    file = traceback.tb_frame.f_code.co_filename
    text = linecache.getline(file, traceback.tb_lineno).rstrip()
    return Location(file, traceback.tb_lineno, len(text) - len(text.lstrip()), text, len(text))


def _placed(method: Any) -> Any:
    """Give the errors of a method the place of the call."""

    @functools.wraps(method)
    def placed(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except SrcadError as error:
            error.at(call_of_srcad())
            raise

    return placed


class GradientTape:
    """Record a computation as it happens, and differentiate it.

    Inside its ``with`` block the tape records every step that depends on a watched value: NumPy
    functions, operators and methods, under any control flow, with or without source.  The derivatives
    come from the same rules as those of `srcad.grad`.

    Parameters
    ----------
    persistent : bool
        Allow more than one derivative to be taken; otherwise the first uses the tape up.
    watch_accessed_variables : bool
        Watch trainable variables when they are read.

    Examples
    --------
    >>> import numpy as np
    >>> from srcad import GradientTape
    >>> with GradientTape() as tape:
    ...     x = tape.watch(np.array([1.0, 2.0, 3.0]))
    ...     y = np.sum(x**2) if x[0] > 0 else np.sum(x)
    >>> tape.gradient(y, x)
    array([2., 4., 6.])

    Notes
    -----
    The semantics are those of ``tf.GradientTape`` (TensorFlow Core, API documentation of
    ``tf.GradientTape``), but for `watch`, whose result has to be used: a NumPy array cannot be told to
    record.
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self._persistent = persistent
        self._automatic = watch_accessed_variables
        self._used = False
        self._token = Token(watch_accessed_variables)
        self._given: list[tuple[Any, Any]] = []
        self._rebound: list[Rebound] = []
        self._named: list[tuple[Any, Any]] = []

    def __enter__(self) -> GradientTape:
        if self._token in recording.tokens:
            raise TapeError(
                "The tape is recording already.", "Leave its 'with' block before entering it again."
            )
        recording.tokens = (*recording.tokens, self._token)
        self._token.thread = threading.get_ident()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: types.TracebackType | None = None,
    ) -> None:
        self._stop()
        self._named += [(v.plain, v.traced) for v in self._rebound if v.is_visible() and v.is_bound()]
        restore(self._rebound)
        self._rebound = []
        refused = error
        if isinstance(error, (ValueError, SystemError)):
            # A store of a number into an array: NumPy hides why it was refused, or forgets it, as C code does.
            cause = error.__cause__
            refused = cause if isinstance(cause, SrcadError) else _forgotten(error, traceback)
        recording.refused = None
        if isinstance(refused, SrcadError):
            refused.location = refused.location or _line_of(traceback)
            if refused is not error:
                raise refused.with_traceback(traceback) from None

    def _stop(self) -> None:
        self._token.thread = None
        recording.tokens = tuple([token for token in recording.tokens if token is not self._token])

    # -- what is recorded

    def watch(self, value: Any) -> Any:
        """Watch a number, an array, a `Variable` or any nesting of containers of them.

        Parameters
        ----------
        value : object
            Integers in it are not watched, with a warning; strings, flags and None stay as they are.

        Returns
        -------
        object
            The same structure with traced values, copies of the data, for the computation to use.  A
            value that is traced already, or a variable, is watched itself and returned.  Where the call
            stands on a line of its own, the variables that it names stand for the traced values until
            the ``with`` block ends.

        Raises
        ------
        ArgumentError
            If there is nothing in ``value`` that can be watched.

        Examples
        --------
        >>> from srcad import GradientTape
        >>> with GradientTape() as tape:
        ...     params = tape.watch({"a": 2.0, "b": [3.0, 4.0]})
        ...     y = params["a"] * params["b"][1]
        >>> tape.gradient(y, params)
        {'a': 4.0, 'b': [None, 2.0]}
        """
        count = 0

        def watched(leaf: Any) -> Any:
            nonlocal count
            found = self._watched_leaf(leaf)
            count += found is not None
            return leaf if found is None else found

        result = tree.map(watched, value)
        if not count:
            raise ArgumentError(
                f"A tape was asked to watch a {type(value).__name__}, in which it finds nothing to watch.",
                "Watch floats, arrays, variables and containers of them; classes of your own can be "
                "registered with srcad.tree.register.",
            )
        if not isinstance(value, (Traced, Variable)):
            self._given.append((value, tree.map(reference_to, result)))
            frame = sys._getframe(1)
            self._rebound += rebind(frame, named_in_call(frame), value, result)
        return result

    def _watched_leaf(self, leaf: Any) -> Any:
        """Return the traced value of a leaf, or None where there is nothing to watch."""
        if isinstance(leaf, Variable):
            self._token.watch(leaf)
            return leaf
        if isinstance(leaf, Node):
            if self._token not in leaf.tokens:
                leaf.tokens = (*leaf.tokens, self._token)
            return leaf
        if is_inexact(leaf):
            kept = leaf.copy(order="K") if isinstance(leaf, np.ndarray) else leaf
            return Traced(np.asarray(kept) if isinstance(kept, np.memmap) else kept, (self._token,))
        if not _is_integer(leaf):
            return None
        warn_not_watched(leaf)
        return leaf

    def watched_variables(self) -> tuple[Variable, ...]:
        """Return the variables that are watched, in the order in which they were first read or watched."""
        return tuple(self._token.watched.values())

    @_placed
    def stop_recording(self) -> contextlib.AbstractContextManager[None]:
        """Leave out of the recording what is computed inside this ``with`` block.

        Raises
        ------
        TapeError
            If the tape is not recording.
        """
        if self._token not in recording.tokens:
            raise TapeError(
                "The tape is not recording, so that it cannot stop.", "Stop inside its 'with' block."
            )
        return self._stopped()

    @contextlib.contextmanager
    def _stopped(self) -> Iterator[None]:
        place, thread = recording.tokens.index(self._token), self._token.thread
        self._stop()
        try:
            yield
        finally:
            # the tapes around may have changed in the meantime, and this one may have been reset
            recording.tokens = (*recording.tokens[:place], self._token, *recording.tokens[place:])
            self._token.thread = thread

    def reset(self) -> None:
        """Forget what was recorded and watched; a tape that is recording goes on."""
        fresh = Token(self._automatic)
        fresh.thread = self._token.thread
        recording.tokens = tuple([fresh if token is self._token else token for token in recording.tokens])
        self._token = fresh
        self._given = []
        self._used = False

    # -- derivatives

    @_placed
    def gradient(
        self, target: Any, sources: Any, output_gradients: Any = None, unconnected_gradients: str = "none"
    ) -> Any:
        """Return the derivative of the sum of the targets' entries with respect to the sources.

        Parameters
        ----------
        target : object
            A traced value, or any nesting of containers of them, all of which are summed.
        sources : object
            Watched values, or what `watch` was given, in any nesting of containers.
        output_gradients : object, optional
            A structure like ``target`` with weights for the entries in place of ones; None stands for ones.
        unconnected_gradients : {"none", "zero"}
            What to return for a source on which the targets do not depend.

        Returns
        -------
        object
            A structure like ``sources``; an entry has the shape and dtype of its source.  It is traced if a
            tape that still records follows it.

        Raises
        ------
        TapeError
            If the tape is used up.
        ArgumentError
            If a source was not watched, or an option is not among those above.
        """
        zero = _wants_zero(unconnected_gradients)
        targets, whole = tree.leaves(target), self._resolved(sources)
        weights = [None] * len(targets) if output_gradients is None else _weights(target, output_gradients)
        seeds = [
            (node, _seed(node, weight))
            for leaf, weight in zip(targets, weights)
            if (node := self._target(leaf)) is not None
        ]
        self._use()
        return self._gradients(seeds, whole, zero)

    @_placed
    def jacobian(self, target: Any, sources: Any, unconnected_gradients: str = "none") -> Any:
        """Return the derivative of every entry of the target with respect to the sources.

        Parameters
        ----------
        target : Traced
            One value.
        sources, unconnected_gradients
            As for `gradient`.

        Returns
        -------
        object
            A structure like ``sources``; an entry has the shape of the target, then that of its source.

        Raises
        ------
        TapeError, ArgumentError
            As for `gradient`.

        Examples
        --------
        >>> import numpy as np
        >>> from srcad import GradientTape
        >>> with GradientTape() as tape:
        ...     x = tape.watch(np.array([1.0, 2.0]))
        ...     y = x**2
        >>> tape.jacobian(y, x)
        array([[2., 0.],
               [0., 4.]])
        """
        zero = _wants_zero(unconnected_gradients)
        node, whole = self._single(target), self._resolved(sources)
        self._use()
        shape = np.shape(plain(target))
        rows = (
            [self._row(node, row, whole, zero) for row in _rows(shape, np.result_type(node.raw))]
            if node is not None
            else []
        )
        filled = zero or (node is not None and not rows)
        return tree.map(lambda source, *parts: _stacked(source, parts, shape, filled), whole, *rows)

    @_placed
    def batch_jacobian(self, target: Any, source: Any, unconnected_gradients: str = "none") -> Any:
        """Return the Jacobian of each item of a batch, where no item depends on another.

        Parameters
        ----------
        target : Traced
            A value of shape ``(b, ...)``.
        source : object
            One watched value of shape ``(b, ...)``.
        unconnected_gradients : {"none", "zero"}
            As for `gradient`.

        Returns
        -------
        numpy.ndarray
            Of shape ``(b, *target.shape[1:], *source.shape[1:])``.

        Raises
        ------
        ArgumentError
            If the first axes of target and source differ.
        TapeError
            As for `gradient`.
        """
        zero = _wants_zero(unconnected_gradients)
        whole = self._resolved(source)
        _require_one("source", whole)
        shape, inner = np.shape(plain(target)), np.shape(plain(whole))
        if not shape or not inner or shape[0] != inner[0]:
            raise ArgumentError(
                f"batch_jacobian needs a target and a source with the same first axis, not {shape} and {inner}.",
                "Use jacobian where they are not batches.",
            )
        node = self._single(target)
        self._use()
        rows = []
        if node is not None:
            for row in _rows(shape[1:], np.result_type(node.raw)):
                seed = np.array(np.broadcast_to(row, shape))
                rows.append(self._row(node, seed, whole, zero))
        if not rows or rows[0] is None:
            filled = zero or (node is not None and not rows)
            return np.zeros((*shape, *inner[1:]), _dtype(whole)) if filled else None
        return np.reshape(np.stack(rows, axis=1), (*shape, *inner[1:]))

    def _row(self, node: Node, seed: Any, whole: Any, zero: bool) -> Any:
        """Return the derivative of the entries that ``seed`` chooses: a complex one by a real source is complex."""
        found = self._gradients([(node, seed)], whole, zero)
        if not np.iscomplexobj(seed):
            return found
        turned = self._gradients([(node, 1j * seed)], whole, zero)

        def joined(source: Any, one: Any, other: Any) -> Any:
            return one if one is None or np.iscomplexobj(plain(source)) else one - 1j * other

        return tree.map(joined, whole, found, turned)

    def _use(self) -> None:
        """Note that a derivative is taken."""
        if self._used and not self._persistent:
            raise TapeError(
                "A tape that is not persistent computes one derivative, and this one has done so.",
                "Write GradientTape(persistent=True), or take all the sources in one call.",
            )
        self._used = True
        if not self._persistent:
            self._stop()

    def _single(self, target: Any) -> Node | None:
        """Return the node of the target of a Jacobian, which must be one value."""
        _require_one("target", target)
        return self._target(target)

    def _target(self, leaf: Any) -> Node | None:
        """Return the node of a target, or None for a plain value, on which nothing was recorded."""
        if isinstance(leaf, Variable):
            readings = self._token.nodes(leaf)
            return readings[-1] if readings else None
        if isinstance(leaf, Node):
            return leaf
        return None

    def _resolved(self, sources: Any) -> Any:
        """Return the sources with traced values in place of the plain ones that were watched."""
        return resolved(sources, self._given, self._named)

    def _gradients(self, seeds: list[tuple[Node, Any]], sources: Any, zero: bool) -> Any:
        """Return the gradients of the resolved sources."""
        return gradients_of(seeds, sources, self._token, zero)


def _require_one(what: str, value: Any) -> None:
    """Refuse a container as the target of a Jacobian, or as the source of a batch of them."""
    parts = tree.leaves(value)
    if len(parts) != 1 or parts[0] is not value:
        raise ArgumentError(
            f"The {what} of a Jacobian must be one value, not a {type(value).__name__}.",
            "Take the Jacobian of each part; the tape must be persistent for that.",
        )


def _is_integer(leaf: Any) -> bool:
    if isinstance(leaf, (np.ndarray, np.generic)):
        return leaf.dtype.kind in "iu"
    return isinstance(leaf, int) and not isinstance(leaf, bool)


def _wants_zero(unconnected_gradients: str) -> bool:
    if unconnected_gradients not in ("none", "zero"):
        raise ArgumentError(
            f"unconnected_gradients={unconnected_gradients!r} is not known.", "Write 'none' or 'zero'."
        )
    return unconnected_gradients == "zero"


def _weights(target: Any, output_gradients: Any) -> list[Any]:
    """Return the weight of each target."""
    weights: list[Any] = []
    tree.map(lambda leaf, weight: weights.append(weight), target, output_gradients)
    return weights


def _seed(node: Node, weight: Any) -> Any:
    """Return the gradient of a target: ones, or the weight given, in the target's shape and dtype."""
    raw = node.raw
    if weight is None:
        return np.ones_like(raw) if isinstance(raw, np.ndarray) else type(raw)(1)
    if np.shape(weight) != np.shape(raw):
        raise ArgumentError(
            f"An output gradient of shape {np.shape(weight)} was given for a target of shape {np.shape(raw)}.",
            "Give each target an output gradient of its shape.",
        )
    if np.iscomplexobj(plain(weight)) and not np.iscomplexobj(raw):
        raise ArgumentError(
            "A complex output gradient was given for a real target.",
            "Give each target an output gradient of its type.",
        )
    if isinstance(weight, Variable):
        return weight.read()
    if isinstance(weight, Node):
        return weight
    return np.array(weight, np.result_type(raw))[()] if hasattr(raw, "dtype") else type(raw)(weight)


def _rows(shape: tuple[int, ...], dtype: Any) -> Iterator[Any]:
    """Yield for each entry of a value the array that is 1 there and 0 elsewhere."""
    for index in np.ndindex(shape):
        row = np.zeros(shape, dtype)
        row[index] = 1
        yield row if shape else row[()]


def _stacked(source: Any, rows: tuple[Any, ...], shape: tuple[int, ...], filled: bool) -> Any:
    """Return the Jacobian of one source from its rows; without any, None or zeros."""
    if not isinstance(source, (Node, Variable)):
        return None
    if not rows or rows[0] is None:
        return np.zeros(shape + np.shape(plain(source)), _dtype(source)) if filled else None
    return np.reshape(np.stack(rows), shape + np.shape(plain(source))) if shape else rows[0]


def _dtype(source: Any) -> np.dtype[Any]:
    return np.result_type(plain(source))

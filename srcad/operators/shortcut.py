"""The short way from a repeated forward derivative to its code: guards on arguments and directions, written out.

A `srcad.operators.forward.Jvp` that is called again and again gets a ``__call__`` of its own, such as ::

    def __call__(self, primals, tangents):
        if type(primals) is type(tangents) is tuple and len(primals) == len(tangents) == 1:
            a0, = primals
            t0, = tangents
            if type(a0) is float and type(t0) is float and D0.get("np") is V0:
                try:
                    value, tangent = f0(a0, t0)
                except BaseException as error:
                    show_users_source(error)
                    raise error
                return value, tangent_result(tangent, value, tangents)
        return self._call(primals, tangents)

Whatever its guards do not know goes the long way.
"""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np

from srcad.analysis.fingerprints import fingerprint
from srcad.backends.tracebacks import show_users_source
from srcad.callables.compilation import when_forgotten
from srcad.callables.dispatch import dependencies_of
from srcad.callables.guards import Names, tests_of
from srcad.callables.targets import Target
from srcad.pipeline import Code
from srcad.runtime import clone, share_memory
from srcad.runtime.user_tangents import tangent_result

__all__ = ["Shortcut"]

_CALLS_BEFORE = 3
_MOST_TEXTS = 16

_installed: weakref.WeakSet[Shortcut] = weakref.WeakSet()


class Shortcut:
    """The latest variant of one forward derivative, if it can be told by guards.

    Parameters
    ----------
    target : Target
        The function.
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        self._of_owner: type | None = None
        self._latest: tuple[Code, tuple[bool, ...]] | None = None
        self._calls = 0
        self._texts = 0
        self._is_possible = target.simple and target.closure is None

    def note(
        self, owner: Any, code: Code, primals: tuple[Any, ...], tangents: tuple[Any, ...], with_value: bool
    ) -> None:
        """Count a call that went the long way; one that is made often has guards from now on.

        Parameters
        ----------
        owner : object
            The derivative, whose class becomes one of its own, with another ``__call__``.
        code : Code
            The code that ran.
        primals, tangents : tuple
            What the user gave.
        with_value : bool
            The code returns the value beside the tangent.
        """
        if not self._is_possible or code.changes_arguments or code.changes and code.catches_errors:
            return
        seen = code, tuple(t is None for t in tangents)
        self._calls = self._calls + 1 if self._latest == seen else 1
        self._latest = seen
        if self._calls != _CALLS_BEFORE or self._texts == _MOST_TEXTS:
            return
        inner = self.target.inner
        if inner is not None and getattr(getattr(inner, "latest", None), "changes", True):
            return
        if len(primals) + len(self.target.before) == len(self.target.names):
            text, space = self._written(code, primals, tangents, with_value)
            if text:
                self._texts += 1
                self._install(owner, text, space)

    def _written(
        self, code: Code, primals: tuple[Any, ...], tangents: tuple[Any, ...], with_value: bool
    ) -> tuple[str, dict[str, Any]]:
        """Return the text of ``__call__`` and what it refers to; no text where the guards cannot be written out."""
        dependencies, names = dependencies_of(self.target, code), Names()
        count = len(primals)
        own, given = [f"a{k}" for k in range(count)], [f"t{k}" for k in range(count)]
        captured = [f"c{k}" for k in range(len(self.target.captured_names()))]
        before = [names.of(value) for value in self.target.before]
        found = [tests_of(n, n, v, names) for n, v in zip(own, primals)]
        found += [
            tests_of(n, n, v, names) or [f"fingerprint({n}) == {names.of(fingerprint(v))}"]
            for n, v in zip(before, self.target.before)
        ]
        found += [tests_of(n, n, v, names) for n, v in zip(captured, self.target.captured())]
        found += [_fits(t, a, direction) for t, a, direction in zip(given, own, tangents)]
        if dependencies is None or None in found or not count:
            return "", {}
        tests = [names.same(space, name, value) for space, name, value in dependencies]
        tests += [test for group in found for test in group or ()]
        tests += names.arrays()
        passed = [t for t, direction in zip(given, tangents) if direction is not None]
        arguments = [*before, *own, *captured, *passed]
        if code.changes:
            arguments = [f"clone({argument})" for argument in arguments]
        call = f"{names.of(code.entries[0])}({', '.join(arguments)})"
        cells = self.target.cells()
        value, result = (
            ("value, ", "value, tangent_result(tangent, value, tangents)") if with_value else ("", "tangent")
        )
        lines = [
            "def __call__(self, primals, tangents):",
            f"    if type(primals) is type(tangents) is tuple and len(primals) == len(tangents) == {count}:",
            f"        {', '.join(own)}, = primals",
            f"        {', '.join(given)}, = tangents",
            *[f"        {c} = {names.of(cells[n])}.cell_contents" for c, n in zip(captured, self.target.captured_names())],
            f"        if {' and '.join(tests)}:",
            "            try:",
            f"                {value}tangent = {call}",
            "            except BaseException as error:",
            "                show_users_source(error)",
            "                raise error",
            *[
                f"            if share_memory((value, ({', '.join([*before, *own, *captured])}))):",
                "                value = clone(value)",
            ]
            * (with_value and code.shares_result),
            f"            return {result}",
            "    return self._call(primals, tangents)",
        ]  # fmt: skip
        space = {
            **names.space,
            "clone": clone,
            "share_memory": share_memory,
            "show_users_source": show_users_source,
            "tangent_result": tangent_result,
        }
        return "\n".join(lines) + "\n", space

    def _install(self, owner: Any, text: str, space: dict[str, Any]) -> None:
        exec(compile(text, "<srcad guards>", "exec"), space)
        if self._of_owner is None:
            cls = type(owner)
            self._of_owner = type(cls.__name__, (cls,), {"__module__": cls.__module__})
            owner.__class__ = self._of_owner
            _installed.add(self)
        self._of_owner.__call__ = space["__call__"]  # type: ignore[method-assign]

    def forget(self) -> None:
        """Drop what was compiled before."""
        self._latest = None
        if self._of_owner is not None and "__call__" in vars(self._of_owner):
            del self._of_owner.__call__


def _fits(name: str, primal: str, direction: Any) -> list[str] | None:
    """Return guards that hold for directions which can be used as they are; None where there are none."""
    if direction is None:
        return [f"{name} is None"]
    if type(direction) is float:
        return [f"type({name}) is type({primal}) is float"]
    if type(direction) is not np.ndarray:
        return None
    same = [f"{name}.{part} == {primal}.{part}" for part in ("shape", "strides")]
    return [f"type({name}) is type({primal}) is ndarray", f"{name}.dtype is {primal}.dtype", *same]


def _forget_all() -> None:
    for shortcut in list(_installed):
        shortcut.forget()


when_forgotten.append(_forget_all)

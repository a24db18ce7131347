"""The short way from a call to the generated function: guards on the arguments, written out as Python.

A derivative that is called again and again gets a ``__call__`` of its own, such as ::

    def __call__(self, a0=MISSING, a1=MISSING, /, *rest, **options):
        if not (rest or options) and type(a0) is float and type(a1) is float and D0.get("np") is V0:
            try:
                return f0(a0, a1)
            except BaseException as error:
                self.explain(error)
                raise error
        passed = (*given(a0, a1), *rest)
        ordered = in_order(own_names, passed, options) if options else None
        return self._call(passed, options) if ordered is None else self(*ordered)

Whatever its guards do not know goes the long way, through `srcad.callables.compilation.compiled`.
"""

from __future__ import annotations

import types
import weakref
from collections.abc import Callable
from typing import Any

from srcad.analysis.fingerprints import fingerprint
from srcad.callables.compilation import when_forgotten
from srcad.callables.guards import MISSING, Names, tests_of
from srcad.callables.targets import Target, may_change_defaults
from srcad.lang.scope import SortDependency, replaceable_parts
from srcad.pipeline import Code
from srcad.runtime import share_memory

__all__ = ["Dispatch", "dependencies_of"]

_CALLS_BEFORE = 4
_MOST_VARIANTS = 4
_MOST_TEXTS = 32

_installed: weakref.WeakSet[Dispatch] = weakref.WeakSet()


class Dispatch:
    """The variants of one derivative that can be told apart by guards.

    Parameters
    ----------
    target : Target
        The function.
    arranged : bool
        What the generated function returns is still to be brought into the form that the user gets.
    """

    def __init__(self, target: Target, arranged: bool) -> None:
        self.target = target
        self.arranged = arranged
        self.variants: list[tuple[Code, list[str]]] = []
        self.names = Names()
        self._captured: tuple[str, ...] = ()
        self._of_owner: type | None = None
        self._seen: dict[int, int] = {}
        self._texts = 0
        self._is_possible = target.simple and target.closure is None

    def note(self, owner: Any, code: Code, everything: tuple[Any, ...]) -> None:
        """Count a call that went the long way; one that is made often has guards from now on.

        Parameters
        ----------
        owner : object
            The derivative, whose class becomes one of its own, with another ``__call__``.
        code : Code
            The code that is about to run.
        everything : tuple
            Its arguments, captured values included.
        """
        if not self._is_possible or may_change_defaults(self.target, code.changed_arguments):
            return
        count = self._seen[id(code)] = self._seen.get(id(code), 0) + 1
        if count != _CALLS_BEFORE or self._texts == _MOST_TEXTS:
            return
        dependencies = dependencies_of(self.target, code)
        if dependencies is None:
            self._is_possible = False
            return
        if self.target.captured_names() != self._captured:
            self._captured = self.target.captured_names()
            self.variants = []
        tests = [self.names.same(space, name, value) for space, name, value in dependencies]
        tests += [self.names.alike(sort) for sort in code.dependencies if isinstance(sort, SortDependency)]
        for name, value in zip(self._passed(), everything):
            found = tests_of(name, name, value, self.names)
            tests += found or [f"fingerprint({name}) == {self.names.of(fingerprint(value))}"]
        tests += self.names.arrays()
        self.variants = [(code, tests), *self.variants][:_MOST_VARIANTS]
        self._seen.clear()
        self._texts += 1
        self._install(owner)

    def _install(self, owner: Any) -> None:
        made = self._made()
        if self._of_owner is None:
            cls = type(owner)
            self._of_owner = type(cls.__name__, (cls,), {"__slots__": (), "__module__": cls.__module__})
            owner.__class__ = self._of_owner
            _installed.add(self)
        self._of_owner.__call__ = made  # type: ignore[misc]

    def forget(self) -> None:
        """Drop what was compiled before."""
        self.variants.clear()
        self._seen.clear()
        if self._of_owner is not None and "__call__" in vars(self._of_owner):
            del self._of_owner.__call__

    def _passed(self) -> list[str]:
        """Return the names that the guards have for the arguments of the generated function."""
        parameters = list(self.target.signature.parameters.values())
        bound = len(self.target.before)
        names = [f"{'a' if k < bound or p.default is MISSING else 'd'}{k}" for k, p in enumerate(parameters)]
        return names + [f"c{k}" for k in range(len(self.target.captured_names()))]

    def _made(self) -> Callable[..., Any]:
        """Return the function of the guards as they are now."""
        target, names = self.target, self.names
        bound = len(target.before)
        own = [f"a{k}" for k in range(bound, len(target.names))]
        head = "".join(f"{a}=MISSING, " for a in own) + ("/, " if own else "")
        lines = [f"def __call__(self, {head}*rest, **options):"]
        names.space.update((f"a{k}", value) for k, value in enumerate(target.before))
        for k, parameter in enumerate(target.signature.parameters.values()):
            if k >= bound and parameter.default is not MISSING:
                lines.append(f"    d{k} = {names.of(parameter.default)} if a{k} is MISSING else a{k}")
        for k, cell in enumerate(target.cells().values()):
            lines.append(f"    c{k} = {names.of(cell)}.cell_contents")
        lines += self._branches(", ".join(self._passed()))
        lines.append(f"    passed = (*given({', '.join(own)}), *rest)")
        if not any(p.kind is p.POSITIONAL_ONLY for p in target.signature.parameters.values()):
            names.space["own_names"] = tuple(target.names[bound:])
            lines.append("    ordered = in_order(own_names, passed, options) if options else None")
            lines.append("    return self._call(passed, options) if ordered is None else self(*ordered)")
        else:
            lines.append("    return self._call(passed, options)")
        space = {
            **names.space, "MISSING": MISSING, "given": _given, "in_order": _in_order, "share_memory": share_memory,
        }  # fmt: skip
        exec(compile("\n".join(lines) + "\n", "<srcad guards>", "exec"), space)
        made: Callable[..., Any] = space["__call__"]
        return made

    def _branches(self, arguments: str) -> list[str]:
        """Return a branch for each variant."""
        lines: list[str] = []
        several = len(self.variants) > 1
        for code, tests in self.variants:
            if code.changes_arguments:
                tests = [*tests, f"not share_memory(({arguments},))"]
            function = self.names.of(code.entries[0])
            result = (
                f"self._arrange({function}({arguments}))" if self.arranged else f"{function}({arguments})"
            )
            lines.append(f"    if not (rest or options) and {' and '.join(tests)}:")
            lines += [f"        self.latest = {self.names.of(code)}"] if several else []
            lines += ["        try:", f"            return {result}", "        except BaseException as error:",
                      "            self.explain(error)", "            raise error"]  # fmt: skip
        return lines


def _given(*arguments: Any) -> tuple[Any, ...]:
    """Return the arguments that were passed."""
    return tuple(argument for argument in arguments if argument is not MISSING)


def _in_order(
    names: tuple[str, ...], passed: tuple[Any, ...], options: dict[str, Any]
) -> tuple[Any, ...] | None:
    """Return arguments by position where the names are those of all parameters that are left; None elsewhere."""
    left = names[len(passed) :]
    if len(left) != len(options) or not options.keys() >= set(left):
        return None
    return (*passed, *[options[name] for name in left])


def dependencies_of(target: Target, code: Code) -> list[tuple[Any, str, Any]] | None:
    """Return what must be the same as when compiling: (dictionary or object, name, value); None if that is not known."""
    found: list[tuple[Any, str, Any]] = []
    while True:
        # Without defaults all arguments are passed, which the guards see.
        parts = [p for p in replaceable_parts(target.func) if p[1:] != ("__defaults__", None)]
        found += [*parts, *_static_cells(target)]
        for dependency in code.dependencies:
            if isinstance(dependency, SortDependency):
                continue
            held = "cell_contents" if isinstance(dependency.space, types.CellType) else dependency.name
            found.append((dependency.space, held, dependency.value))
        if target.inner is None:
            break
        latest = getattr(target.inner, "latest", None)
        if not isinstance(latest, Code):
            return None
        target, code = target.inner.target, latest
    return list({(id(space), name): (space, name, value) for space, name, value in found}.values())


def _static_cells(target: Target) -> list[tuple[Any, str, Any]]:
    cells = zip(target.func.__code__.co_freevars, target.func.__closure__ or ())
    others = [
        cell for name, cell in cells if name not in target.captured_names() and cell != types.CellType()
    ]
    return [(cell, "cell_contents", cell.cell_contents) for cell in others]


def _forget_all() -> None:
    for dispatch in list(_installed):
        dispatch.forget()


when_forgotten.append(_forget_all)

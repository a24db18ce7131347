"""A golden file: a program, its arguments, and below a rule the derivative that srcad writes for it.

The program is the function that has the file's name.  ``ARGUMENTS`` are what it is called with;
``ARGNUMS`` says which parameters are differentiated, the first if it is missing.  A file with ``TANGENTS``, one for
each argument, shows forward mode.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from srcad import grad, jvp

__all__ = ["PROGRAMS", "GoldenFile"]

PROGRAMS = Path(__file__).parent / "programs"
RULE = "# " + "-" * 30 + " its derivative " + "-" * 30 + "\n"


class GoldenFile:
    """One file of the folder ``programs``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = path.read_text()
        self.program_text, _, self.expected = self.text.partition(RULE)
        self.program = ModuleType(f"tests.golden.programs.{path.stem}")
        self.program.__file__ = str(path)
        # Dataclasses look their module up.
        sys.modules[self.program.__name__] = self.program
        exec(compile(self.program_text, str(path), "exec"), vars(self.program))

    @property
    def function(self) -> Any:
        """The program."""
        return getattr(self.program, self.path.stem)

    @property
    def arguments(self) -> tuple[Any, ...]:
        """What the program is called with."""
        return self.program.ARGUMENTS

    @property
    def argnums(self) -> int | tuple[int, ...]:
        """The positions of the parameters that are differentiated."""
        return getattr(self.program, "ARGNUMS", 0)

    @property
    def tangents(self) -> tuple[Any, ...] | None:
        """The directions of forward mode."""
        return getattr(self.program, "TANGENTS", None)

    def derivative(self) -> str:
        """Return the text of the derivative for these arguments, with the imports that it needs."""
        if self.tangents is None:
            derivative = grad(self.function, argnums=self.argnums)
            derivative(*self.arguments)
        else:
            derivative = jvp(self.function)
            derivative(self.arguments, self.tangents)
        return str(derivative.module)

    def loaded(self, folder: Path) -> Any:
        """Return the expected derivative, run from a file that holds nothing else."""
        file = folder / self.path.name
        file.write_text(self.expected)
        module = ModuleType("derivative")
        exec(compile(self.expected, str(file), "exec"), vars(module))
        name = self.path.stem
        return getattr(module, f"d{name}" if self.tangents is None else f"{name}_jvp")

    def write(self) -> bool:
        """Write the derivative as it is generated now; tell whether it differs from what was there."""
        derivative = "\n" + self.derivative()
        changed = derivative != self.expected
        self.path.write_text(self.program_text.rstrip("\n") + "\n\n\n" + RULE + derivative)
        return changed

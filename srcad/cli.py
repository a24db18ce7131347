"""The command line: ``srcad show file.py:function`` prints a derivative.

What the arguments are can be said by a call, ``--call "np.ones(3), 0.2"``; a derivative for arrays reads better than
one for anything.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from srcad.api import grad
from srcad.errors import ArgumentError, NoSourceError, SrcadError

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; by default those of the process.
    """
    options = _parser().parse_args(argv)
    try:
        print(_shown(options).rstrip("\n"))
    except SrcadError as error:
        print(f"srcad: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="srcad", description="Read the derivatives of NumPy functions.")
    commands = parser.add_subparsers(required=True, metavar="command")
    show = commands.add_parser("show", help="print the generated derivative of a function")
    show.add_argument("target", help="where the function is: path/to/file.py:name, name may be Class.method")
    show.add_argument(
        "--argnums", type=_argnums, default=0, help="positions or names of parameters, separated by commas"
    )
    show.add_argument(
        "--stage", help="show the program after this stage of the compiler instead of the result"
    )
    show.add_argument(
        "--call",
        metavar="ARGUMENTS",
        help="arguments to call the derivative with first, such as 'np.ones(3), steps=2'; the file's names are known",
    )
    show.add_argument(
        "--module", action="store_true", help="print the imports as well: a module to be saved and shipped"
    )
    return parser


def _argnums(text: str) -> int | str | tuple[int | str, ...]:
    """Return ``0``, ``w`` or ``0,w`` as ``grad`` takes it."""
    parts = [part.strip() for part in text.split(",")]
    chosen = tuple(int(part) if part.lstrip("-").isdigit() else part for part in parts)
    return chosen[0] if len(chosen) == 1 else chosen


def _shown(options: argparse.Namespace) -> str:
    """Return the text to print for the function at ``options.target``."""
    target, stage = options.target, options.stage
    path, _, name = target.rpartition(":")
    if not path or not name:
        raise ArgumentError(
            f"'{target}' does not say which function of which file.", "Write path/to/file.py:name."
        )
    module = _load(Path(path))
    function: Any = module
    for part in name.split("."):
        if not hasattr(function, part):
            raise ArgumentError(f"{path} has no '{name}'.", "Give the name of a function of that file.")
        function = getattr(function, part)
    if not callable(function):
        raise ArgumentError(
            f"'{name}' in {path} is no function.", "Give the name of a function of that file."
        )
    # What the file itself made into a derivative is shown as it is.
    derivative = function if hasattr(function, "stages") else grad(function, argnums=options.argnums)
    if options.call is not None:
        _call(derivative, options.call, module)
    if stage is None:
        return str(derivative.module if options.module else derivative.source)
    stages: dict[str, str] = derivative.stages
    if stage not in stages:
        raise ArgumentError(f"There is no stage '{stage}'.", f"The stages are {', '.join(stages)}.")
    return stages[stage]


def _call(derivative: Any, arguments: str, module: ModuleType) -> None:
    """Call a derivative with arguments that are written as in a call; its own output is not shown."""

    def given(*values: Any, **options: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return values, options

    try:
        values, options = eval(f"_given({arguments})", {**vars(module), "_given": given})
    except (SyntaxError, NameError) as error:
        what = str(error) if isinstance(error, NameError) else "they are no arguments of a call"
        raise ArgumentError(
            f"The arguments '{arguments}' cannot be read: {what}.",
            "Write them as between parentheses: 'np.ones(3), 0.2'.",
        ) from None
    with contextlib.redirect_stdout(io.StringIO()):
        derivative(*values, **options)


def _load(path: Path) -> ModuleType:
    """Run a file as a module, with its own folder first on the path as ``python file.py`` has it."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise NoSourceError(f"There is no Python file '{path}'.", "Give the path of a .py file.")
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.resolve().parent))
    try:
        sys.modules[path.stem] = module
        spec.loader.exec_module(module)
    finally:
        sys.path.pop(0)
    return module

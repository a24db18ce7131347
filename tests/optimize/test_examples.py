"""The examples in the docstrings of passes: each pass has one, and those that are whole programs are what comes out."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import textwrap
from typing import Any

import pytest
from adjoint_programs import body_of, function, pure

import srcad.optimize
from srcad.analysis.kinds import FLOAT, INT, Kind, array
from srcad.optimize import FINISH, SIMPLIFY, Context
from srcad.optimize.forward import walk
from srcad.optimize.program import Program

MODULES = [
    importlib.import_module(f"srcad.optimize.{found.name}")
    for found in pkgutil.iter_modules(srcad.optimize.__path__)
]
PASSES = {
    name: value
    for module in MODULES
    for name, value in vars(module).items()
    if getattr(value, "__module__", "") == module.__name__ and "# before" in (value.__doc__ or "")
}
COUNTS = ("n", "i", "_")
RESULTS: dict[str, tuple[str, Kind]] = {
    "CommonSubexpressions": ("dx", array(1)),
    "Fold": ("z", array(1)),
    "NeedlessBroadcasts": ("s, t, c, u, dx", FLOAT),
    "choose": ("y", array(1)),
    "coalesce": ("dx", array(1)),
    "delay_rebinding": ("dy, u", array(1)),
    "iterate_over_histories": ("y, dx", FLOAT),
    "keep_shapes": ("t", array(1)),
    "remove_dead": ("", array(1)),
    "share_names": ("a", array(1)),
    "update_in_place": ("dx", array(1)),
    "update_through_views": ("dx", array(1)),
    "write_plainly": ("y, e", array(1)),
}
"""What the program of an example returns, and what its variables are."""


def example_of(pass_: Any) -> tuple[str, str]:
    """Return the two columns of an example: the program before a pass and after it."""
    lines = inspect.cleandoc(pass_.__doc__).splitlines()
    first = next(k for k, line in enumerate(lines) if "# before" in line)
    head = lines[first]
    middle = head.index("# before")
    right = len(head) - len(head[middle + len("# before") :].lstrip())
    rows = lines[first : lines.index("", first) if "" in lines[first:] else None]
    before = "\n".join(row[: middle if k == 0 else right].rstrip() for k, row in enumerate(rows))
    after = "\n".join(row[right:].partition("# after")[0].rstrip() for row in rows)
    return textwrap.dedent(before).strip(), textwrap.dedent(after).strip()


def unbound(text: str) -> list[str]:
    """Return the variables that a program reads before it binds them, its parameters."""
    table = ast.parse(text)
    bound: set[str] = set()
    found: list[str] = []
    for node in sorted(
        (n for n in ast.walk(table) if isinstance(n, ast.Name)),
        key=lambda n: (n.lineno, isinstance(n.ctx, ast.Store), n.col_offset),
    ):
        if isinstance(node.ctx, ast.Store) and not _is_updated(table, node):
            bound.add(node.id)
        elif node.id not in bound and node.id not in (*found, "np", "rt", "range", "reversed", "len"):
            found.append(node.id)
    return found


def _is_updated(table: ast.AST, name: ast.Name) -> bool:
    return any(isinstance(node, ast.AugAssign) and node.target is name for node in ast.walk(table))


@pytest.mark.parametrize("pass_", [*SIMPLIFY, *FINISH], ids=lambda pass_: pass_.__name__)
def test_a_pass_shows_what_it_does(pass_: Any) -> None:
    before, after = example_of(pass_)
    assert before and after and before != after


@pytest.mark.parametrize("title", RESULTS)
def test_what_the_example_of_a_pass_shows_comes_out(title: str) -> None:
    before, after = example_of(PASSES[title])
    result, kind = RESULTS[title]
    end = f"\nreturn {result}" if result else ""
    stacks = {node.value.id for node in ast.walk(ast.parse(before))
              if isinstance(node, ast.Attribute) and node.attr == "append"}  # fmt: skip
    start = "".join(f"{stack} = []\n" for stack in sorted(stacks))
    parameters = [name for name in unbound(start + before) if name not in stacks]
    names = {node.id for node in ast.walk(ast.parse(before)) if isinstance(node, ast.Name)} - stacks
    context = Context(
        pure,
        owned=frozenset(name for name in names if name.startswith("d")),
        inexact=frozenset(names - {*COUNTS}),
        ranks={name: INT if name in COUNTS else kind for name in names},
    )
    given = function(f"def f({', '.join(parameters)}):\n" + textwrap.indent(start + before + end, "    "))

    program = Program(given, context)
    pass_ = PASSES[title]
    if isinstance(pass_, type):
        walk(program, pass_)
    else:
        pass_(program)

    assert body_of(program.to_function()).strip() == (start + after + end).strip()

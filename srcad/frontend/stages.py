"""What a text looks like after a pass: for documentation and for looking at a problem."""

from __future__ import annotations

import ast
import textwrap
from typing import Any

import gast

from srcad import frontend
from srcad.frontend.nested import as_definition
from srcad.lang import texts
from srcad.lang.function import Function
from srcad.lang.scope import Scope
from srcad.lang.source import read

__all__ = ["after"]


def after(last: str, text: str, **names: Any) -> str:
    """Return the text of a function after the pass ``last``.

    Parameters
    ----------
    last : str
        The name of a pass in ``srcad.frontend.PASSES``.
    text : str
        The definition of one function.
    **names
        Its globals.

    >>> print(after("resolve", "def f(x): return abs(x)"))
    def f(x):
        return abs(x)
    """
    text = textwrap.dedent(text).strip() + "\n"
    file = f"<stages {hash(text)}>"
    texts.keep(file, text)
    space: dict[str, Any] = {"__name__": "demo", **names}
    exec(compile(text, file, "exec"), space)
    func = next(
        v for v in space.values() if getattr(getattr(v, "__code__", None), "co_filename", None) == file
    )
    source = read(func)
    fn = Function(as_definition(source.tree, "lambda_"), Scope(), source)
    for pass_ in frontend.PASSES:
        fn = pass_(fn)
        if pass_.__name__ == last:
            break
    return ast.unparse(ast.fix_missing_locations(gast.gast_to_ast(fn.tree)))

"""Execute functions in NORMAL form, to compare them with the originals."""

from __future__ import annotations

import ast
import contextlib
import copy
import io
import types

import gast
import numpy as np

from srcad.frontend import normalize, normalize_nested
from srcad.lang.forms import check_normal
from srcad.lang.function import Function, Nested


class Flat(gast.NodeTransformer):
    """Makes identifiers of dotted names."""

    def visit_Name(self, node):
        return gast.copy_location(gast.Name(node.id.replace(".", "__dot__"), node.ctx, None, None), node)


def text_of(function: Function) -> str:
    """Return the code as Python, dotted names as they are."""
    return ast.unparse(ast.fix_missing_locations(gast.gast_to_ast(copy.deepcopy(function.tree))))


def sequence(xs):
    return xs if isinstance(xs, list | tuple | np.ndarray) else list(xs)


def closure(nested, *values):
    function = normalize_nested(nested.nested)
    run = executable(function)
    given = dict(zip(function.captured, values, strict=True))
    return lambda *args, **kwargs: run(*args, **kwargs, **given)


def executable(function: Function):
    """Check the form of a function and compile it."""
    check_normal(function)
    stand_ins = {"rt.sequence": sequence, "rt.keys": list, "rt.closure": closure}
    space = {}
    for name, value in function.scope.statics.items():
        if isinstance(value, Nested):
            value = Late(value)
        space[name.replace(".", "__dot__")] = stand_ins.get(name, value)
    tree = Flat().visit(copy.deepcopy(function.tree))
    module = ast.fix_missing_locations(ast.Module([gast.gast_to_ast(tree)], []))
    exec(compile(ast.unparse(module), "<normal>", "exec"), space)
    return space[function.tree.name]


class Late:
    """A nested function that is normalized when it is called directly (by itself)."""

    def __init__(self, nested):
        self.nested = nested

    def __call__(self, *args, **kwargs):
        return executable(normalize_nested(self.nested))(*args, **kwargs)


def outcome(function, args):
    """Return what a call does: result or exception, printed text, and the arguments afterwards."""
    args = copy.deepcopy(args)
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            result = function(*args)
    except Exception as error:
        result = (type(error).__name__, str(error))
    return repr(result), printed.getvalue(), repr(args)


def normal(func):
    """Return the NORMAL form of a function as a function; its captured variables are bound."""
    form = normalize(func)
    run = executable(form)
    if not form.captured:
        return run
    cells = dict(zip(func.__code__.co_freevars, func.__closure__, strict=True))
    given = {name: cells[name].cell_contents for name in form.captured}
    return lambda *args: run(*args, **given)


__all__ = ["normal", "outcome", "text_of", "types"]

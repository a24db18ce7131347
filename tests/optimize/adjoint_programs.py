"""Build functions in ADJOINT form from text, and run them."""

from __future__ import annotations

import builtins
import copy
import math
import textwrap
import types

import gast
import numpy as np

from srcad import runtime as rt
from srcad.lang.function import Function, Source
from srcad.lang.printer import Comment, to_source
from srcad.lang.quote import load
from srcad.lang.scope import Scope
from srcad.optimize import Context

BUILTINS = ("len", "range", "reversed", "float", "int", "abs", "print", "list", "tuple")


def unbroadcast(gradient, target):
    """Sum a gradient down to the shape of a target."""
    shape = np.shape(target)
    gradient = np.asarray(gradient)
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    axes = tuple(i for i, size in enumerate(shape) if size == 1 and gradient.shape[i] != 1)
    return gradient.sum(axis=axes, keepdims=True) if axes else gradient


def zeros_like(value):
    """Return a list of zeros for a tuple, a dict of zeros for a dict."""
    return dict.fromkeys(value, 0.0) if isinstance(value, dict) else [0.0] * len(value)


def accumulate(container, key, part):
    """Add a part to the gradient of a container."""
    container[key] = container[key] + part


for runtime_function in (unbroadcast, zeros_like, accumulate):
    runtime_function.__module__ = "srcad.runtime"
LOG = []


def note(value):
    """Have a side effect and return the value."""
    LOG.append(copy.deepcopy(value))
    return value


def double_in_place(array):
    """Change the argument."""
    array *= 2.0
    return array


RT = types.SimpleNamespace(
    unbroadcast=unbroadcast, zeros_like=zeros_like, accumulate=accumulate, owned=rt.owned, finish=rt.finish,
    fitted=rt.fitted,
)  # fmt: skip
SPACE = {"np": np, "math": math, "rt": RT, "note": note, "double_in_place": double_in_place}


def pure(value):
    """Tell whether a function object has no side effect."""
    if isinstance(value, np.ufunc) or value in (
        unbroadcast, zeros_like, rt.owned, rt.finish, rt.fitted,
    ):  # fmt: skip
        return True
    if getattr(value, "__module__", "") in ("math", "numpy", "numpy.linalg"):
        return True
    return value in (len, range, reversed, float, int, abs, list, tuple)


CONTEXT = Context(pure)


class _Statics(gast.NodeTransformer):
    def __init__(self, statics):
        self.statics = statics

    def visit_Attribute(self, node):
        self.generic_visit(node)
        if isinstance(node.value, gast.Name):
            if isinstance(self.statics.get(node.value.id), (types.ModuleType, types.SimpleNamespace)):
                name = f"{node.value.id}.{node.attr}"
                self.statics[name] = getattr(self.statics[node.value.id], node.attr)
                return load(name)
        return node

    def visit_Name(self, node):
        if node.id in SPACE:
            self.statics[node.id] = SPACE[node.id]
        elif node.id in BUILTINS:
            self.statics[node.id] = getattr(builtins, node.id)
        return node

    def visit_Expr(self, node):
        self.generic_visit(node)
        if isinstance(node.value, gast.Constant) and isinstance(node.value.value, str):
            node.value = gast.Constant(Comment(node.value.value), None)
        return node


def function(text):
    """Read a function; statements that are only a string become comments."""
    text = textwrap.dedent(text)
    tree = gast.parse(text).body[0]
    scope = Scope()
    tree = _Statics(scope.statics).visit(tree)
    scope.take(n.id for n in gast.walk(tree) if isinstance(n, gast.Name) and "." not in n.id)
    return Function(tree, scope, Source(None, "program.py", 1, text, 0, tree))


def text_of(fn):
    """Return the text of a function."""
    return to_source(fn.tree)


def body_of(fn):
    """Return the text of a function's body, without indentation."""
    return textwrap.dedent("\n".join(text_of(fn).splitlines()[1:]))


def run(fn, *arguments):
    """Run a function on copies of the arguments; return its result and its side effects."""
    return run_on(fn, *copy.deepcopy(arguments))


def run_on(fn, *arguments):
    """Run a function on the arguments themselves."""
    space = dict(SPACE)
    exec(compile(text_of(fn), "<program>", "exec"), space)
    LOG.clear()
    result = space[fn.tree.name](*arguments)
    return result, list(LOG)


def same(first, second):
    """Compare results, with rounding."""
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(same(first[key], second[key]) for key in first)
    if isinstance(first, (tuple, list)):
        return len(first) == len(second) and all(map(same, first, second))
    if isinstance(first, np.ndarray) or isinstance(second, np.ndarray):
        return np.shape(first) == np.shape(second) and np.allclose(first, second, equal_nan=True)
    return first == second or math.isclose(first, second, rel_tol=1e-12)

"""Refuse numbers that lose their derivative on the way: through text, arrays of objects, and classes made by ``type``.

Text has no derivative, which is right as long as it is text: for messages, names and keys.  In
``float(f"{x:.17g}")`` a number comes out of it again that should have one.
"""

from __future__ import annotations

import ast
import decimal
import fractions
import json
from collections.abc import Iterator
from typing import Any

import gast
import numpy as np

from srcad.analysis.own_operators import refuse_own_operators
from srcad.derive.build import read_names, written_names
from srcad.derive.written_files import Files
from srcad.errors import UnsupportedError
from srcad.lang.function import Function
from srcad.lang.walking import nodes_in
from srcad.runtime.libraries import computes_no_numbers

__all__ = ["refuse_lost_numbers"]

_WRITERS = (str, repr, format, ascii, np.array2string, np.array_repr, np.array_str, np.format_float_positional,
            np.format_float_scientific, np.savetxt, json.dumps, json.dump)  # fmt: skip
_READERS = (float, complex, np.float64, np.float32, np.complex128, np.fromstring, np.genfromtxt, np.loadtxt, json.loads,
            json.load, decimal.Decimal, fractions.Fraction, compile, ast.parse)  # fmt: skip
_OF_MEMORY = (bytes, bytearray, memoryview)
_METHODS_OF_MEMORY = ("as_integer_ratio", "hex", "tobytes")
_TELLING = (len, isinstance, type, bool, hash, callable, print)
_OF_OBJECTS = (np.empty, np.zeros, np.ones, np.full)
_GRIDS = (type(np.r_).__mro__[1], type(np.mgrid).__mro__[1])
_TYPE_CODES = ("O", "object")


def refuse_lost_numbers(fn: Function, varied: set[str]) -> None:
    """Raise an error where a number with a derivative becomes one without.

    Parameters
    ----------
    fn : Function
        In normal form.
    varied : set of str
        The variables that may carry a derivative.
    """
    statements = [s for s in nodes_in(fn.tree) if isinstance(s, gast.Assign | gast.AugAssign | gast.Expr)]
    finder = _Finder(fn, varied)
    while any([finder.follows(stmt) for stmt in statements]):
        pass
    arrays = {n for s in statements if _is_numpy(finder.function(s.value)) for n in written_names(s)}
    for stmt in statements:
        finder.stmt = stmt
        finder.check_store(stmt, arrays)
        for call in nodes_in(stmt):
            if isinstance(call, gast.Call):
                finder.check(call)
                finder.check_grid(call)
            elif isinstance(call, gast.Subscript):
                finder.check_grid(call)


class _Finder:
    def __init__(self, fn: Function, varied: set[str]) -> None:
        self.fn, self.statics, self.varied = fn, fn.scope.statics, varied
        self.texts: set[str] = set()
        self.surely: set[str] = set()
        self.stmt: gast.AST = fn.tree
        self.files = Files(fn)

    def follows(self, stmt: Any) -> bool:
        """Add the variables that get text of a value in a statement; tell whether there are new ones."""
        before = len(self.texts) + len(self.files.written)
        if self.shows(stmt.value) and not isinstance(stmt, gast.Expr):
            self.surely |= set(written_names(stmt))
        if self.is_text(stmt.value):
            if isinstance(stmt, gast.Expr):
                self.texts |= set(_receivers(stmt.value))
            else:
                self.texts |= set(written_names(stmt))
        self.texts |= self.files.follow(stmt, self.texts, self.varied)
        return len(self.texts) + len(self.files.written) > before

    def is_text(self, value: gast.AST) -> bool:
        """Tell whether an expression may be text that shows a value with a derivative, or hold such text."""
        if isinstance(value, gast.Compare):
            return False
        function = self.function(value)
        if function in _TELLING and function is not print:
            return False
        if self.texts and self.texts & set(read_names(value)):
            return True
        return self.shows(value) or function is print and bool(self.varied & set(read_names(value)))

    def shows(self, value: gast.AST) -> bool:
        """Tell whether an expression makes text of a value with a derivative."""
        return self.writes(value) and bool(self.varied & set(read_names(value)))

    def writes(self, value: gast.AST) -> bool:
        """Tell whether an expression makes text of something."""
        if isinstance(value, gast.BinOp) and isinstance(value.op, gast.Mod):
            return isinstance(getattr(value.left, "value", None), str)
        function, method = self.function(value), getattr(getattr(value, "func", None), "attr", "")
        if method == "astype" or _is_numpy(function):
            return function in _WRITERS or self.is_of(value, _is_text_type)
        return isinstance(value, gast.JoinedStr) or function in _WRITERS or method == "format"

    def check(self, call: gast.Call) -> None:
        """Refuse a call that makes numbers of text, or keeps them where their derivative is not."""
        function, method = self.function(call), getattr(call.func, "attr", "")
        given = set(read_names(call))
        if isinstance(function, type):
            self.check_class(call, function)
        reads = function in _READERS or method == "astype"
        reads = reads or _is_numpy(function) and self.is_of(call, _is_number_type)
        if reads and given & (self.surely | self.texts - self.varied):
            raise self.read_from_text()
        if self.files.are_read_by(call):
            raise self.error(
                "Numbers are read from a file that a value with a derivative was written to, and files have no derivative.",
                "Compute with the value itself.",
            )
        if (function in _OF_MEMORY or method in _METHODS_OF_MEMORY) and given & self.varied:
            raise self.error(
                "The numbers behind bytes and ratios are not followed.",
                "Work on the number or array itself.",
            )
        made = (
            function in _OF_OBJECTS
            or bool(given & self.varied)
            and (method == "astype" or _is_numpy(function))
        )
        if made and self.is_of(call, _is_object_type):
            raise self.error(
                "Arrays of objects are not differentiated.", "Use a list, or an array of numbers."
            )
        if function is type and len(call.args) == 3 and given & self.varied:
            raise self.error(
                "A class is made of values with a derivative.",
                "Write a class, and keep them in its instances.",
            )

    def check_class(self, call: gast.Call, cls: type) -> None:
        """Refuse the making of numbers and arrays whose operators are those of their class."""
        try:
            refuse_own_operators(cls)
        except UnsupportedError as error:
            raise error.at(self.fn.source.locate(call)) from None

    def check_store(self, stmt: Any, arrays: set[str]) -> None:
        """Refuse text that is stored in an array of NumPy, which makes a number of it."""
        target = stmt.targets[0] if isinstance(stmt, gast.Assign) else None
        into = target.value if isinstance(target, gast.Subscript) else None
        if getattr(into, "id", "") in arrays and self.surely & set(read_names(stmt.value)):
            raise self.read_from_text()

    def read_from_text(self) -> UnsupportedError:
        """Return the error for a number that comes out of text."""
        return self.error(
            "A number is read from text that was made of a value with a derivative, and text has no derivative.",
            "Compute with the value itself.",
        )

    def check_grid(self, node: gast.Subscript | gast.Call) -> None:
        """Refuse ``np.mgrid`` and its like with bounds, or in a form, whose derivative is not known."""
        grid = node.value if isinstance(node, gast.Subscript) else next(iter(node.args), None)
        if isinstance(self.statics.get(getattr(grid, "id", "")), _GRIDS) and self.varied & set(
            read_names(node)
        ):
            raise self.error(
                "Values with a derivative stand in an index trick of NumPy.",
                "Use np.concatenate or np.linspace.",
            )

    def is_of(self, call: gast.Call, is_type: Any) -> bool:
        """Tell whether a call is given a type of this sort."""
        given = [*call.args, *(k.value for k in call.keywords if k.arg == "dtype")]
        return any(is_type(self.statics.get(getattr(g, "id", ""), getattr(g, "value", None))) for g in given)

    def function(self, node: gast.AST) -> Any:
        """Return the function that an expression calls, None where it is not known or cannot be looked up."""
        found = self.statics.get(getattr(getattr(node, "func", None), "id", ""))
        if computes_no_numbers(found) and found not in _READERS:
            return str  # what such a function makes of values is text
        return found if isinstance(found, type) or callable(found) else None

    def error(self, reason: str, hint: str) -> UnsupportedError:
        return UnsupportedError(reason, hint, self.fn.source.locate(self.stmt))


def _receivers(call: gast.AST) -> Iterator[str]:
    """Yield what a call that stands alone may put text in: its receiver, and the file of ``print``."""
    if not isinstance(call, gast.Call):
        return
    places = [call.func.value] if isinstance(call.func, gast.Attribute) else []
    places += [k.value for k in call.keywords if k.arg == "file"]
    yield from (p.id for p in places if isinstance(p, gast.Name))


def _is_numpy(function: Any) -> bool:
    return (getattr(function, "__module__", None) or "").partition(".")[0] == "numpy"


def _is_object_type(value: Any) -> bool:
    return value is object or isinstance(value, str) and value in _TYPE_CODES


def _is_text_type(value: Any) -> bool:
    return value in (str, bytes) or isinstance(value, str) and value[:1] in ("U", "S")


def _is_number_type(value: Any) -> bool:
    if isinstance(value, np.dtype):
        return value.kind in "fc"
    if isinstance(value, str):
        return value[:1] in ("f", "c", "d", "g", "e", "F", "D", "G")
    return isinstance(value, type) and issubclass(value, (float, complex, np.inexact))

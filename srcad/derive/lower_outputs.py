"""Calls of NumPy that write their results to arrays they are given, and the options of ufuncs, written out.

Before::

    np.modf(x, a, b)
    y = np.add(x, 2.0, dtype=np.float32, order="C")
    np.exp(x, out=a, where=m)
    np.nan_to_num(a, copy=False)
    m = np.median(x, overwrite_input=True)
    p = np.prod(x, dtype=np.float32)

After::

    t = np.modf(x)
    a[...] = t[0]
    b[...] = t[1]
    t1 = x.astype(np.float32, casting="same_kind")
    t2 = np.asarray(2.0).astype(np.float32, casting="same_kind")
    y = np.add(t1, t2)
    a[...] = np.where(m, np.exp(x), a)
    a[...] = np.nan_to_num(a)
    m = np.median(x)
    t3 = np.asarray(x, np.float32)
    p = np.prod(t3)
"""

from __future__ import annotations

import inspect
from typing import Any

import gast
import numpy as np

from srcad import runtime as rt
from srcad.analysis.kinds import Kind
from srcad.analysis.kinds_of_operations import Kinds
from srcad.analysis.outputs import outputs_of
from srcad.derive.build import constant
from srcad.derive.overwriting import drop_overwriting
from srcad.errors import NoDerivativeError, SrcadError
from srcad.lang.function import Function
from srcad.lang.scope import Scope
from srcad.lang.walking import clone
from srcad.rules import registry

__all__ = ["OutputLowering"]

_OF_LAYOUT = ("order", "subok")
_NUMBERS = set("?bBhHiIlLqQefdgFDG->")
_LAID_OUT = {np.reshape: 2, np.ravel: 1, np.ndarray.reshape: None, np.ndarray.ravel: 0, np.ndarray.flatten: 0}
_CONVERTED_AFTERWARDS = (np.geomspace, np.logspace, np.cov, np.corrcoef)
_OF_ORDER = {np.diff: "n", np.polyder: "m", np.polyint: "m"}
_OF_TYPES = ("dtype", "sig", "signature", "casting")


def has_clip_options(node: gast.Call) -> bool:
    """Tell whether a call has options that np.clip hands on to a ufunc."""
    return any(k.arg in ("where", *_OF_LAYOUT, *_OF_TYPES) for k in node.keywords)


class OutputLowering:
    """The part of the lowering that looks at ``out=``, and at the options that all ufuncs have."""

    fn: Function
    kinds: Kinds
    scope: Scope
    some_orders: set[str]
    """Variables with the orders of differences that are not 0, or are looked at."""

    def kind(self, node: gast.AST) -> Kind:
        raise AssertionError("provided by the lowering")

    def keep(self, value: gast.AST, hint: str = "t") -> tuple[gast.stmt, gast.Name]:
        raise AssertionError("provided by the lowering")

    def refuse(
        self, stmt: gast.AST, reason: str, hint: str, error: type[SrcadError] = NoDerivativeError
    ) -> SrcadError:
        raise AssertionError("provided by the lowering")

    def called(self, function: Any, path: str, *arguments: gast.AST) -> tuple[gast.stmt, gast.Name]:
        raise AssertionError("provided by the lowering")

    def store(self, base: gast.AST, index: gast.AST, value: gast.AST) -> gast.stmt:
        return gast.Assign([gast.Subscript(base, index, gast.Store())], value, None)

    def result(self, target: gast.AST | None, value: gast.AST) -> list[gast.stmt]:
        return [] if target is None else [gast.Assign([target], value, None)]

    # -- arrays that are written to ---------------------------------------------------------------

    def writing(
        self, function: Any, stmt: gast.stmt, target: gast.AST | None, node: gast.Call
    ) -> list[gast.stmt] | None:
        """Return the stores that a call with outputs stands for; None where it has none."""
        drop_overwriting(self.fn, node)
        given = [node.args[0]] if self.replaces_its_argument(function, node) else outputs_of(function, node)
        if not any(map(self.is_given, given)):
            return None
        before: list[gast.stmt] = []
        several = isinstance(function, np.ufunc) and function.nout > 1
        if len(given) == 1 and self.kind(given[0]).name == "tuple":
            packed, given = given[0], []
            for position in range(function.nout if isinstance(function, np.ufunc) else 1):
                taking, part = self.keep(gast.Subscript(packed, constant(position), gast.Load()))
                before.append(taking)
                given.append(part)
        where = next((k.value for k in node.keywords if k.arg == "where"), None)
        masked = where is not None and (isinstance(function, np.ufunc) or function is np.clip)
        if masked and getattr(np, function.__name__, None) is not function:
            raise self.refuse(stmt, f"SciPy's '{function.__name__}' takes the wrong entries where it is given 'where' (the "
                              "functions of scipy.special do not step over the others).", "Use np.where.")  # fmt: skip
        dropped = ("out", "output", "copy", "where") if masked else ("out", "output", "copy")
        keywords = [k for k in node.keywords if k.arg not in dropped]
        plain, computed = self.keep(gast.Call(node.func, self.without(given, function, node), keywords))
        steps, results = [*before, plain], []
        for position, output in enumerate(given):
            part = computed
            if several:
                taking, part = self.keep(gast.Subscript(computed, constant(position), gast.Load()))
                steps.append(taking)
            if not self.is_given(output):
                results.append(part)
                continue
            if masked:
                choosing, part = self.called(np.where, "np.where", where, part, output)
                steps.append(choosing)
            steps.append(self.store(output, constant(...), part))
            results.append(output)
        if several:
            for position in range(len(given), function.nout):
                taking, part = self.keep(gast.Subscript(computed, constant(position), gast.Load()))
                steps.append(taking)
                results.append(part)
        value = gast.Tuple(results, gast.Load()) if several else results[0]
        return [gast.copy_location(s, stmt) for s in steps] + self.result(target, value)

    def is_given(self, output: gast.AST) -> bool:
        """Tell whether an argument ``out`` is an array, or ``output`` one and no dtype."""
        if isinstance(output, gast.Constant) or getattr(output, "id", None) in self.scope.statics:
            return False
        return self.kind(output).name not in ("none", "type", "str", "dtype")

    def without(self, given: list[gast.AST], function: Any, node: gast.Call) -> list[gast.AST]:
        """Return the positional arguments of a call, with None where it names an array for the result."""
        if isinstance(function, np.ufunc):
            return node.args[: function.nin]
        if function is np.nan_to_num:
            return node.args[:1]
        return [constant(None) if argument in given else argument for argument in node.args]

    def replaces_its_argument(self, function: Any, node: gast.Call) -> bool:
        """Tell whether a call of np.nan_to_num changes its argument."""
        copy = next((k.value for k in node.keywords if k.arg == "copy"), None)
        changes = isinstance(copy, gast.Constant) and copy.value is False and function is np.nan_to_num
        return changes and len(node.args) == 1 and self.kind(node.args[0]).name == "array"

    # -- the options of ufuncs --------------------------------------------------------------------

    def with_plain_options(
        self, ufunc: Any, stmt: gast.stmt, target: gast.AST | None, node: gast.Call
    ) -> list[gast.stmt] | None:
        """Take the options out of a call of a ufunc, with conversions that do what they did."""
        if not isinstance(ufunc, np.ufunc) or not node.keywords:
            return None
        if registry.find(ufunc) is None or len(node.args) != ufunc.nin:
            return None
        options = {keyword.arg: keyword.value for keyword in node.keywords}
        literal = {name: value.value for name, value in options.items() if isinstance(value, gast.Constant)}
        if "where" in options and literal.get("where") is not True:
            raise self.refuse(stmt, "Without 'out', the result is not initialised where the condition is false.",
                              "Give the array 'out' as well, or use np.where.")  # fmt: skip
        types = self.types_of(ufunc, stmt, options, literal)
        dropped = {"where", *_OF_LAYOUT, *_OF_TYPES, *(name for name in literal if name == "out")}
        node.keywords = [keyword for keyword in node.keywords if keyword.arg not in dropped]
        made: list[gast.stmt] = []
        casting = gast.keyword("casting", options.get("casting", constant("same_kind")))
        for position, kind in enumerate(types):
            argument = node.args[position]
            if self.kind(argument).name != "array":
                listing, argument = self.called(np.asarray, "np.asarray", argument)
                made.append(listing)
            method = gast.Attribute(argument, "astype", gast.Load())
            conversion, node.args[position] = self.keep(gast.Call(method, [kind], [casting]))
            made.append(conversion)
        if not made:
            return None
        made.append(gast.Expr(node) if target is None else gast.Assign([target], node, None))
        return [gast.copy_location(step, stmt) for step in made]

    def with_clip_options(
        self, function: Any, stmt: gast.stmt, target: gast.AST | None, node: gast.Call
    ) -> list[gast.stmt] | None:
        """Take the options of a ufunc out of a call of np.clip, which hands them on to one."""
        if function is not np.clip or not has_clip_options(node):
            return None
        options = {keyword.arg: keyword.value for keyword in node.keywords}
        where = options.get("where", constant(True))
        free = not any(map(self.is_given, outputs_of(function, node)))
        if free and not (isinstance(where, gast.Constant) and where.value is True):
            raise self.refuse(stmt, "Without 'out', the result is not initialised where the condition is false.",
                              "Give the array 'out' as well, or use np.where.")  # fmt: skip
        dropped = {*_OF_LAYOUT, *_OF_TYPES, *(["where"] if free else [])}
        node.keywords = [keyword for keyword in node.keywords if keyword.arg not in dropped]
        kind, made = options.get("dtype", constant(None)), []
        casting = gast.keyword("casting", options.get("casting", constant("same_kind")))

        def converted(operand: gast.AST) -> gast.AST:
            if (
                self.kind(operand).name == "none"
                or isinstance(operand, gast.Constant)
                and operand.value is None
            ):
                return operand
            listing, array = self.called(np.asarray, "np.asarray", operand)
            conversion, result = self.keep(
                gast.Call(gast.Attribute(array, "astype", gast.Load()), [kind], [casting])
            )
            made.extend([listing, conversion])
            return result

        if not (isinstance(kind, gast.Constant) and kind.value is None):
            node.args[:3] = [converted(argument) for argument in node.args[:3]]
            for keyword in node.keywords:
                if keyword.arg not in ("out", "where"):
                    keyword.value = converted(keyword.value)
        last = self.writing(function, stmt, target, node)
        if last is None:
            last = [gast.Expr(node) if target is None else gast.Assign([target], node, None)]
        return [gast.copy_location(step, stmt) for step in (*made, *last)]

    def types_of(
        self, ufunc: np.ufunc, stmt: gast.stmt, options: dict[str, Any], literal: dict[str, Any]
    ) -> list[gast.AST]:
        """Return the dtypes that the operands are converted to before the operation; none without an option."""
        signature = literal.get("sig", literal.get("signature"))
        if isinstance(signature, str) and "->" in signature:
            return [constant(char) for char in signature.partition("->")[0]]
        if {"sig", "signature"} & set(options):
            raise self.refuse(stmt, "A signature of a ufunc has no derivative unless it is a literal string.",
                              "Convert the operands with astype.")  # fmt: skip
        if "dtype" not in options or "dtype" in literal and literal["dtype"] is None:
            return []
        if any(len(set(loop)) > 3 for loop in ufunc.types if set(loop) <= _NUMBERS):
            raise self.refuse(stmt, f"The argument 'dtype' of np.{ufunc.__name__} is not differentiated.",
                              "Convert the operands, or the result, with astype.")  # fmt: skip
        return [options["dtype"]] * ufunc.nin

    # -- dtype= of reductions ---------------------------------------------------------------------

    def with_converted(
        self, function: Any, stmt: gast.stmt, target: gast.AST | None, node: gast.Call
    ) -> list[gast.stmt] | None:
        """Write a ``dtype`` that a rule does not take as a conversion of the operands, or of the result."""
        rule = registry.find(function)
        if rule is None or "dtype" not in rule.refused:
            return None
        receiver = [node.func.value] if isinstance(node.func, gast.Attribute) else []
        place = [p.name for p in rule.parameters].index("dtype") - len(receiver)
        if (
            len(node.args) > place
            and rule.signature.parameters["dtype"].kind is not inspect.Parameter.KEYWORD_ONLY
        ):
            chosen, node.args[place] = node.args[place], constant(None)
        else:
            chosen = next((k.value for k in node.keywords if k.arg == "dtype"), constant(None))
            node.keywords = [k for k in node.keywords if k.arg != "dtype"]
        if isinstance(chosen, gast.Constant) and chosen.value is None or not (receiver or node.args):
            return None
        made: list[gast.stmt] = []
        if function in _CONVERTED_AFTERWARDS:
            computing, computed = self.keep(node)
            conversion, converted = self.called(np.asarray, "np.asarray", computed, chosen)
            return [gast.copy_location(s, stmt) for s in (computing, conversion)] + self.result(
                target, converted
            )
        if receiver:
            conversion, node.func.value = self.called(np.asarray, "np.asarray", *receiver, chosen)
            made.append(conversion)
        for position in self.operands(function, node) if not receiver else []:
            conversion, node.args[position] = self.called(
                np.asarray, "np.asarray", node.args[position], chosen
            )
            made.append(conversion)
        made.append(gast.Expr(node) if target is None else gast.Assign([target], node, None))
        return [gast.copy_location(step, stmt) for step in made]

    # -- the order of entries in memory -------------------------------------------------------------

    def with_fixed_order(
        self, function: Any, stmt: gast.stmt, target: gast.AST | None, node: gast.Call
    ) -> list[gast.stmt] | None:
        """Find the order of entries that ``'A'`` or ``'K'`` stands for in the array itself: gradients lie otherwise."""
        if not registry.is_key(function) or function not in _LAID_OUT:
            return None
        place, keyword = _LAID_OUT[function], next((k for k in node.keywords if k.arg == "order"), None)
        positional = keyword is None and place is not None and len(node.args) > place
        order = node.args[place] if positional else None if keyword is None else keyword.value
        if not isinstance(order, gast.Constant) or order.value not in ("A", "K"):
            return None
        array = node.func.value if isinstance(node.func, gast.Attribute) else node.args[0]
        finding, found = self.called(rt.order_in_memory, "rt.order_in_memory", array, order)
        if keyword is None:
            node.args[place] = found
        else:
            keyword.value = found
        last = gast.Expr(node) if target is None else gast.Assign([target], node, None)
        return [gast.copy_location(step, stmt) for step in (finding, last)]

    # -- differences, derivatives and integrals of order 0 -------------------------------------------

    def with_order_of_none(
        self, function: Any, stmt: gast.stmt, target: gast.AST | None, node: gast.Call
    ) -> list[gast.stmt] | None:
        """Return the argument itself where the order is 0: what is stored into the result is stored into it."""
        if target is None or not node.args or not registry.is_key(function) or function not in _OF_ORDER:
            return None
        option = next((k.value for k in node.keywords if k.arg == _OF_ORDER[function]), None)
        order = node.args[1] if len(node.args) > 1 else option
        settled = (
            isinstance(order, gast.Constant)
            and order.value != 0
            or getattr(order, "id", "") in self.some_orders
        )
        if order is None or settled:
            return None
        converting, same = self.called(np.asarray, "np.asarray", node.args[0])
        itself: list[gast.stmt] = [converting, gast.Assign([target], same, None)]
        if not isinstance(order, gast.Constant):
            keeping, some = self.keep(order, "order")
            self.some_orders.add(some.id)
            testing, is_none = self.keep(gast.Compare(some, [gast.Eq()], [constant(0)]), "is_none")
            if option is order:
                node.keywords = [
                    gast.keyword(k.arg, some if k.value is order else k.value) for k in node.keywords
                ]
            else:
                node.args[1] = some
            itself = [keeping, testing, gast.If(is_none, itself, [gast.Assign([clone(target)], node, None)])]
        return [gast.copy_location(step, stmt) for step in itself]

    def operands(self, function: Any, node: gast.Call) -> list[int]:
        """Return the positions of the arrays that a function works on: its first argument, or all of np.einsum."""
        if function is not np.einsum:
            return [0]
        subscripts = ("str", "list", "tuple")
        return [
            position for position, a in enumerate(node.args)
            if not isinstance(a, gast.Constant) and self.kind(a).name not in subscripts
        ]  # fmt: skip

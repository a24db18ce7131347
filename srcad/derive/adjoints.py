"""The adjoint of one statement of the normal form: which gradients it reads and what it adds to which."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from srcad import runtime as rt
from srcad.analysis.kinds import FORM_OF_ARRAYS, Kind, dims_unless_scalar, is_scalar
from srcad.analysis.kinds_of_operations import Kinds
from srcad.analysis.memory import Memory
from srcad.analysis.results.calls import ARRAY_METHODS
from srcad.analysis.results.elementwise import BINARY, UNARY
from srcad.analysis.results.generators import method_of_generator
from srcad.derive.build import Flattener, assign, call, constant, method, name, written_names
from srcad.derive.callable_at_run_time import why_not_callable
from srcad.derive.inline import as_arrays, derived_call
from srcad.derive.operations import Contribution, Names, Operation, nothing
from srcad.derive.rule_adjoints import RuleAdjoints
from srcad.derive.shadow_operands import is_stored
from srcad.errors import NoDerivativeError
from srcad.lang.function import Function
from srcad.rules import registry

__all__ = ["operation"]


def operation(
    stmt: gast.stmt,
    fn: Function,
    kinds: Kinds,
    varied: set[str],
    memory: Memory,
    gradient: Names,
    updates: frozenset[tuple[str, str]],
) -> Operation:
    """Return the adjoint of a simple statement.

    Parameters
    ----------
    gradient : callable
        Names the gradient or shadow of a variable.
    updates : frozenset
        The (result, operand) pairs of `srcad.analysis.accumulators.accumulated`.
    """
    return _Adjoint(stmt, fn, kinds, varied, memory, gradient, updates).operation()


class _Adjoint(RuleAdjoints):
    def operation(self) -> Operation:
        found = self.memory_operation()
        return self.value_operation() if found is None else found

    def value_operation(self) -> Operation:
        """Return the adjoint of a statement that makes new values, whose shadow is born behind it if it needs one."""
        found = self.plain_operation()
        bound = {n for stmt in found.forward for n in written_names(stmt)}
        born = [t for t in found.targets if self.is_shadowed(t) and self.gradient(t) not in bound]
        if not born:
            return found
        pull = found.pull

        def with_shadows(fl: Flattener, grad: Names, live: set[str]) -> list[Contribution]:
            held = {t: self.held_gradient(t, fl) for t in born}
            return pull(fl, lambda v: held.get(v) or grad(v), live | set(born))

        births = [b for t in born for b in self.birth(t)]
        return Operation(found.targets, [*found.forward, *births], with_shadows, found.in_place, always=True)

    def held_gradient(self, target: str, fl: Flattener) -> str:
        """Return the variable that has the gradient which the shadow of a new value gathered."""
        kind = self.kinds.get(target, Kind("any"))
        if kind.name == "array" and kind.inexact:
            return self.gradient(target)
        return str(fl.atom(call("rt.taken", name(self.start_of(target)))).id)

    def plain_operation(self) -> Operation:
        stmt = self.stmt
        if isinstance(stmt, gast.Assign):
            target = stmt.targets[0]
            if isinstance(target, gast.Name):
                if _is_growth(stmt.value) and not self.is_unknown_call(stmt.value):
                    return self.effect(stmt.value)
                if self.is_unknown_call(stmt.value):
                    return self.call(target.id, stmt.value)
                if target.id not in self.varied and not _is_pop(stmt.value):
                    return Operation((target.id,), [stmt], nothing)
                return self.assignment(target.id, stmt.value)
            if isinstance(target, gast.Tuple):
                return self.unpacking([e.id for e in target.elts], stmt.value)
            return Operation((), [stmt], nothing)
        if isinstance(stmt, gast.Expr) and isinstance(stmt.value, gast.Call):
            return self.effect(stmt.value)
        return Operation((), [stmt], nothing)

    def is_unknown_call(self, value: gast.AST) -> bool:
        """Tell whether a call that has no rule touches memory that varies or changes."""
        if not isinstance(value, gast.Call):
            return False
        operands = [*value.args, *(k.value for k in value.keywords)]
        if isinstance(value.func, gast.Attribute):
            if self.kind(value.func.value).name in (
                "array",
                "number",
                "float",
                "str",
                "list",
                "dict",
                "tuple",
            ):
                return False
            if method_of_generator(self.kind(value.func.value), value.func.attr) is not None:
                return False
            operands.append(value.func.value)
        else:
            function = self.scope.statics.get(value.func.id)
            if (
                function is rt.closure
                or function is rt.named_tuple
                or registry.find(function) is not None
                or registry.is_constant(function)
            ):
                return False
            if registry.is_key(function) and (function in _TRANSPARENT or function in _MAKERS):
                return False
            if registry.reason_refused(function) is not None:
                return any(self.is_varied(getattr(operand, "value", operand)) for operand in operands)
            operands.append(value.func)
        return any(
            self.is_varied(o) or isinstance(o, gast.Name) and self.memory.content(o.id) is not None
            for o in (getattr(operand, "value", operand) for operand in operands)
        )

    # -- assignments ------------------------------------------------------------------------------

    def assignment(self, target: str, value: gast.AST) -> Operation:
        ans = name(target)
        forward = [self.stmt]

        def simple(pull: Callable[[gast.AST, Flattener], list[Contribution]]) -> Operation:
            return Operation((target,), forward, lambda fl, grad, live: pull(name(grad(target)), fl))

        if isinstance(value, gast.Name):
            return simple(lambda g, fl: [Contribution(value.id, g)])
        if isinstance(value, gast.BinOp):
            return simple(lambda g, fl: self.binary(value, ans, g, fl))
        if isinstance(value, gast.UnaryOp) and type(value.op) in UNARY:
            return simple(lambda g, fl: self.negation(value, g, fl))
        if isinstance(value, gast.Subscript):
            return simple(lambda g, fl: self.load(value.value, value.slice, g, fl))
        if isinstance(value, gast.Attribute):
            return simple(lambda g, fl: self.attribute(value, ans, g, fl))
        if isinstance(value, (gast.Tuple, gast.List, gast.Dict)):
            return simple(lambda g, fl: self.display(value, g, fl))
        if isinstance(value, gast.Call):
            return self.call(target, value)
        return Operation((target,), forward, nothing)

    def negation(self, value: gast.UnaryOp, g: gast.AST, fl: Flattener) -> list[Contribution]:
        if isinstance(value.operand, gast.Constant):
            return []
        if isinstance(value.op, gast.UAdd):
            return [Contribution(value.operand.id, g)]
        return [Contribution(value.operand.id, fl.atom(gast.UnaryOp(gast.USub(), g)))]

    def binary(self, value: gast.BinOp, ans: gast.AST, g: gast.AST, fl: Flattener) -> list[Contribution]:
        left, right = value.left, value.right
        if isinstance(value.op, gast.MatMult):
            return self.matmul(left, right, ans, g, fl)
        if {self.kind(left).name, self.kind(right).name} & {"list", "tuple"}:
            if isinstance(value.op, gast.Mult):
                return self.repetition(left, right, g, fl)
            if not isinstance(value.op, gast.Add):
                raise self.refuse("This operator between lists or tuples has no derivative.", "Use a loop.")
            return self.concatenation(left, right, g, fl)
        if isinstance(left, gast.Constant) and isinstance(right, gast.Constant):
            return []  # None * 2.0, which is never reached
        if isinstance(value.op, gast.Pow) and isinstance(right, gast.Constant) and _is_plain(right.value):
            return [Contribution(left.id, fl.atom(_power(left, right.value, g)))]
        if self.kind(ans).name in ("float", "array") and _is_square(value):
            return [Contribution(left.id, fl.atom(_power(left, 2, g)))]
        if self.kind(ans).name in ("float", "array") and _is_reciprocal(value):
            slope = fl.atom(gast.BinOp(fl.atom(gast.UnaryOp(gast.USub(), ans)), gast.Mult(), ans))
            return [Contribution(right.id, fl.atom(gast.BinOp(g, gast.Mult(), slope)))]
        function = BINARY.get(type(value.op))
        rule = registry.find(function)
        if rule is None:
            if registry.is_constant(function):
                return []
            raise self.refuse(f"The operator of this line has no derivative ({type(value.op).__name__}).",
                              "Use one of + - * / ** % // @.", NoDerivativeError)  # fmt: skip
        bound = {p.name: a for p, a in zip(rule.parameters, (left, right))}
        return self.elementwise(rule, bound, ans, g, fl)

    def concatenation(
        self, left: gast.AST, right: gast.AST, g: gast.AST, fl: Flattener
    ) -> list[Contribution]:
        length = fl.atom(call("len", left))
        parts = [(left, gast.Slice(None, length, None)), (right, gast.Slice(length, None, None))]
        return [
            Contribution(operand.id, fl.atom(gast.Subscript(g, part, gast.Load())))
            for operand, part in parts
            if self.is_varied(operand)
        ]

    def repetition(self, left: gast.AST, right: gast.AST, g: gast.AST, fl: Flattener) -> list[Contribution]:
        """The adjoint of ``[x] * n``."""
        items = left if self.kind(left).name in ("list", "tuple") else right
        length = fl.atom(call("len", items))
        return [Contribution(items.id, fl.atom(call("rt.fold_repeats", g, length)))]

    def matmul(
        self, left: gast.AST, right: gast.AST, ans: gast.AST, g: gast.AST, fl: Flattener
    ) -> list[Contribution]:
        # Neither can be a scalar, for which NumPy raises; 0 stands for a rank that is not known.
        first, second = (len(dims_unless_scalar(self.kind(operand)) or ()) for operand in (left, right))
        array = lambda node: as_arrays({"": node}, self.kind, fl)[""]  # noqa: E731
        transposed = lambda node: fl.atom(gast.Attribute(array(node), "T", gast.Load()))  # noqa: E731
        product = lambda a, b: gast.BinOp(a, gast.MatMult(), b)  # noqa: E731
        scaled = lambda node: gast.BinOp(g, gast.Mult(), array(node))  # noqa: E731
        table: dict[tuple[int, int], tuple[Any, Any]] = {
            (2, 2): (lambda: product(g, transposed(right)), lambda: product(transposed(left), g)),
            (2, 1): (lambda: call("np.outer", g, right), lambda: product(transposed(left), g)),
            (1, 2): (lambda: product(right, g), lambda: call("np.outer", left, g)),
            (1, 1): (lambda: scaled(right), lambda: scaled(left)),
        }
        if (first, second) not in table:
            rule = registry.find(BINARY[gast.MatMult])
            return self.by_rule(rule, call("np.matmul", left, right), ans, g, fl)
        return [
            Contribution(operand.id, fl.atom(make()))
            for operand, make in zip((left, right), table[first, second])
            if self.is_varied(operand)
        ]

    def load(self, base: gast.AST, index: gast.AST, g: gast.AST, fl: Flattener) -> list[Contribution]:
        if is_scalar(self.kind(base)):  # a scalar of NumPy: what a mask or None selects has an axis
            whole = isinstance(index, gast.Tuple) and not index.elts or getattr(index, "value", None) is ...
            return [Contribution(base.id, g if whole else fl.atom(call("np.sum", g)))]
        return [Contribution(base.id, g, index, self.is_basic(index))]

    def attribute(
        self, value: gast.Attribute, ans: gast.AST, g: gast.AST, fl: Flattener
    ) -> list[Contribution]:
        kind = self.kind(value.value)
        if kind.name in ("array", "number", "float"):
            if value.attr in ("T", "mT"):
                return [Contribution(value.value.id, fl.atom(gast.Attribute(g, value.attr, gast.Load())))]
            if value.attr in ("real", "imag"):
                node = call(f"np.{value.attr}", value.value)
                self.scope.statics.setdefault(f"np.{value.attr}", getattr(np, value.attr))
                return self.by_rule(registry.find(self.scope.statics[f"np.{value.attr}"]), node, ans, g, fl)
            if value.attr in FORM_OF_ARRAYS:
                return []
            if not hasattr(np.ndarray, value.attr) and not hasattr(float, value.attr):
                return []  # the primal raises
            if callable(getattr(np.ndarray, value.attr, None)):
                raise self.refuse(f"The method .{value.attr} of an array is kept as a value.",
                                  "Call it where it is read, or keep a lambda that calls it.")  # fmt: skip
            raise self.refuse(f"The attribute .{value.attr} of an array has no derivative.",
                              "Use a NumPy function instead.", NoDerivativeError)  # fmt: skip
        if kind.name == "any" and not is_stored(kind, value.attr):
            whole = fl.atom(call("rt.attribute_gradient", value.value, constant(value.attr), g))
            return [Contribution(value.value.id, whole)]
        fields = getattr(kind.value, "_fields", ()) if kind.name == "tuple" else ()
        key = fields.index(value.attr) if value.attr in fields else value.attr
        return [Contribution(value.value.id, g, constant(key))]

    def unpacking(self, targets: list[str], value: gast.AST) -> Operation:
        if not self.is_varied(value):
            return Operation((), [self.stmt], nothing)

        def pull(fl: Flattener, grad: Names, live: set[str]) -> list[Contribution]:
            if self.holds_numbers(value, targets):
                return self.of_numbers(targets, value, fl, grad, live)
            return [
                Contribution(value.id, name(grad(target)), constant(i), True)
                for i, target in enumerate(targets)
                if target in live
            ]

        return Operation(tuple(targets), [self.stmt], pull)

    def holds_numbers(self, value: gast.AST, targets: list[str]) -> bool:
        """Tell whether what is unpacked is a tuple of that many numbers."""
        kind = self.kind(value)
        parts = kind.items or () if kind.name == "tuple" else ()
        return len(parts) == len(targets) == len(set(targets)) and all(map(is_scalar, parts))

    def of_numbers(
        self, targets: list[str], value: gast.AST, fl: Flattener, grad: Names, live: set[str]
    ) -> list[Contribution]:
        """Return the gradient of a tuple of numbers, whole."""
        parts = [name(grad(target)) if target in live else constant(0.0) for target in targets]
        return [Contribution(value.id, fl.atom(gast.List(parts, gast.Load())))]

    # -- calls -------------------------------------------------------------------------------------

    def call(self, target: str | None, node: gast.Call) -> Operation:
        ans = name(target or "_")
        forward = [self.stmt]

        def ruled(rule: registry.Rule, receiver: gast.AST | None = None) -> Operation:
            def pull(fl: Flattener, grad: Names, live: set[str]) -> list[Contribution]:
                return self.by_rule(rule, node, ans, name(grad(target)), fl, receiver)

            if rule.derived_as is None:
                return Operation((target,), forward, pull)
            derived = lambda: assign(target, derived_call(rule, node, self.scope))  # noqa: E731
            return Operation((target,), forward, pull, derived=derived)

        if _is_pop(node) and self.kind(node.func.value).name == "list":
            return self.pop(target, node)
        receiver = None
        if isinstance(node.func, gast.Attribute):
            receiver = node.func.value
            numeric = self.kind(receiver).name in ("array", "number", "float")
            function = ARRAY_METHODS.get(node.func.attr) if numeric else None
            function = function or method_of_generator(self.kind(receiver), node.func.attr)
        else:
            function = self.scope.statics.get(node.func.id)
        if function is rt.closure or function is rt.named_tuple:
            parts = gast.Tuple(node.args[1:], gast.Load())
            return Operation(
                (target,), forward, lambda fl, grad, live: self.display(parts, name(grad(target)), fl)
            )
        if target is None:
            return self.dynamic_call(target, node)
        if registry.is_key(function) and function in _TRANSPARENT and len(node.args) == 1:
            function_args, lists = node.args[0], function in (list, tuple)
            return Operation(
                (target,),
                forward,
                lambda fl, grad, live: self.transparent(function_args, grad(target), lists, fl),
            )
        rule = registry.find(function) if function is not None else None
        unpacked = any(isinstance(a, gast.Starred) for a in node.args) or any(
            k.arg is None for k in node.keywords
        )
        if rule is not None and not unpacked:
            return ruled(rule, receiver)
        if function is not None and registry.is_constant(function):
            return Operation((target,), forward, nothing)
        reason = registry.reason_refused(function) if function is not None else None
        operands = [*node.args, *(k.value for k in node.keywords)]
        if reason is not None and any(self.is_varied(getattr(o, "value", o)) for o in operands):
            raise self.refuse(reason, "", NoDerivativeError)
        if reason is None and function is not None and rule is None and not hasattr(function, "tree"):
            self.check_callee(function, node)
        return self.dynamic_call(target, node)

    def check_callee(self, function: Any, node: gast.Call) -> None:
        """Refuse a known function that has neither source nor rule."""
        why = why_not_callable(function, node)
        if why is not None:
            raise self.refuse(*why, NoDerivativeError)

    def transparent(
        self, argument: gast.AST, gradient: str, lists: bool, fl: Flattener
    ) -> list[Contribution]:
        if not self.is_varied(argument):
            return []
        found = self.unlisted(name(gradient), argument) if lists else name(gradient)
        return [Contribution(argument.id, fl.atom(found))]

    def unlisted(self, gradient: gast.AST, value: gast.AST) -> gast.AST:
        """Return the gradient of an array whose entries were put into a list."""
        return call("rt.array_like", gradient, value) if self.kind(value).name not in _LISTS else gradient

    def pop(self, target: str | None, node: gast.Call) -> Operation:
        """The adjoint of a pop from a list that only grows and shrinks at its end."""
        base = node.func.value.id
        targets = () if target is None else (target,)
        if node.args or base not in self.varied:
            return Operation(targets, [self.stmt], nothing)

        def pull(fl: Flattener, grad: Names, live: set[str]) -> list[Contribution]:
            value: gast.AST = constant(0.0)
            if target is not None and target in live:
                value = name(grad(target))
            elif target is not None and not is_scalar(self.kind(name(target))):
                value = fl.atom(call("rt.zeros_like", name(target)))
            fl.statements.append(gast.Expr(method(grad(base), "append", value)))
            return []

        return Operation(targets, [self.stmt], pull, in_place=base)

    # -- in place ----------------------------------------------------------------------------------

    def effect(self, node: gast.Call) -> Operation:
        func = node.func
        if isinstance(func, gast.Attribute) and isinstance(func.value, gast.Name):
            base = func.value.id
            if func.attr == "append" and base in self.varied and self.kind(func.value).name == "list":

                def pull(fl: Flattener, grad: Names, live: set[str]) -> list[Contribution]:
                    popped = fl.atom(method(grad(base), "pop"))
                    return [Contribution(node.args[0].id, popped)] if self.is_varied(node.args[0]) else []

                return Operation((), [self.stmt], pull, in_place=base)
            if func.attr == "pop" and self.kind(func.value).name == "list":
                return self.pop(None, node)
        if self.is_unknown_call(node):
            return self.call(None, node)
        return Operation((), [self.stmt], nothing)


_MAKERS = {sorted, set, frozenset, reversed, zip, enumerate, map, filter}
_LISTS = ("list", "tuple", "dict")
_TRANSPARENT = {float, iter, list, tuple, dict, rt.sequence}


def _is_growth(node: gast.AST) -> bool:
    """Tell whether an operation is an ``append``, whose result is None."""
    return (
        isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute) and node.func.attr == "append"
    )


def _is_pop(node: gast.AST) -> bool:
    """Tell whether an operation has the form of a pop."""
    return isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute) and node.func.attr == "pop"


def _is_plain(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_reciprocal(value: gast.BinOp) -> bool:
    """Tell whether an operation is ``1 / x``, whose derivative needs its result alone."""
    number = value.left.value if isinstance(value.left, gast.Constant) else None
    return isinstance(value.op, gast.Div) and type(number) in (int, float) and number == 1


def _is_square(value: gast.BinOp) -> bool:
    left, right = value.left, value.right
    both = isinstance(left, gast.Name) and isinstance(right, gast.Name) and left.id == right.id
    return both and isinstance(value.op, gast.Mult)


def _power(base: gast.AST, exponent: float, g: gast.AST) -> gast.AST:
    """The adjoint of ``base ** exponent`` for a constant exponent."""
    if exponent == 0:
        return gast.BinOp(g, gast.Mult(), gast.BinOp(base, gast.Mult(), constant(0.0)))
    if exponent == 1:
        return g
    inner = base if exponent == 2 else gast.BinOp(base, gast.Pow(), constant(exponent - 1))
    return gast.BinOp(g, gast.Mult(), gast.BinOp(constant(exponent), gast.Mult(), inner))


def _unpack(targets: list[str], value: str) -> gast.Assign:
    names = [gast.Name(target, gast.Store(), None, None) for target in targets]
    return gast.Assign([gast.Tuple(names, gast.Store())], name(value), None)

"""Forward mode: the tangent of one operation of the normal form, from the tangents of its operands."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gast
import numpy as np

from srcad import runtime as rt
from srcad.analysis.kinds import Kind, answer, is_double, is_scalar, may_be_whole
from srcad.analysis.kinds_of_operations import Kinds, kind_of_operation
from srcad.analysis.memory import Memory
from srcad.analysis.results.elementwise import BINARY
from srcad.analysis.view_functions import returns_views
from srcad.derive.build import Flattener, call, constant, name
from srcad.derive.inline import accepted, as_arrays, bind, instantiate, static_name
from srcad.errors import NoDerivativeError, UnsupportedError
from srcad.lang.function import Function
from srcad.lang.walking import nodes_in
from srcad.rules import registry

__all__ = ["Operations", "Program"]

_NO_TANGENT = ("int", "bool", "str", "none", "function")


@dataclass
class Program:
    """A function in NORMAL form and what is known about it; ``tangents`` names the tangent of each variable."""

    fn: Function
    kinds: Kinds
    varied: set[str]
    memory: Memory
    tangents: dict[str, str] = field(default_factory=dict)

    def tangent_name(self, variable: str) -> str:
        """Return the name of the tangent of ``variable``."""
        if variable not in self.tangents:
            self.tangents[variable] = self.fn.scope.fresh("d" + variable)
        return self.tangents[variable]

    @functools.cached_property
    def outside(self) -> set[str]:
        """The variables that hold nothing but values of global variables, and of attributes of classes."""
        found: set[str] = set()
        others: set[str] = set()
        for stmt in gast.walk(self.fn.tree):
            if isinstance(stmt, gast.Assign) and isinstance(stmt.targets[0], gast.Name):
                value = stmt.value
                base = value.value if isinstance(value, gast.Attribute) else None
                reads = isinstance(base, gast.Name) and base.id in self.fn.scope.statics
                (found if reads else others).add(stmt.targets[0].id)
        return found - others

    def is_outside(self, node: gast.AST) -> bool:
        """Tell whether a value outlives the call."""
        return isinstance(node, gast.Name) and node.id in self.outside

    def kind(self, node: gast.AST) -> Kind:
        """Return the kind of an operation."""
        return kind_of_operation(node, self.kinds, self.fn)

    def is_varied(self, node: gast.AST | None) -> bool:
        """Tell whether an atom, starred or not, has a tangent."""
        node = node.value if isinstance(node, gast.Starred) else node
        return isinstance(node, gast.Name) and node.id in self.varied


def holds_numbers(kind: Kind) -> bool:
    """Tell whether values of a kind are numbers that have a derivative, or tuples and lists with some."""
    if kind.name in ("tuple", "list") and isinstance(kind.items, tuple):
        return any(map(holds_numbers, kind.items))
    return kind.name in ("array", "float", "number")


class Operations:
    """Writes the tangents of operations; what they need beforehand goes to the flattener."""

    def __init__(self, program: Program, stmt: gast.stmt) -> None:
        self.program, self.stmt = program, stmt
        self.fn, self.scope = program.fn, program.fn.scope
        self.kind, self.is_varied = program.kind, program.is_varied
        self.fl = Flattener(self.scope)

    # -- atoms ------------------------------------------------------------------------------------

    def refuse(self, reason: str, hint: str, error: type = UnsupportedError) -> Exception:
        """Return an error at the statement."""
        return error(reason, hint, self.fn.source.locate(self.stmt))

    def tangent(self, node: gast.AST) -> gast.AST:
        """Return the tangent of an atom; an inactive one has zeros of its structure."""
        if isinstance(node, gast.Starred):
            image = self.tangent(node.value)
            if isinstance(
                image, gast.Constant
            ):  # what has no tangent still has items, each of which needs one
                items = self.fl.atom(gast.Tuple([node], gast.Load()))
                image = self.fl.atom(self.runtime(rt.zero_tangent, "zero_tangent", items))
            return gast.Starred(image, gast.Load())
        if self.is_varied(node):
            return name(self.program.tangent_name(node.id))
        kind = self.kind(node)
        if kind.name in _NO_TANGENT or kind.name == "float":
            return constant(0.0)
        maker = "lasting_tangent" if self.program.is_outside(node) else "zero_tangent"
        return self.fl.atom(self.runtime(getattr(rt, maker), maker, node))

    def tangent_as_array(self, node: gast.AST) -> gast.AST:
        """Return the tangent of an operand of an elementwise function; that of a list as an array."""
        tangent = self.tangent(node)
        of_list = self.kind(node).name in ("list", "tuple")
        return self.fl.atom(call("np.asarray", tangent)) if of_list else tangent

    def runtime(self, function: Any, title: str, *arguments: gast.AST) -> gast.Call:
        """Return a call of a function of the runtime."""
        path = f"rt.{title}"
        self.scope.statics.setdefault(path, function)
        return call(path, *arguments)

    def zero_of(self, value: gast.AST) -> gast.AST:
        """Return the zero tangent of a result."""
        kind = self.kind(value)
        if kind.name in _NO_TANGENT or kind.name == "float":
            return constant(0.0)
        if kind.name == "array" and kind.inexact:
            self.scope.statics.setdefault("np.zeros_like", np.zeros_like)
            return call("np.zeros_like", value)
        maker = "lasting_tangent" if self.program.is_outside(value) else "zero_tangent"
        return self.runtime(getattr(rt, maker), maker, value)

    def is_changed(self, node: gast.AST) -> bool:
        """Tell whether the memory that a variable refers to may be changed in place."""
        return isinstance(node, gast.Name) and self.program.memory.content(node.id) is not None

    # -- operations -------------------------------------------------------------------------------

    def of(self, value: gast.AST, ans: gast.AST) -> gast.AST:
        """Return the tangent of an operation other than a call, whose result is ``ans``."""
        handler: Callable[..., gast.AST] | None = getattr(self, f"_{type(value).__name__}", None)
        if handler is None or not any(self.is_varied(n) for n in nodes_in(value)):
            return self.zero_of(ans)
        return handler(value, ans)

    def _Name(self, value: gast.Name, ans: gast.AST) -> gast.AST:
        return self.tangent(value)

    def _UnaryOp(self, value: gast.UnaryOp, ans: gast.AST) -> gast.AST:
        if not isinstance(value.op, (gast.USub, gast.UAdd)):
            return self.zero_of(ans)
        return gast.UnaryOp(value.op, self.tangent(value.operand))

    def _Subscript(self, value: gast.Subscript, ans: gast.AST) -> gast.AST:
        if not self.is_varied(value.value):
            return self.zero_of(ans)
        return gast.Subscript(self.tangent(value.value), value.slice, gast.Load())

    def _Attribute(self, value: gast.Attribute, ans: gast.AST) -> gast.AST:
        kind = self.kind(value.value)
        tangent = gast.Attribute(self.tangent(value.value), value.attr, gast.Load())
        if kind.name in ("array", "number", "float"):
            if callable(getattr(np.ndarray, value.attr, None)):
                raise self.refuse(f"The method .{value.attr} of an array is kept as a value.",
                                  "Call it where it is read, or keep a lambda that calls it.")  # fmt: skip
            return tangent if value.attr in ("T", "mT", "real", "imag", "flat") else self.zero_of(ans)
        return tangent

    def _Tuple(self, value: Any, ans: gast.AST) -> gast.AST:
        return type(value)([self.tangent(e) for e in value.elts], gast.Load())

    _List = _Tuple

    def _Dict(self, value: gast.Dict, ans: gast.AST) -> gast.AST:
        return gast.Dict(list(value.keys), [self.tangent(e) for e in value.values])

    def _BinOp(self, value: gast.BinOp, ans: gast.AST) -> gast.AST:
        left, right = value.left, value.right
        names = {self.kind(left).name, self.kind(right).name}
        if self.kind(left).name == "str":
            return self.zero_of(ans)
        if isinstance(value.op, gast.MatMult):
            products = [
                gast.BinOp(*pair) for pair, varied in (
                    ((self.tangent(left), value.op, right), self.is_varied(left)),
                    ((left, value.op, self.tangent(right)), self.is_varied(right)),
                ) if varied
            ]  # fmt: skip
            return self.total(products)
        if names & {"list", "tuple"} and isinstance(value.op, gast.Add):
            return gast.BinOp(self.tangent(left), value.op, self.tangent(right))
        if names & {"list", "tuple"} and isinstance(value.op, gast.Mult):
            parts = [self.tangent(n) if self.kind(n).name in ("list", "tuple") else n for n in (left, right)]
            return gast.BinOp(parts[0], value.op, parts[1])
        if isinstance(value.op, gast.Pow) and isinstance(right, gast.Constant) and is_plain(right.value):
            return self.times(self.tangent(left), power_partial(left, right.value))
        function = BINARY.get(type(value.op))
        rule = registry.find(function)
        if rule is None and registry.is_constant(function):
            return self.zero_of(ans)
        if rule is None:
            raise self.refuse(f"The operator of this line has no derivative ({type(value.op).__name__}).",
                              "Use one of + - * / ** % // @.", NoDerivativeError)  # fmt: skip
        return self.elementwise(rule, {p.name: a for p, a in zip(rule.parameters, (left, right))}, ans)

    # -- sums and products ------------------------------------------------------------------------

    def times(self, tangent: gast.AST, partial: gast.AST) -> gast.AST:
        """Return the product of a tangent and a partial derivative."""
        if isinstance(partial, gast.Constant) and partial.value == 1:
            return tangent
        if isinstance(partial, gast.Constant) and partial.value == -1:
            return gast.UnaryOp(gast.USub(), tangent)
        return gast.BinOp(tangent, gast.Mult(), partial)

    def total(self, terms: list[gast.AST]) -> gast.AST:
        """Return the sum of the terms."""
        result = terms[0]
        for term in terms[1:]:
            negative = isinstance(term, gast.UnaryOp) and isinstance(term.op, gast.USub)
            operator = gast.Sub() if negative else gast.Add()
            result = gast.BinOp(
                self.fl.atom(result), operator, self.fl.atom(term.operand if negative else term)
            )
        return result

    # -- rules ------------------------------------------------------------------------------------

    def by_rule(
        self, rule: registry.Rule, node: gast.Call, ans: gast.AST, receiver: gast.AST | None = None
    ) -> gast.AST:
        """Return the tangent of a call by the rule of its function."""
        bound = accepted(rule, node, receiver, self.kind, self.refuse)
        for parameter, argument in list(bound.items()):
            parts = argument if isinstance(argument, (list, tuple)) else [argument]
            numeric = any(self.is_varied(p) and holds_numbers(self.kind(p)) for p in parts)
            if parameter in rule.wrt or not numeric:
                continue
            is_own = (getattr(rule.primal, "__module__", "") or "").startswith("srcad.runtime.")
            is_whole = all(may_be_whole(self.kind(p)) for p in parts)
            is_late = self.fn.source.file.startswith("<srcad") and isinstance(argument, gast.AST)
            if not (is_own or is_whole or is_late):
                raise self.refuse(f"There is no derivative with respect to the argument '{parameter}'.",
                                  "Use srcad's stop_gradient or a constant there.", NoDerivativeError)  # fmt: skip
            checked = is_own or rule.takes_numbers or not is_whole
            tangent = [self.tangent(argument)] if checked else []
            # in srcad's own functions only what is read counts: of some arguments that is the shape
            check = "rt.unmoved" if is_own else "rt.still" if checked else "rt.whole_only"
            bound[parameter] = self.fl.atom(call(check, argument, *tangent, constant(parameter)))
        if rule.kind == "elementwise":
            return self.elementwise(rule, bound, ans)
        looked_at = rule.shaped
        wanted = [p for p in rule.wrt if p in bound and p not in looked_at and self.any_varied(bound[p])]
        linear = rule.jointly_linear
        if not wanted:
            return self.zero_of(ans)
        terms = []
        if set(wanted) & set(linear):
            used = {p: bound[p] for p in linear if p in bound}
            terms.append(self.converted(self.replaced(rule, node, receiver, used), node, ans))
        others = [p for p in wanted if p not in linear]
        if not all(rule.has_forward(p) for p in others):
            return self.transposed(rule, node, receiver, bound, ans)
        together = {rule.joint[p] for p in others if p in rule.joint}
        terms += [self.joint_term(rule, parameters, bound, ans) for parameters in sorted(together)]
        terms += [self.term(rule, p, node, receiver, bound, ans) for p in others if p not in rule.joint]
        if len(terms) > 1 and self.kind(ans).name not in ("array", "float", "number"):
            return functools.reduce(self.added, terms)
        return self.total(terms)

    def added(self, first: gast.AST, second: gast.AST) -> gast.AST:
        """Return the sum of two tangents that may be tuples."""
        return call("rt.add", self.fl.atom(first), self.fl.atom(second))

    def known(self, question: str, atom: gast.AST) -> int | None:
        """Answer what a rule asks of an atom, None where it is not known."""
        return answer(self.kind(atom), question)

    def term(
        self,
        rule: registry.Rule,
        parameter: str,
        node: gast.Call,
        receiver: Any,
        bound: dict[str, Any],
        ans: gast.AST,
    ) -> gast.AST:
        """Return what one argument contributes to the tangent of the result."""
        forward = rule.forward.get(parameter)
        argument = bound[parameter]
        if forward is not None:
            of_ufunc = isinstance(rule.primal, np.ufunc) and isinstance(argument, gast.AST)
            tangent = self.tangent_as_array(argument) if of_ufunc else self.tangent_of(argument)
            single = registry.Rule(rule.primal, (parameter,), "vjp", forward)
            statements, atoms = instantiate(single, self.scope, bound, ans, tangent, [parameter], self.known)
            self.fl.statements += statements
            if rule.given:
                title = f"'{getattr(rule.primal, '__name__', rule.primal)}' with respect to '{parameter}'"
                atoms = [self.fl.atom(call("rt.fitting_tangent", atoms[0], ans, constant(title)))]
            return self.own(atoms[0], rule.primal, ans)
        if not isinstance(argument, (list, tuple)):
            return self.replaced(rule, node, receiver, {parameter: argument})
        return self.total([self.replaced(rule, node, receiver, {parameter: argument}, position)
                           for position, item in enumerate(argument)
                           if self.is_varied(item) and not self.is_subscripts(item)])  # fmt: skip

    def joint_term(
        self, rule: registry.Rule, parameters: tuple[str, ...], bound: dict[str, Any], ans: gast.AST
    ) -> gast.AST:
        """Return what arguments that have a forward rule together contribute to the tangent of the result."""
        tangents = [
            self.tangent_of(bound[p]) if p in bound and self.any_varied(bound[p]) else constant(None)
            for p in parameters
        ]
        directions = gast.Tuple(tangents, gast.Load())
        whole = registry.Rule(rule.primal, (parameters[0],), "vjp", rule.forward[parameters[0]])
        statements, atoms = instantiate(
            whole, self.scope, bound, ans, directions, [parameters[0]], self.known
        )
        self.fl.statements += statements
        return self.own(atoms[0], rule.primal, ans)

    def own(self, tangent: gast.AST, primal: Any, ans: gast.AST) -> gast.AST:
        """Return a tangent in memory of its own, if that of the result is changed and no view."""
        kind = self.kind(ans).name
        if returns_views(primal) or not isinstance(ans, gast.Name):
            return tangent
        if kind in ("array", "number"):
            return gast.UnaryOp(gast.UAdd(), tangent) if self.is_changed(ans) else tangent
        memory = self.program.memory
        changed = kind in ("tuple", "list") and memory.held(ans.id) & memory.changed
        return self.runtime(rt.copy_of_parts, "copy_of_parts", tangent) if changed else tangent

    def is_subscripts(self, item: gast.AST) -> bool:
        """Tell whether an argument is a list of axes, as ``np.einsum`` takes between its operands."""
        values = [
            stmt.value
            for stmt in nodes_in(self.fn.tree)
            if isinstance(stmt, gast.Assign)
            and isinstance(stmt.targets[0], gast.Name)
            and stmt.targets[0].id == getattr(item, "id", None)
        ]
        parts = [part for value in values for part in getattr(value, "elts", [None])]
        found = [
            part.value
            if isinstance(part, gast.Constant)
            else self.scope.statics.get(getattr(part, "id", None))
            for part in parts
        ]
        plain = [isinstance(value, int) or value is ... for value in found]
        return all(isinstance(value, gast.List) for value in values) and bool(plain) and all(plain)

    def transposed(
        self, rule: registry.Rule, node: gast.Call, receiver: Any, bound: dict[str, Any], ans: gast.AST
    ) -> gast.AST:
        """Return the tangent of a function of which only the reverse rule is known: that is linear in the gradient."""
        path = static_name(rule.reverse, self.scope)
        arguments = [*([receiver] if receiver is not None else []), *node.args]
        keys = [constant(k.arg) for k in node.keywords]
        options = self.fl.statements
        named = self.scope.fresh("t")
        directions = [self.tangent_of(bound[p]) if p in bound else constant(0.0) for p in rule.wrt]
        packed = self.fl.atom(gast.Tuple(arguments, gast.Load()))
        given = self.fl.atom(gast.Tuple(directions, gast.Load()))
        options.append(gast.Assign([gast.Name(named, gast.Store(), None, None)],
                                   gast.Dict(keys, [k.value for k in node.keywords]), None))  # fmt: skip
        return self.runtime(rt.transposed, "transposed", name(path), ans, packed, name(named), given)

    def any_varied(self, argument: Any) -> bool:
        """Tell whether an argument (a list of them for ``*args``) has a tangent."""
        parts = argument if isinstance(argument, (list, tuple)) else [argument]
        return any(self.is_varied(part) for part in parts)

    def tangent_of(self, argument: Any) -> gast.AST:
        """Return the tangent of an argument, a tuple for ``*args``."""
        if isinstance(argument, (list, tuple)):
            return self.fl.atom(gast.Tuple([self.tangent(a) for a in argument], gast.Load()))
        return self.tangent(argument)

    def replaced(
        self,
        rule: registry.Rule,
        node: gast.Call,
        receiver: Any,
        arguments: dict[str, Any],
        only: int | None = None,
    ) -> gast.Call:
        """Return the call with tangents in place of the given arguments (of ``*args``: of one position only)."""
        places = [
            *([receiver] if receiver is not None else []),
            *node.args,
            *(k.value for k in node.keywords),
        ]
        marks = [gast.Name(f"argument {i}", gast.Load(), None, None) for i in range(len(places))]
        first = 1 if receiver is not None else 0
        end = first + len(node.args)
        keywords = [gast.keyword(k.arg, mark) for k, mark in zip(node.keywords, marks[end:])]
        marked = bind(rule, gast.Call(node.func, marks[first:end], keywords), marks[0] if first else None)
        made = dict(zip((mark.id for mark in marks), places))
        for parameter in arguments:
            held = marked[parameter]
            for position, mark in enumerate(held if isinstance(held, (list, tuple)) else [held]):
                given = self.kind(made[mark.id]).name != "none"
                if given and (only is None or position == only):
                    made[mark.id] = self.tangent(made[mark.id])
        parts = list(made.values())
        func = node.func
        if first:
            func = gast.Attribute(parts[0], node.func.attr, gast.Load())
        new = [gast.keyword(k.arg, part) for k, part in zip(node.keywords, parts[end:])]
        return gast.Call(func, parts[first:end], new)

    def converted(self, value: gast.Call, node: gast.Call, ans: gast.AST) -> gast.AST:
        """Bring the result of a linear function with a ``dtype`` to the dtype of the result."""
        if not any(k.arg == "dtype" for k in node.keywords):
            return value
        value.keywords = [k for k in value.keywords if k.arg != "dtype"]
        return self.runtime(rt.tangent_like, "tangent_like", self.fl.atom(value), ans)

    def elementwise(self, rule: registry.Rule, bound: dict[str, Any], ans: gast.AST) -> gast.AST:
        """Return the sum of partial derivatives times tangents, in the shape of the result."""
        wanted = [p for p in rule.wrt if p in bound and self.is_varied(bound[p])]
        if not wanted:
            return self.zero_of(ans)
        arrays = as_arrays(bound, self.kind, self.fl)
        statements, partials = instantiate(rule, self.scope, arrays, ans, constant(1.0), wanted, self.known)
        zero = [isinstance(p, gast.Constant) and p.value == 0 for p in partials]
        used = [(p, d) for p, d, null in zip(wanted, partials, zero) if not null]
        if not used:
            return self.zero_of(ans)
        self.fl.statements += statements
        terms = [
            self.weighted(rule, arrays, ans, parameter, self.tangent_as_array(bound[parameter]), partial)
            for parameter, partial in used
        ]
        result = self.total(terms)
        if isinstance(result, gast.Name) and (self.is_changed(ans) or self.is_changed(bound[used[0][0]])):
            result = gast.UnaryOp(gast.UAdd(), result)
        operands = [a for a in bound.values() if not isinstance(a, (list, tuple)) and not is_real_number(a)]
        if self.is_full(operands, [bound[p] for p, _ in used], rule.primal):
            return result
        return self.runtime(rt.fit_tangent, "fit_tangent", self.fl.atom(result), ans)

    def weighted(
        self,
        rule: registry.Rule,
        arrays: dict[str, Any],
        ans: gast.AST,
        parameter: str,
        tangent: gast.AST,
        partial: gast.AST,
    ) -> gast.AST:
        """Return a tangent times a partial derivative, or what the forward rule of the parameter makes of the tangent."""
        forward = rule.forward.get(parameter)
        if forward is None:
            return self.times(tangent, partial)
        single = registry.Rule(rule.primal, (parameter,), "vjp", forward)
        statements, atoms = instantiate(single, self.scope, arrays, ans, tangent, [parameter], self.known)
        self.fl.statements += statements
        return atoms[0]

    def is_full(self, operands: list[gast.AST], used: list[gast.AST], primal: Any) -> bool:
        """Tell whether terms from ``used`` surely have the shape of the result, and are real just where it is."""
        if primal in (abs, np.absolute) and not is_double(self.kind(operands[0])):
            return False
        if primal in (np.multiply, np.true_divide) and any(operands[0] is u for u in used):
            return True
        if primal is np.multiply:
            return True
        others = [o for o in operands if not any(o is u or same_name(o, u) for u in used)]
        kinds = [self.kind(other) for other in others]
        return all(is_scalar(kind) and kind.dtype not in ("complex", "mixed") for kind in kinds)


def same_name(first: gast.AST, second: gast.AST) -> bool:
    """Tell whether two atoms are the same variable."""
    return isinstance(first, gast.Name) and isinstance(second, gast.Name) and first.id == second.id


def is_real_number(node: Any) -> bool:
    """Tell whether an operand is a literal other than a complex number."""
    return isinstance(node, gast.Constant) and not isinstance(node.value, complex)


def is_plain(value: Any) -> bool:
    """Tell whether a constant is a number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def power_partial(base: gast.AST, exponent: float) -> gast.AST:
    """Return the derivative of ``base ** exponent`` for a constant exponent."""
    if exponent == 0:
        return gast.BinOp(base, gast.Mult(), constant(0.0))
    if exponent == 1:
        return constant(1)
    inner = base if exponent == 2 else gast.BinOp(base, gast.Pow(), constant(exponent - 1))
    return gast.BinOp(constant(exponent), gast.Mult(), inner)

"""What is done with an instance that is taken apart, written as the reads, stores and calls that it means."""

from __future__ import annotations

import builtins
import operator
import types
from collections.abc import Callable, Mapping
from typing import Any

import gast
import numpy as np

from srcad.analysis.kinds import Kind
from srcad.analysis.plain_classes import after_in_mro, looked_up, operator_method
from srcad.analysis.sorts_outside import depend_on_sort, owner_of
from srcad.derive.build import call, constant, name
from srcad.derive.instances import Instances
from srcad.derive.known_numbers import KnownNumbers
from srcad.frontend.late_results import gives_late, is_unsure, titles_called_on_self
from srcad.lang.function import Nested
from srcad.lang.scope import Scope
from srcad.lang.walking import NodeTransformer, nodes_in
from srcad.rules import iteration

__all__ = ["InstanceOperations"]

_METHODS = {abs: "__abs__", len: "__len__"}
_COMPARISONS = {
    gast.Is: operator.is_, gast.IsNot: operator.is_not, gast.Eq: operator.eq, gast.NotEq: operator.ne,
}  # fmt: skip
_OF_TEXTS = ("lower", "upper", "strip", "casefold")
_SEQUENCE = ("__len__", "__getitem__", "__array__", "__array_interface__")


class InstanceOperations(NodeTransformer):
    """Writes attributes as variables, and operators, properties and ``super()`` as calls of the class's methods.

    What it cannot write so keeps the variable of the instance, which `Instances.check` finds.
    """

    def __init__(
        self, scope: Scope, instances: Instances, kinds: Mapping[str, Kind], is_settled: Callable[[str], bool]
    ) -> None:
        self.scope, self.instances, self.is_settled = scope, instances, is_settled
        self.constants: dict[str, Any] = {}
        self.tuples: dict[str, gast.Tuple] = {}
        self.numbers = KnownNumbers(kinds, arrays=True)
        self.scalars = KnownNumbers(kinds, arrays=False)
        self.told_from_numbers: set[type] = set()

    def read(self, stmt: gast.stmt) -> gast.stmt | None:
        """Return a statement, of a compound one the head, in terms of variables; None where nothing is left to do."""
        if not self.instances.apart:
            return stmt
        made = self._operation(stmt) if isinstance(stmt, (gast.Assign, gast.AugAssign, gast.Expr)) else stmt
        if made is None:
            return None
        if made is not stmt:
            gast.copy_location(made, stmt)
            for node in nodes_in(made):
                if isinstance(node, (gast.expr, gast.stmt)) and not hasattr(node, "lineno"):
                    gast.copy_location(node, stmt)
        for part, value in gast.iter_fields(made):
            if part not in ("body", "orelse", "finalbody", "handlers"):
                setattr(made, part, self._visited(value))
        return made

    def _visited(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._visited(item) for item in value]
        return self.visit(value) if isinstance(value, gast.AST) else value

    def note(self, variable: str, value: gast.AST) -> None:
        """Note that a variable is bound to a value once and for all."""
        if isinstance(value, gast.Constant):
            self.constants[variable] = value.value
        elif isinstance(value, gast.Name) and value.id in self.constants:
            self.constants[variable] = self.constants[value.id]

    def compare(self, stmt: gast.stmt) -> None:
        """Note what a comparison of constants tells, such as that of a parameter that was not given with None.

        So is what a tuple is made of, such as the classes that ``isinstance`` is asked about.
        """
        test = stmt.value if isinstance(stmt, gast.Assign) else None
        if isinstance(test, gast.Tuple) and isinstance(stmt.targets[0], gast.Name):
            self.tuples[stmt.targets[0].id] = test
        text = self._changed_text(test) if isinstance(test, gast.Call) else None
        if text is not None:
            stmt.value = gast.copy_location(constant(text), test)
            self.constants[stmt.targets[0].id] = text
        if not isinstance(test, gast.Compare) or not isinstance(stmt.targets[0], gast.Name):
            return
        decide = _COMPARISONS.get(type(test.ops[0])) if len(test.ops) == 1 else None
        operands = [self._constant(node) for node in (test.left, *test.comparators)]
        if decide is not None and None not in operands:
            self.constants[stmt.targets[0].id] = decide(operands[0].value, operands[1].value)

    def _constant(self, node: gast.AST) -> gast.Constant | None:
        """Return a text, a truth or None that an atom surely is."""
        if isinstance(node, gast.Name) and node.id in self.constants:
            node = constant(self.constants[node.id])
        plain = isinstance(node, gast.Constant) and isinstance(node.value, (str, bool, type(None)))
        return node if plain else None

    def observe(self, stmts: list[gast.stmt]) -> None:
        """Note what variables are bound to."""
        self.numbers.observe(stmts)
        self.scalars.observe(stmts)

    def check(self, body: list[gast.stmt]) -> None:
        """Note what the whole program shows to be wrong of what was supposed."""
        self.instances.check(body)
        doubtful = self.numbers.are_doubtful(body) or self.scalars.are_doubtful(body)
        for cls in self.told_from_numbers if doubtful else ():
            self.instances.wrong[cls] = self.instances.instead(cls)

    def chosen(self, stmt: gast.stmt) -> list[gast.stmt] | None:
        """Return the branch that is taken where that is known when compiling."""
        if not isinstance(stmt, gast.If) or not isinstance(stmt.test, gast.Name):
            return None
        known = self.constants.get(stmt.test.id)
        return None if known is None else stmt.body if known else stmt.orelse

    # expressions

    def visit_Name(self, node: gast.Name) -> gast.Name:
        if isinstance(node.ctx, gast.Load):
            node.id = self.instances.resolved(node.id)
        return node

    def visit_Call(self, node: gast.Call) -> gast.AST:
        self.generic_visit(node)
        if isinstance(node.func, gast.Name):
            node.func.id = self.instances.function_in(node.func.id)
        return node

    def visit_Attribute(self, node: gast.Attribute) -> gast.AST:
        self.generic_visit(node)
        variable = self._instance(node.value)
        if variable is None:
            return node
        slot: str | None = None
        if node.attr == "__class__" and isinstance(node.ctx, gast.Load):
            slot = self._referred(self.instances.apart[variable].cls)
        elif isinstance(node.ctx, gast.Store):
            slot = self.instances.stored(variable, node.attr)
        elif isinstance(node.ctx, gast.Load):
            slot = self.instances.loaded(variable, node.attr)
            owner = self.instances.of_class(variable, node.attr) if slot is None else None
            if owner is not None:
                depend_on_sort(self.scope.dependencies, *owner_of(owner, node.attr))
                node.value = gast.copy_location(name(self._referred(owner)), node)
        return node if slot is None else gast.copy_location(gast.Name(slot, node.ctx, None, None), node)

    def _instance(self, node: gast.AST) -> str | None:
        if not isinstance(node, gast.Name):
            return None
        variable = self.instances.resolved(node.id)
        return variable if variable in self.instances.apart else None

    def _referred(self, value: Any) -> str:
        return self.scope.refer(value, getattr(value, "__name__", "function"))

    # statements

    def _operation(self, stmt: Any) -> gast.stmt | None:
        if isinstance(stmt, gast.AugAssign):
            return self._update(stmt)
        target = stmt.targets[0] if isinstance(stmt, gast.Assign) else None
        stored = self._store(target, stmt.value) if target is not None else self._store_by_name(stmt.value)
        if stored is not None:
            return stored
        if self._is_super(target, stmt.value) or self._is_nothing(stmt):
            return None
        value = self._value(target, stmt.value)
        if value is stmt.value:
            return stmt
        return gast.Expr(value) if target is None else gast.Assign(stmt.targets, value, None)

    def _update(self, stmt: gast.AugAssign) -> gast.stmt:
        variable = self._instance(stmt.target)
        if variable is not None:
            method = operator_method(type(stmt.op)) or ""
            in_place = f"__i{method[2:]}"
            found = in_place if looked_up(self.instances.apart[variable].cls, in_place) else method
            value = self._method_call(variable, found, stmt.value)
            return stmt if value is None else gast.Assign([stmt.target], value, None)
        if isinstance(stmt.target, gast.Attribute):
            variable = self._instance(stmt.target.value)
            if variable is not None and self.instances.loaded(variable, stmt.target.attr) is None:
                self.instances.leave_whole(variable)
        return stmt

    def _store(self, target: gast.AST, value: gast.AST) -> gast.stmt | None:
        """Return the call that stores in a property or an item."""
        if isinstance(target, gast.Attribute):
            variable = self._instance(target.value)
            found = (
                looked_up(self.instances.apart[variable].cls, target.attr) if variable is not None else None
            )
            if isinstance(found, property) and isinstance(found.fset, types.FunctionType):
                return gast.Expr(call(self._referred(found.fset), name(variable), value))
        if isinstance(target, gast.Subscript) and _is_atom(target.slice):
            variable = self._instance(target.value)
            made = (
                self._method_call(variable, "__setitem__", target.slice, value)
                if variable is not None
                else None
            )
            return gast.Expr(made) if made is not None else None
        return None

    def _store_by_name(self, value: gast.AST) -> gast.stmt | None:
        """Return ``setattr(instance, "name", value)`` as the store that it is."""
        is_setting = self._called(value) is setattr or self._is_setattr_of_object(value)
        if not is_setting or len(value.args) != 3 or not isinstance(value.args[1], gast.Constant):
            return None
        if self._instance(value.args[0]) is None:
            return None
        target = gast.Attribute(value.args[0], value.args[1].value, gast.Store())
        return gast.Assign([target], value.args[2], None)

    def _is_setattr_of_object(self, value: gast.AST) -> bool:
        func = getattr(value, "func", None)
        if not isinstance(func, gast.Attribute) or value.keywords:
            return False
        return func.attr == "__setattr__" and self.scope.statics.get(getattr(func.value, "id", "")) is object

    def _is_super(self, target: gast.AST | None, value: gast.AST) -> bool:
        """Note ``t = super(cls, instance)``."""
        if not isinstance(target, gast.Name) or self._called(value) is not super or len(value.args) != 2:
            return False
        before = self.scope.statics.get(getattr(value.args[0], "id", ""))
        variable = self._instance(value.args[1])
        if not isinstance(before, type) or variable is None:
            return False
        self.instances.supers[target.id] = (before, variable)
        return True

    def _is_nothing(self, stmt: gast.stmt) -> bool:
        """Tell whether a statement calls ``object.__init__``."""
        found = self._of_super(stmt.value) if isinstance(stmt, gast.Expr) else None
        return found is not None and found[0] is object.__init__ and not stmt.value.args

    def _of_super(self, value: gast.AST) -> tuple[Any, str] | None:
        """Return what an attribute of ``super()``, or a call of it, finds in the classes, and the instance."""
        read = value.func if isinstance(value, gast.Call) else value
        known = self.instances.supers.get(getattr(getattr(read, "value", None), "id", ""))
        if known is None or not isinstance(read, gast.Attribute):
            return None
        before, variable = known
        return after_in_mro(self.instances.apart[variable].cls, before, read.attr), variable

    def _called(self, value: gast.AST) -> Any:
        if isinstance(value, gast.Call) and isinstance(value.func, gast.Name) and not value.keywords:
            return self.scope.statics.get(value.func.id)
        return None

    def _value(self, target: gast.AST | None, value: gast.AST) -> gast.AST:
        """Return an operation on instances as a call of a method or as what is known of it."""
        found = self._of_super(value)
        if isinstance(value, gast.Attribute):
            is_property = found is not None and isinstance(found[0], property)
            return (
                call(self._referred(found[0].fget), name(found[1])) if is_property else self._attribute(value)
            )
        if isinstance(value, gast.Call):
            if found is not None and isinstance(found[0], types.FunctionType):
                return gast.Call(
                    name(self._referred(found[0])), [name(found[1]), *value.args], value.keywords
                )
            return self._builtin(target, value)
        made: gast.AST | None = None
        if isinstance(value, gast.BinOp):
            made = self._binary(type(value.op), value.left, value.right)
        elif isinstance(value, gast.Compare) and len(value.ops) == 1:
            variable = self._instance(value.left)
            method = operator_method(type(value.ops[0]))
            if variable is not None and method is not None and self._meets(variable, value.comparators[0]):
                made = self._method_call(variable, method, value.comparators[0])
        elif isinstance(value, gast.UnaryOp):
            variable = self._instance(value.operand)
            method = operator_method(type(value.op))
            made = (
                self._method_call(variable, method) if variable is not None and method is not None else None
            )
        elif isinstance(value, gast.Subscript) and _is_atom(value.slice):
            variable = self._instance(value.value)
            made = self._method_call(variable, "__getitem__", value.slice) if variable is not None else None
        return value if made is None else made

    def _attribute(self, value: gast.Attribute) -> gast.AST:
        variable = self._instance(value.value)
        if variable is None:
            return value
        cls = self.instances.apart[variable].cls
        found = looked_up(cls, value.attr)
        if isinstance(found, property) and isinstance(found.fget, types.FunctionType):
            return call(self._referred(found.fget), name(variable))
        return value

    def _builtin(self, target: gast.AST | None, value: gast.Call) -> gast.AST:
        called = self._called(value)
        variable = self._instance(value.args[0]) if value.args else None
        if called is isinstance and len(value.args) == 2 and isinstance(target, gast.Name):
            known = self._is_instance(*value.args)
            if known is not None:
                return self._known(target, known)
        if variable is not None and called in (iteration.prompt, iteration.prompt_method):
            return name(variable) if self._is_prompt(variable, *value.args[1:]) else value
        if variable is not None and called is iteration.with_method:
            return name(variable) if self._has_method(variable, *value.args[1:]) else value
        if variable is not None and called is getattr and len(value.args) == 2:
            if isinstance(value.args[1], gast.Constant):
                return self._attribute(gast.Attribute(value.args[0], value.args[1].value, gast.Load()))
        if variable is None or len(value.args) != 1:
            return value
        if called is type:
            return name(self._referred(self.instances.apart[variable].cls))
        made = self._method_call(variable, _METHODS[called]) if called in _METHODS else None
        return value if made is None else made

    def _known(self, target: gast.AST | None, known: Any) -> gast.Constant:
        """Return what is known when compiling, and note it for a variable that is bound to nothing else."""
        if isinstance(target, gast.Name) and self.is_settled(target.id):
            self.constants[target.id] = known
        return constant(known)

    def _changed_text(self, value: gast.Call) -> str | None:
        """Return what a known text is in other letters, as in ``kind.lower() == "put"``."""
        func = value.func
        plain = isinstance(func, gast.Attribute) and func.attr in _OF_TEXTS
        text = self._constant(func.value) if plain and not value.args and not value.keywords else None
        known = text is not None and isinstance(text.value, str)
        return getattr(text.value, func.attr)() if known else None

    def _is_prompt(self, variable: str, method: gast.AST | None = None) -> bool:
        """Tell whether a call of an instance, or of its method, surely returns nothing whose items are made later."""
        return self._gives_at_once(variable, getattr(method, "value", "__call__"), ())

    def _gives_at_once(self, variable: str, title: str, asked: tuple[tuple[str, str], ...]) -> bool:
        if (variable, title) in asked:
            return True
        made = self.instances.apart[variable]
        owner: str | None = variable
        if title not in made.slots:
            function = looked_up(made.cls, title)
        else:
            owner = self.instances.resolved(made.slots[title])
            if owner in self.instances.apart:
                return self._gives_at_once(owner, "__call__", (*asked, (variable, title)))
            owner, function = None, self._static(self.instances.function_in(made.slots[title]))
        if not isinstance(function, types.FunctionType | np.ufunc | Nested) or gives_late(function):
            return False
        if not is_unsure(function):
            return True
        titles = None if owner is None else titles_called_on_self(function)
        return titles is not None and all(
            self._gives_at_once(variable, called, (*asked, (variable, title))) for called in titles
        )

    def _has_method(self, variable: str, title: gast.AST, function: gast.AST) -> bool:
        """Tell whether a method of an instance is surely this function."""
        made = self.instances.apart[variable]
        known = self._static(getattr(function, "id", ""))
        return getattr(title, "value", "") not in made.slots and looked_up(made.cls, title.value) is known

    def _is_instance(self, value: gast.AST, classes: gast.AST) -> bool | None:
        """Return what ``isinstance`` says where it is known."""
        display = self.tuples.get(getattr(classes, "id", ""), classes)
        names = display.elts if isinstance(display, gast.Tuple) else [display]
        found = [self._static(getattr(n, "id", "")) for n in names]
        if not found or not all(isinstance(cls, type) for cls in found):
            return None
        variable = self._instance(value)
        if variable is not None:
            return issubclass(self.instances.apart[variable].cls, tuple(found))
        if isinstance(value, gast.Constant):
            return isinstance(value.value, tuple(found))
        identifier = getattr(value, "id", "")
        if identifier in self.constants:
            return isinstance(self.constants[identifier], tuple(found))
        if identifier not in self.numbers or not all(map(self.instances.may_take_apart, found)):
            return None
        self.told_from_numbers |= set(found)
        return False

    def _static(self, identifier: str) -> Any:
        return self.scope.statics.get(identifier) or getattr(builtins, identifier, None)

    def _binary(self, op: type, left: gast.AST, right: gast.AST) -> gast.AST | None:
        variable = self._instance(left)
        method = operator_method(op)
        if method is None:
            return None
        if variable is not None:
            return self._method_call(variable, method, right) if self._meets(variable, right) else None
        variable = self._instance(right)
        if variable is None:
            return None
        if not isinstance(left, gast.Constant) and getattr(left, "id", "") not in self.constants:
            cls = self.instances.apart[variable].cls
            if getattr(left, "id", "") not in self.scalars or any(looked_up(cls, m) for m in _SEQUENCE):
                return None
            self.told_from_numbers.add(cls)
        return self._method_call(variable, operator_method(op, reflected=True) or "", left)

    def _meets(self, variable: str, other: gast.AST) -> bool:
        """Tell whether the left operand's method surely comes first: no class that goes before it is around."""
        cls = self.instances.apart[variable].cls
        beside = self._instance(other)
        return self.instances.apart[beside].cls is cls if beside is not None else not cls.__subclasses__()

    def _method_call(self, variable: str, method: str, *arguments: gast.AST) -> gast.Call | None:
        found = looked_up(self.instances.apart[variable].cls, method)
        if not isinstance(found, types.FunctionType):
            return None
        return call(gast.Attribute(name(variable), method, gast.Load()), *arguments)


def _is_atom(node: gast.AST) -> bool:
    return isinstance(node, (gast.Name, gast.Constant))

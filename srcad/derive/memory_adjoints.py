"""Adjoints of statements on shared memory: mirrored in the forward sweep, undone in the backward sweep.

Before::

    y = x[1:]
    y[0] = v
    z = f(x)          # f is known only at run time

After, forwards and backwards::

    y = x[1:]
    dy = dx[1:]
    y[0] = v
    z, dz, pullback = rt.call(f, None, (x,), (dx,))

    pullback()
    t = dy[0]
    dy[0] = 0.0
    dv += t
"""

from __future__ import annotations

from typing import Any

import gast

from srcad.analysis.kinds import Kind, spreads_list
from srcad.derive.build import Flattener, assign, call, constant, name
from srcad.derive.operations import Contribution, Names, Operation, nothing
from srcad.derive.shadow_operands import is_computed, is_stored
from srcad.derive.store_adjoints import StoreAdjoints
from srcad.lang.tree import BINARY_OPERATORS, UNARY_OPERATORS

__all__ = ["MemoryAdjoints"]


_CONTAINERS = ("list", "tuple", "dict")


class MemoryAdjoints(StoreAdjoints):
    """The part of the adjoints that deals with shadows."""

    def memory_operation(self) -> Operation | None:
        """Return the adjoint of a statement that touches shared memory, or None."""
        stmt = self.stmt
        if isinstance(stmt, gast.Delete):
            return self.deletion(stmt.targets[0])
        if isinstance(stmt, gast.AugAssign):
            return self.augmented(stmt)
        if isinstance(stmt, gast.Expr) and isinstance(stmt.value, gast.Call):
            return self.memory_call(None, stmt.value)
        if not isinstance(stmt, gast.Assign):
            return None
        target, value = stmt.targets[0], stmt.value
        if isinstance(target, gast.Tuple):
            return self.memory_unpacking(target, value)
        if isinstance(target, gast.Subscript):
            return self.item_store(target, value)
        if isinstance(target, gast.Attribute):
            return self.attribute_store(target, value)
        if isinstance(value, gast.Call):
            return self.memory_call(target.id, value)
        if target.id not in self.varied:
            return None
        return self.memory_assignment(target.id, value)

    def memory_assignment(self, target: str, value: gast.AST) -> Operation | None:
        shadowed = self.is_shadowed(target)
        if isinstance(value, gast.Name) and shadowed:
            return self.reference(target, value)
        if isinstance(value, gast.Subscript):
            return self.element(target, value)
        if isinstance(value, gast.Attribute):
            return self.attribute_load(target, value)
        if isinstance(value, (gast.Tuple, gast.List, gast.Dict)) and shadowed:
            return self.shadowed_display(target, value)
        if isinstance(value, gast.BinOp) and shadowed and self.joins_lists(value):
            return self.joined_lists(target, value)
        if isinstance(value, gast.BinOp) and (
            self.is_dynamic(value.left, value.right)
            or shadowed
            and self.joins_containers(value)
            or spreads_list(self.kind(value.left), self.kind(value.right))
        ):
            return self.operator_call(target, BINARY_OPERATORS[type(value.op)], [value.left, value.right])
        if (
            isinstance(value, gast.UnaryOp)
            and type(value.op) in UNARY_OPERATORS
            and self.is_dynamic(value.operand)
        ):
            return self.operator_call(target, UNARY_OPERATORS[type(value.op)], [value.operand])
        return None

    def joins_containers(self, value: gast.BinOp) -> bool:
        """Tell whether a sum or product makes a list of lists."""
        return any(self.kind(operand).name in ("list", "tuple") for operand in (value.left, value.right))

    def joins_lists(self, value: gast.BinOp) -> bool:
        """Tell whether an operator surely puts two lists or tuples together, or repeats one."""
        left, right = self.kind(value.left), self.kind(value.right)
        if isinstance(value.op, gast.Add):
            return (
                left.name == right.name
                and left.name in ("list", "tuple")
                and left.value is right.value is None
            )
        return isinstance(value.op, gast.Mult) and {left.name, right.name} == {"list", "int"}

    def joined_lists(self, target: str, value: gast.BinOp) -> Operation:
        """Mirror the sum of two lists, or a list times a number, whose items are those of the operands."""
        before: list[gast.stmt] = []
        taken: list[tuple[str, str]] = []
        flat = Flattener(self.scope)
        parts = [
            part
            if self.kind(part).name == "int"
            else flat.atom(self.operand_shadow(part, before, taken, True))
            for part in (value.left, value.right)
        ]
        mirrored = assign(self.gradient(target), gast.BinOp(parts[0], value.op, parts[1]))
        forward = self.placed([*before, self.stmt, *flat.statements, mirrored])
        return Operation((), forward, lambda fl, grad, live: self.take(taken, fl), always=bool(taken))

    # -- references, elements, attributes ---------------------------------------------------------

    def reference(self, target: str, value: gast.Name) -> Operation:
        if self.is_shadowed(value):
            mirrored = assign(self.gradient(target), name(self.gradient(value.id)))
            return Operation((), self.placed([self.stmt, mirrored]), nothing)
        if not self.is_varied(value):
            return Operation((), [self.stmt, *self.birth(target)], nothing)
        forward = [self.stmt, *self.birth(target)]
        taken = [(value.id, self.start_of(target))]
        return Operation((), forward, lambda fl, grad, live: self.take(taken, fl), always=True)

    def element(self, target: str, value: gast.Subscript) -> Operation | None:
        base, index = value.value, value.slice
        kind = self.kind(base)
        if kind.name == "object" or kind.name == "any":
            place = Flattener(self.scope)
            position = place.index_value(index)
            made = self.operator_call(target, "getitem", [base, position])
            made.forward[:0] = self.placed(place.statements)
            return made
        if not self.is_shadowed(base):
            return None
        before: list[gast.stmt] = []
        made_births, pull = self.load_of(target, base, index, before)
        if made_births is None:
            return None
        return Operation((target,), self.placed([*before, self.stmt, *made_births]), pull, always=True)

    def load_of(
        self, target: str, base: gast.Name, index: gast.AST, before: list[gast.stmt]
    ) -> tuple[list[gast.stmt] | None, Any]:
        """Return what binds the shadow of ``target = base[index]``, and how its gradient goes on."""
        kind, own = self.kind(base), self.kinds.get(target, Kind("any"))
        whole = name(self.gradient(base.id))
        if kind.name == "array" and not self.is_shadowed(target):
            return None, None
        if kind.name == "array" and own.name == "array":
            if not self.is_basic(index):
                return None, None
            view = gast.Subscript(whole, index, gast.Load())
            return [assign(self.gradient(target), view)], nothing
        place = Flattener(self.scope)
        position = place.index_value(index)
        before += place.statements
        shadow = self.gradient(target) if self.is_shadowed(target) else self.fresh_cell(target)
        births = [assign(shadow, call("rt.element_shadow", name(target), whole, position))]
        if kind.name in _CONTAINERS and self.is_shadowed(target):
            return births, nothing

        def pull(fl: Flattener, grad: Names, live: set[str]) -> list[Contribution]:
            if not self.is_shadowed(target) and target in live:
                fl.statements.append(
                    gast.Expr(call("rt.accumulate_shadow", name(shadow), name(grad(target))))
                )
            if kind.name not in _CONTAINERS:
                fl.statements.append(gast.Expr(call("rt.return_element", name(shadow), whole, position)))
            return []

        return births, pull

    def attribute_load(self, target: str, value: gast.Attribute) -> Operation | None:
        base = value.value
        kind = self.kind(base)
        if kind.name in ("array", "number", "float"):
            return self.array_attribute(target, value)
        if kind.name in ("any", "object") and self.is_varied(base):
            if self.is_plain_attribute(base, value.attr):
                shadow = self.gradient(target) if self.is_shadowed(target) else self.fresh_cell(target)
                mirrored = gast.Attribute(name(self.gradient(base.id)), value.attr, gast.Load())
                return self.with_shadow(target, shadow, [self.stmt, assign(shadow, mirrored)])
            known = (
                is_stored(kind, value.attr) if kind.name == "any" else not is_computed(kind.value, value.attr)
            )
            if not known or self.is_shadowed(base):
                return self.operator_call(target, "getattr", [base, constant(value.attr)])
            return None
        if not self.is_shadowed(base):
            return None
        shadow = self.gradient(target) if self.is_shadowed(target) else self.fresh_cell(target)
        found = call(
            "rt.attribute_shadow", name(target), base, name(self.gradient(base.id)), constant(value.attr)
        )
        return self.with_shadow(target, shadow, [self.stmt, assign(shadow, found)])

    def with_shadow(self, target: str, shadow: str, forward: list[gast.stmt]) -> Operation:
        """Return an operation whose value's gradient, if the value has no shadow of its own, goes to ``shadow``."""

        def pull(fl: Flattener, grad: Names, live: set[str]) -> list[Contribution]:
            if target in live and not self.is_shadowed(target):
                fl.statements.append(
                    gast.Expr(call("rt.accumulate_shadow", name(shadow), name(grad(target))))
                )
            return []

        return Operation((target,), self.placed(forward), pull)

    def array_attribute(self, target: str, value: gast.Attribute) -> Operation | None:
        if not (self.is_shadowed(target) and self.is_shadowed(value.value)):
            return None
        kind, whole = self.kind(value.value), name(self.gradient(value.value.id))
        if kind.name == "array" and value.attr in ("T", "mT", "real"):
            mirrored: gast.AST = gast.Attribute(whole, value.attr, gast.Load())
            if kind.dtype is None:  # perhaps an array of objects, which has no shadow
                mirrored = call("rt.mirror", name(target), value.value, whole)
            return Operation((), self.placed([self.stmt, assign(self.gradient(target), mirrored)]), nothing)
        return self.operator_call(target, "getattr", [value.value, constant(value.attr)])

    def shadowed_display(self, target: str, value: Any) -> Operation:
        before: list[gast.stmt] = []
        taken: list[tuple[str, str]] = []
        mirrored: gast.AST
        if isinstance(value, gast.Dict):
            mirrored = gast.Dict(
                list(value.keys), [self.operand_shadow(e, before, taken, True) for e in value.values]
            )
        else:
            mirrored = type(value)(
                [self.operand_shadow(e, before, taken, True) for e in value.elts], gast.Load()
            )
        flat = Flattener(self.scope)
        made = assign(self.gradient(target), flat.operation(mirrored))
        forward = [*before, self.stmt, *flat.statements, made]
        copied = _copied_out(flat.statements)

        def pull(fl: Flattener, grad: Names, live: set[str]) -> list[Contribution]:
            for part, whole in copied:
                fl.statements.append(gast.Expr(call("rt.return_elements", name(part), name(whole))))
            return self.take(taken, fl)

        return Operation((), self.placed(forward), pull, always=bool(taken or copied))

    def memory_unpacking(self, target: gast.Tuple, value: gast.AST) -> Operation | None:
        if not self.is_varied(value):
            return None
        if self.kind(value).name in ("any", "object") and not self.is_shadowed(value):
            return None
        births: list[gast.stmt] = []
        pulls: list[Any] = []
        for position, element in enumerate(target.elts):
            if element.id not in self.varied:
                continue
            if not self.is_shadowed(value):
                if self.is_shadowed(element):
                    births += self.birth(element.id)
                continue
            made, pull = self.load_of(element.id, value, constant(position), births)
            if made is not None:
                births += made
                pulls.append(pull)
        apart = not self.is_shadowed(value) or self.kind(value).name == "array"
        parts = self.parts_of(target, value) if apart else nothing

        def pull(fl: Flattener, grad: Names, live: set[str]) -> list[Contribution]:
            found = [contribution for one in pulls for contribution in one(fl, grad, live)]
            return found + parts(fl, grad, live)

        targets = tuple(e.id for e in target.elts)
        return Operation(targets, self.placed([self.stmt, *births]), pull, always=bool(pulls or births))

    def parts_of(self, target: gast.Tuple, value: gast.AST) -> Any:
        """Return the pull of an unpacking whose parts have gradients of their own."""
        whole = self.is_shadowed(value)
        targets = [element.id for element in target.elts]
        numbers = self.holds_numbers(value, targets) and not any(map(self.is_shadowed, [value, *target.elts]))

        def pull(fl: Flattener, grad: Names, live: set[str]) -> list[Contribution]:
            found = []
            if numbers:
                return self.of_numbers(targets, value, fl, grad, live)
            for position, element in enumerate(target.elts):
                shadowed = self.is_shadowed(element)
                if element.id in live or shadowed and not whole:
                    part = name(self.start_of(element.id) if shadowed else grad(element.id))
                    part = fl.atom(call("rt.taken", part)) if shadowed else part
                    found.append(Contribution(value.id, part, constant(position), True))
            return found

        return pull


def _copied_out(statements: list[gast.stmt]) -> list[tuple[str, str]]:
    """Return the variables for the shadows of items that a display spreads, and those of what they stood in."""
    return [
        (stmt.targets[0].id, stmt.value.args[1].id)
        for stmt in statements
        if isinstance(stmt.value, gast.Call)
        and stmt.value.func.id == "rt.element_shadows"
        and isinstance(stmt.value.args[1], gast.Name)
    ]

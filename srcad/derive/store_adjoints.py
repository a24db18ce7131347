"""Adjoints of stores and updates: copy, kill, accumulate."""

from __future__ import annotations

from typing import Any

import gast

from srcad.analysis.broadcast import unbroadcast_axes
from srcad.analysis.kinds import Kind, alternatives, is_scalar
from srcad.derive.build import Flattener, assign, call, constant, name
from srcad.derive.call_adjoints import CallAdjoints
from srcad.derive.operations import Contribution, Names, Operation, nothing
from srcad.lang.tree import BINARY_OPERATORS

__all__ = ["StoreAdjoints"]


_CONTAINERS = ("list", "tuple", "dict")


class StoreAdjoints(CallAdjoints):
    """The part of the adjoints that deals with what changes memory."""

    def item_store(self, target: gast.Subscript, value: gast.AST) -> Operation | None:
        base = target.value
        kind = self.kind(base)
        if kind.name == "array":
            return self.array_store(target, value) if base.id in self.varied else None
        if base.id not in self.varied:
            if kind.name in ("any", "object", "number"):
                return Operation((), [self.stmt], nothing)
            return None
        if kind.name in ("object", "any", "number"):
            place = Flattener(self.scope)
            position = place.index_value(target.slice)
            made = self.operator_call(None, "setitem", [base, position, value])
            made.forward[:0] = self.placed(place.statements)
            return made
        if not self.is_shadowed(base):
            return None
        before: list[gast.stmt] = []
        taken: list[tuple[str, str]] = []
        mirrored = self.operand_shadow(value, before, taken, True)
        place = Flattener(self.scope)
        held = place.atom(mirrored)
        store = gast.Assign(
            [gast.Subscript(name(self.gradient(base.id)), target.slice, gast.Store())], held, None
        )
        forward = self.placed([*before, self.stmt, *place.statements, store])
        return Operation((), forward, lambda fl, grad, live: self.take(taken, fl), always=bool(taken))

    def attribute_store(self, target: gast.Attribute, value: gast.AST) -> Operation | None:
        base = target.value
        if base.id not in self.varied:
            return Operation((), [self.stmt], nothing)
        classes = [one.value for one in alternatives(self.kind(base))]
        is_set = all(isinstance(cls, type) and cls.__setattr__ is object.__setattr__ for cls in classes)
        if not is_set or not self.is_plain_attribute(base, target.attr):
            return self.operator_call(None, "setattr", [base, constant(target.attr), value])
        before: list[gast.stmt] = []
        taken: list[tuple[str, str]] = []
        place = Flattener(self.scope)
        held = place.atom(self.operand_shadow(value, before, taken, True))
        mirrored = gast.Attribute(name(self.gradient(base.id)), target.attr, gast.Store())
        store = gast.Assign([mirrored], held, None)
        forward = self.placed([*before, self.stmt, *place.statements, store])
        return Operation((), forward, lambda fl, grad, live: self.take(taken, fl), always=bool(taken))

    def deletion(self, target: gast.AST) -> Operation:
        base = target.value
        if not self.is_varied(base):
            return Operation((), [self.stmt], nothing)
        if isinstance(target, gast.Attribute):
            return self.operator_call(None, "delattr", [base, constant(target.attr)])
        if self.kind(base).name not in _CONTAINERS:
            place = Flattener(self.scope)
            position = place.index_value(target.slice)
            made = self.operator_call(None, "delitem", [base, position])
            made.forward[:0] = self.placed(place.statements)
            return made
        mirrored = gast.Delete([gast.Subscript(name(self.gradient(base.id)), target.slice, gast.Del())])
        return Operation((), self.placed([self.stmt, mirrored]), nothing)

    def array_store(self, target: gast.Subscript, value: gast.AST) -> Operation:
        """The adjoint of ``x[i] = v``: copy, kill, accumulate."""
        base = target.value
        basic = self.is_basic(target.slice)

        def pull(fl: Flattener, grad: Names, live: set[str]) -> list[Contribution]:
            gradient = name(grad(base.id))
            wanted = self.is_varied(value)
            part = gast.Subscript(gradient, target.slice, gast.Load())
            found: gast.AST | None = None
            if wanted and basic:
                element = self.kind(_loaded(target))
                found = fl.atom(part)
                if not is_scalar(element):
                    found = fl.atom(call("np.copy", found))
            elif wanted:
                found = fl.atom(call("rt.store_gradient", gradient, fl.index_value(target.slice)))
            store = gast.Subscript(gradient, target.slice, gast.Store())
            fl.statements.append(gast.Assign([store], constant(0.0), None))
            if found is None:
                return []
            return [Contribution(value.id, self.fitted(found, value, _loaded(target), fl))]

        in_place = None if self.is_shadowed(base) else base.id
        checked = (
            [gast.Expr(call("rt.refuse_repetition", base))] if base.id in self.memory.overlapping else []
        )
        return Operation(
            (), self.placed([*checked, self.stmt]), pull, in_place=in_place, always=in_place is None
        )

    def fitted(self, found: gast.AST, value: gast.AST, element: gast.AST, fl: Flattener) -> gast.AST:
        """Sum a gradient to the shape of the operand that was stored, and bring it to its type."""
        if self.kind(value).name in ("list", "tuple", "any"):
            return fl.atom(call("rt.stored_gradient", found, value))
        return self.summed(found, self.kind(element), value, fl)

    def summed(self, value: gast.AST, whole: Kind, operand: gast.AST, fl: Flattener) -> gast.AST:
        """Sum a gradient of this kind to the shape of an operand that may have been broadcast."""
        kind = self.kind(operand)
        is_real_part = whole.dtype in ("complex", "mixed") and kind.dtype != "complex"
        if is_scalar(whole) and is_scalar(kind) and not is_real_part:
            return value
        if (
            kind.name == "float"
            and whole.name == "array"
            and kind.dtype != "complex"
            and whole.dtype not in ("complex", "mixed")
        ):
            return fl.atom(call("np.sum", value))
        reduction = unbroadcast_axes(whole, kind)
        if reduction is None:
            return fl.atom(call("rt.unbroadcast", value, operand))
        if reduction.whole:
            return fl.atom(call("np.sum", value))
        if reduction.kept:
            value = fl.atom(_sum_over(value, reduction.kept, True, fl))
        return fl.atom(_sum_over(value, reduction.dropped, False, fl)) if reduction.dropped else value

    def augmented(self, stmt: gast.AugAssign) -> Operation | None:
        """The adjoint of ``x[i] += v`` and ``x += v`` on arrays."""
        whole = isinstance(stmt.target, gast.Name)
        base = stmt.target if whole else stmt.target.value
        kind = self.kinds.get(base.id, Kind("any"))
        if kind.name != "array":
            if base.id not in self.varied:
                return (
                    self.update_without_derivative(stmt, base.id)
                    if whole
                    else Operation((), [self.stmt], nothing)
                )
            return self.dynamic_update(stmt, base.id)
        if base.id not in self.varied:
            return Operation((), [self.stmt], nothing)
        index = constant(...) if whole else stmt.target.slice
        element = name(base.id) if whole else _loaded(stmt.target)
        update = {
            gast.Add: self.added,
            gast.Sub: self.subtracted,
            gast.Mult: self.multiplied,
            gast.Div: self.divided,
        }

        def pull(fl: Flattener, grad: Names, live: set[str]) -> list[Contribution]:
            gradient = name(grad(base.id))
            place = gradient if whole else gast.Subscript(gradient, index, gast.Load())
            kill = gast.Subscript(gradient, index, gast.Store())
            return update[type(stmt.op)](stmt.value, element, place, kill, fl)

        in_place = None if self.is_shadowed(base) else base.id
        after = isinstance(stmt.op, gast.Div) and not self.may_share(stmt.value, base)
        return Operation((), [self.stmt], pull, in_place=in_place, always=in_place is None, reads_after=after)

    def may_share(self, value: gast.AST, base: gast.Name) -> bool:
        """Tell whether an operand may show memory that a store through ``base`` changes."""
        shown = self.memory.content(value.id) if isinstance(value, gast.Name) else None
        return shown is not None and shown == self.memory.content(base.id)

    def copied(self, place: gast.AST, element: gast.AST, fl: Flattener) -> gast.AST:
        found = fl.atom(place)
        return found if is_scalar(self.kind(element)) else fl.atom(call("np.copy", found))

    def added(self, value: Any, element: Any, place: Any, kill: Any, fl: Flattener) -> list[Contribution]:
        if not self.is_varied(value):
            return []
        return [Contribution(value.id, self.fitted(self.copied(place, element, fl), value, element, fl))]

    def subtracted(
        self, value: Any, element: Any, place: Any, kill: Any, fl: Flattener
    ) -> list[Contribution]:
        if not self.is_varied(value):
            return []
        negative = fl.atom(gast.UnaryOp(gast.USub(), fl.atom(place)))
        return [Contribution(value.id, self.fitted(negative, value, element, fl))]

    def multiplied(
        self, value: Any, element: Any, place: Any, kill: Any, fl: Flattener
    ) -> list[Contribution]:
        found = []
        factor = self.factor(value, element, fl)
        if self.is_varied(value):
            product = fl.atom(gast.BinOp(fl.atom(place), gast.Mult(), fl.atom(element)))
            found.append(Contribution(value.id, self.fitted(product, value, element, fl)))
        scaled = fl.atom(gast.BinOp(fl.atom(place), gast.Mult(), factor))
        fl.statements.append(gast.Assign([kill], scaled, None))
        return found

    def factor(self, value: gast.AST, element: gast.AST, fl: Flattener) -> gast.AST:
        """Return the operand of an update as it was, which may share memory with what the restore writes."""
        return value

    def divided(self, value: Any, element: Any, place: Any, kill: Any, fl: Flattener) -> list[Contribution]:
        scaled = fl.atom(gast.BinOp(fl.atom(place), gast.Div(), value))
        found = []
        if self.is_varied(value):
            ratio = fl.atom(element)
            if self.may_share(value, element if isinstance(element, gast.Name) else element.value):
                ratio = fl.atom(gast.BinOp(ratio, gast.Div(), value))
            product = fl.atom(gast.UnaryOp(gast.USub(), fl.atom(gast.BinOp(scaled, gast.Mult(), ratio))))
            found.append(Contribution(value.id, self.fitted(product, value, element, fl)))
        fl.statements.append(gast.Assign([kill], scaled, None))
        return found

    def update_without_derivative(self, stmt: gast.AugAssign, variable: str) -> Operation:
        """``x op= v`` may bind ``x`` to a new number, or change what it names: both can be undone apart."""
        changed = self.scope.fresh(variable + "_updated")
        self.kinds[changed] = self.kinds.get(variable, Kind("any"))
        if variable in self.memory.classes:
            self.memory.classes[changed] = self.memory.classes[variable]
        update = gast.AugAssign(gast.Name(changed, gast.Store(), None, None), stmt.op, stmt.value)
        steps = [assign(changed, name(variable)), update, assign(variable, name(changed))]
        return Operation((), self.placed(steps), nothing)

    def dynamic_update(self, stmt: gast.AugAssign, variable: str) -> Operation:
        """The adjoint of ``x op= v`` where ``x`` may be a number, an array, a list or an object."""
        made = self.operator_call(
            variable, "i" + BINARY_OPERATORS[type(stmt.op)].rstrip("_"), [name(variable), stmt.value]
        )
        return made


def _sum_over(value: gast.AST, axes: tuple[int, ...], keepdims: bool, fl: Flattener) -> gast.Call:
    axis = (
        constant(axes[0]) if len(axes) == 1 else fl.atom(gast.Tuple([constant(a) for a in axes], gast.Load()))
    )
    made = call("np.sum", value)
    made.keywords = [gast.keyword("axis", axis)] + [gast.keyword("keepdims", constant(True))] * keepdims
    return made


def _loaded(target: gast.AST) -> gast.AST:
    return gast.Subscript(name(target.value.id), target.slice, gast.Load())

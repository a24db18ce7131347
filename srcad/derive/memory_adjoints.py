"""Adjoints of statements on shared memory: mirrored in the forward sweep, undone in the backward sweep.

Before::

    y = x[1:]
    y[0] = v
    z = f(x)          # f is known only at run time

After, forwards and backwards::

    y = x[1:]
    dy = dx[1:]
    y[0] = v
    z, dz, pullback = rt.call(f, None, (x,), (dx,), {}, {})

    pullback()
    t = dy[0]
    dy[0] = 0.0
    dv += t
"""

from __future__ import annotations

import types
from typing import Any

import gast
import numpy as np

from srcad import runtime as rt
from srcad.analysis.broadcast import unbroadcast_axes
from srcad.analysis.infer import ARRAY_METHODS, Kinds, kind_of_operation
from srcad.analysis.kinds import Kind, is_scalar
from srcad.analysis.memory import CONTAINER_MUTATORS, Memory
from srcad.derive.build import Flattener, assign, call, constant, method, name, unpack
from srcad.derive.operations import Contribution, Names, Operation, nothing
from srcad.errors import UnsupportedError
from srcad.lang.function import Function
from srcad.rules import registry

__all__ = ["CONVERSIONS", "MemoryAdjoints"]

_ALWAYS_VIEWS = frozenset("transpose swapaxes moveaxis expand_dims rollaxis flip fliplr flipud rot90 matrix_transpose "
                          "squeeze atleast_1d atleast_2d atleast_3d split array_split hsplit vsplit dsplit".split())  # fmt: skip
_MAYBE_VIEWS = frozenset("reshape ravel asarray asanyarray ascontiguousarray asfortranarray diag real imag array "
                         "nan_to_num broadcast_to broadcast_arrays diagonal".split())  # fmt: skip
_CONTAINERS = ("list", "tuple", "dict")
_OPERATORS: dict[type, str] = {
    gast.Add: "add", gast.Sub: "sub", gast.Mult: "mul", gast.Div: "truediv", gast.Pow: "pow", gast.Mod: "mod",
    gast.FloorDiv: "floordiv", gast.MatMult: "matmul", gast.BitAnd: "and_", gast.BitOr: "or_", gast.BitXor: "xor",
    gast.LShift: "lshift", gast.RShift: "rshift",
}  # fmt: skip
CONVERSIONS: dict[Any, str] = {float: "__float__", abs: "__abs__", complex: "__complex__", round: "__round__"}
"""Builtins that a class can define for its instances."""

_UNARY: dict[type, str] = {gast.USub: "neg", gast.UAdd: "pos", gast.Invert: "invert"}


class MemoryAdjoints:
    """The part of the adjoints that deals with shadows."""

    def __init__(
        self, stmt: gast.stmt, fn: Function, kinds: Kinds, varied: set[str], memory: Memory, gradient: Names
    ) -> None:
        self.stmt, self.fn, self.kinds, self.varied = stmt, fn, kinds, varied
        self.memory, self.gradient = memory, gradient
        self.scope = fn.scope
        self.starts: dict[str, str] = {}

    def kind(self, node: gast.AST) -> Kind:
        return kind_of_operation(node, self.kinds, self.fn)

    def is_varied(self, node: gast.AST) -> bool:
        return isinstance(node, gast.Name) and node.id in self.varied

    def is_shadowed(self, node: gast.AST | str) -> bool:
        """Tell whether a variable has a shadow that the forward sweep binds."""
        variable = node if isinstance(node, str) else getattr(node, "id", None)
        return variable in self.memory.shadowed and variable in self.varied

    def refuse(self, reason: str, hint: str, error: type = UnsupportedError) -> Exception:
        return error(reason, hint, self.fn.source.locate(self.stmt))

    def fresh_cell(self, hint: str) -> str:
        return self.scope.fresh(f"{hint}_shadow")

    def placed(self, statements: list[gast.stmt]) -> list[gast.stmt]:
        return [gast.copy_location(s, self.stmt) for s in statements]

    # -- shadows of operands and results ----------------------------------------------------------

    def birth(self, target: str) -> list[gast.stmt]:
        """Return the statement that makes the shadow of a new value.

        Of a container, whose items may be replaced later, the shadows of the first items are kept.
        """
        kind = self.kinds.get(target, Kind("any"))
        shadow = self.gradient(target)
        if kind.name == "array" and kind.inexact:
            return self.placed([assign(shadow, call("np.zeros_like", name(target)))])
        made = [assign(shadow, call("rt.shadow", name(target)))]
        if kind.name in ("list", "dict", "any", "object"):
            self.starts[target] = self.scope.fresh(f"{shadow}_start")
            made.append(assign(self.starts[target], call("rt.skeleton", name(shadow))))
        return self.placed(made)

    def start_of(self, target: str) -> str:
        """Return the shadow that the items of a new value had at first."""
        return self.starts.get(target, self.gradient(target))

    def operand_shadow(
        self, node: gast.AST, before: list[gast.stmt], taken: list[tuple[str, str]], kept: bool = False
    ) -> gast.AST:
        """Return the shadow of an operand; a value without one gets it for the occasion.

        ``taken`` gets the pairs of such variables and shadows.  What is ``kept`` in a container gets a shadow even if
        it does not vary: it may be changed there later.
        """
        if isinstance(node, gast.Starred):
            return gast.Starred(self.operand_shadow(node.value, before, taken, kept), gast.Load())
        if self.is_shadowed(node):
            return name(self.gradient(node.id))
        if not self.is_varied(node):
            return self.without_shadow(node, kept)
        shadow = self.fresh_cell(node.id)
        before.append(gast.copy_location(assign(shadow, call("rt.shadow", node)), self.stmt))
        taken.append((node.id, shadow))
        return name(shadow)

    def without_shadow(self, node: gast.AST, kept: bool) -> gast.AST:
        kind = self.kind(node)
        if kept and kind.name in ("array", "number") and isinstance(node, gast.Name):
            return call("rt.shadow", node)
        if kind.name in ("list", "tuple", "dict", "any", "object") and isinstance(node, gast.Name):
            if node.id not in self.scope.statics:
                return call("rt.no_shadow", node)
        return constant(None)

    def take(self, taken: list[tuple[str, str]], fl: Flattener) -> list[Contribution]:
        """Return the gradients that occasional shadows have gathered."""
        found = []
        for variable, shadow in taken:
            kind = self.kinds.get(variable, Kind("any"))
            array = kind.name == "array"
            found.append(
                Contribution(variable, name(shadow) if array else fl.atom(call("rt.taken", name(shadow))))
            )
        return found

    # -- the dispatch -----------------------------------------------------------------------------

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
        if isinstance(value, gast.BinOp) and (
            self.is_dynamic(value.left, value.right) or shadowed and self.joins_containers(value)
        ):
            return self.operator_call(target, _OPERATORS[type(value.op)], [value.left, value.right])
        if isinstance(value, gast.UnaryOp) and type(value.op) in _UNARY and self.is_dynamic(value.operand):
            return self.operator_call(target, _UNARY[type(value.op)], [value.operand])
        return None

    def joins_containers(self, value: gast.BinOp) -> bool:
        """Tell whether a sum or product makes a list of lists."""
        return any(self.kind(operand).name in ("list", "tuple") for operand in (value.left, value.right))

    def is_dynamic(self, *operands: gast.AST) -> bool:
        """Tell whether an operator may be one that a class defines."""
        return any(self.kind(operand).name in ("any", "object") for operand in operands)

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
            position = _as_value(index, place)
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
        position = _as_value(index, place)
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
            if kind.name == "any" or self.is_shadowed(base) or _is_computed(kind.value, value.attr):
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
        if value.attr in ("T", "mT"):
            mirrored = gast.Attribute(name(self.gradient(value.value.id)), value.attr, gast.Load())
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
        return Operation(
            (), self.placed(forward), lambda fl, grad, live: self.take(taken, fl), always=bool(taken)
        )

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

        def pull(fl: Flattener, grad: Names, live: set[str]) -> list[Contribution]:
            found = []
            for position, element in enumerate(target.elts):
                shadowed = self.is_shadowed(element)
                if element.id in live or shadowed and not whole:
                    part = name(self.start_of(element.id) if shadowed else grad(element.id))
                    part = fl.atom(call("rt.taken", part)) if shadowed else part
                    found.append(Contribution(value.id, part, constant(position), True))
            return found

        return pull

    def is_basic(self, index: gast.AST) -> bool:
        for part in index.elts if isinstance(index, gast.Tuple) else [index]:
            if isinstance(part, gast.Slice) or self.kind(part).name in ("int", "none"):
                continue
            if not (isinstance(part, gast.Constant) and part.value is Ellipsis):
                return False
        return True

    # -- stores -----------------------------------------------------------------------------------

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
            position = _as_value(target.slice, place)
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
        return self.operator_call(None, "setattr", [base, constant(target.attr), value])

    def deletion(self, target: gast.AST) -> Operation:
        base = target.value
        if not self.is_varied(base):
            return Operation((), [self.stmt], nothing)
        if isinstance(target, gast.Attribute):
            return self.operator_call(None, "delattr", [base, constant(target.attr)])
        if self.kind(base).name not in _CONTAINERS:
            place = Flattener(self.scope)
            position = _as_value(target.slice, place)
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
                found = fl.atom(call("rt.store_gradient", gradient, _as_value(target.slice, fl)))
            store = gast.Subscript(gradient, target.slice, gast.Store())
            fl.statements.append(gast.Assign([store], constant(0.0), None))
            if found is None:
                return []
            return [Contribution(value.id, self.fitted(found, value, _loaded(target), fl))]

        in_place = None if self.is_shadowed(base) else base.id
        return Operation((), [self.stmt], pull, in_place=in_place, always=in_place is None)

    def fitted(self, found: gast.AST, value: gast.AST, element: gast.AST, fl: Flattener) -> gast.AST:
        """Sum a gradient to the shape of the operand that was stored, and bring it to its type."""
        if self.kind(value).name in ("list", "tuple", "any"):
            return fl.atom(call("rt.stored_gradient", found, value))
        return self.summed(found, self.kind(element), value, fl)

    def summed(self, value: gast.AST, whole: Kind, operand: gast.AST, fl: Flattener) -> gast.AST:
        """Sum a gradient of this kind to the shape of an operand that may have been broadcast."""
        kind = self.kind(operand)
        if is_scalar(whole) and is_scalar(kind):
            return value
        if kind.name == "float" and whole.name == "array" and kind.dtype != "complex" and whole.dtype != "complex":
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
                return Operation((), [self.stmt], nothing)
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
        return Operation((), [self.stmt], pull, in_place=in_place, always=in_place is None)

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
            ratio = fl.atom(gast.BinOp(fl.atom(element), gast.Div(), value))
            product = fl.atom(gast.UnaryOp(gast.USub(), fl.atom(gast.BinOp(scaled, gast.Mult(), ratio))))
            found.append(Contribution(value.id, self.fitted(product, value, element, fl)))
        fl.statements.append(gast.Assign([kill], scaled, None))
        return found

    def dynamic_update(self, stmt: gast.AugAssign, variable: str) -> Operation:
        """The adjoint of ``x op= v`` where ``x`` may be a number, an array, a list or an object."""
        made = self.operator_call(
            variable, "i" + _OPERATORS[type(stmt.op)].rstrip("_"), [name(variable), stmt.value]
        )
        return made

    # -- calls ------------------------------------------------------------------------------------

    def memory_call(self, target: str | None, node: gast.Call) -> Operation | None:
        if isinstance(node.func, gast.Attribute):
            return self.memory_method(target, node)
        function = self.scope.statics.get(node.func.id)
        shadowed = target is not None and self.is_shadowed(target)
        if _hashable(function) and function in CONVERSIONS and self.is_dynamic(*node.args[:1]):
            return self.dynamic_call(target, node) if any(self.is_varied(a) for a in node.args) else None
        if function is rt.closure:
            return self.shadowed_closure(target, node) if shadowed else None
        if getattr(function, "__name__", "") == "at" and isinstance(
            getattr(function, "__self__", None), np.ufunc
        ):
            return self.addition_at(node)
        if function is rt.sequence and target is not None and self.is_varied(node.args[0]):
            return self.sequence(target, node)
        if _hashable(function) and function in (
            list,
            tuple,
            dict,
            sorted,
            set,
            reversed,
            zip,
            enumerate,
            map,
            filter, iter):
            if shadowed or any(self.is_shadowed(a) for a in node.args):
                return self.dynamic_call(target, node)
            return None
        ruled = registry.find(function) is not None
        if ruled or registry.is_constant(function):
            return self.ruled_call(target, node, function) if shadowed and ruled else None
        return None

    def ruled_call(self, target: str, node: gast.Call, function: Any) -> Operation | None:
        """Mirror a view of shadowed memory; None for what makes new values."""
        first = node.args[0] if node.args else None
        if first is None or not self.is_shadowed(first):
            return None
        title = getattr(function, "__name__", "")
        if title in _ALWAYS_VIEWS and self.kind(first).name == "array":
            mirrored = gast.Call(node.func, [name(self.gradient(first.id)), *node.args[1:]], node.keywords)
            return Operation((), self.placed([self.stmt, assign(self.gradient(target), mirrored)]), nothing)
        if title in _ALWAYS_VIEWS | _MAYBE_VIEWS:
            return self.dynamic_call(target, node)
        return None

    def shadowed_closure(self, target: str, node: gast.Call) -> Operation:
        before: list[gast.stmt] = []
        taken: list[tuple[str, str]] = []
        flat = Flattener(self.scope)
        parts = [flat.atom(self.operand_shadow(e, before, taken, True)) for e in node.args[1:]]
        made = assign(self.gradient(target), gast.List(parts, gast.Load()))
        forward = self.placed([*before, self.stmt, *flat.statements, made])
        return Operation((), forward, lambda fl, grad, live: self.take(taken, fl), always=bool(taken))

    def sequence(self, target: str, node: gast.Call) -> Operation | None:
        source = node.args[0]
        if self.kind(source).name in ("any", "object"):
            return self.dynamic_call(target, node)
        if not self.is_shadowed(target):
            return None
        if not self.is_shadowed(source):

            def pull(fl: Flattener, grad: Names, live: set[str]) -> list[Contribution]:
                part = call("rt.sequence_gradient", source, name(self.start_of(target)))
                return [Contribution(source.id, fl.atom(part))]

            births = self.birth(target)
            return Operation((), self.placed([self.stmt, *births]), pull, always=True)
        shadow = call("rt.sequence_shadow", name(target), source, name(self.gradient(source.id)))
        return Operation((), self.placed([self.stmt, assign(self.gradient(target), shadow)]), nothing)

    def addition_at(self, node: gast.Call) -> Operation:
        base, index, value = node.args
        if not self.is_varied(base):
            return Operation((), [self.stmt], nothing)

        def pull(fl: Flattener, grad: Names, live: set[str]) -> list[Contribution]:
            if not self.is_varied(value):
                return []
            found = fl.atom(gast.Subscript(name(grad(base.id)), index, gast.Load()))
            found = fl.atom(call("np.copy", found))
            return [Contribution(value.id, fl.atom(call("rt.unbroadcast", found, value)))]

        in_place = None if self.is_shadowed(base) else base.id
        return Operation((), [self.stmt], pull, in_place=in_place, always=in_place is None)

    def memory_method(self, target: str | None, node: gast.Call) -> Operation | None:
        receiver, title = node.func.value, node.func.attr
        kind = self.kind(receiver)
        if kind.name in ("array", "number", "float"):
            return self.array_method(target, node)
        if kind.name == "str":
            return Operation((target,) if target else (), [self.stmt], nothing)
        if kind.name not in ("list", "dict", "tuple"):
            return None
        if not self.is_shadowed(receiver):
            if (
                title in CONTAINER_MUTATORS
                and isinstance(receiver, gast.Name)
                and receiver.id not in self.varied
            ):
                return Operation((target,) if target else (), [self.stmt], nothing)
            if title in ("append", "pop") and kind.name == "list":
                return None
            return self.dynamic_call(target, node) if self.is_varied(receiver) else None
        return self.container_method(target, node)

    def array_method(self, target: str | None, node: gast.Call) -> Operation | None:
        receiver, title = node.func.value, node.func.attr
        if target is None or not self.is_shadowed(target) or not self.is_shadowed(receiver):
            return None
        function = ARRAY_METHODS.get(title)
        if title in _ALWAYS_VIEWS and self.kind(receiver).name == "array":
            shadow = gast.Attribute(name(self.gradient(receiver.id)), title, gast.Load())
            mirrored = gast.Call(shadow, node.args, node.keywords)
            return Operation((), self.placed([self.stmt, assign(self.gradient(target), mirrored)]), nothing)
        if title in _ALWAYS_VIEWS | _MAYBE_VIEWS | {"astype"} and function is not None:
            return self.dynamic_call(target, node)
        return None

    def container_method(self, target: str | None, node: gast.Call) -> Operation:
        """Mirror a method of a list or dict on its shadow."""
        receiver, title = node.func.value, node.func.attr
        before: list[gast.stmt] = []
        taken: list[tuple[str, str]] = []
        flat = Flattener(self.scope)
        shadow = name(self.gradient(receiver.id))
        if title == "append" and target is None:
            held = flat.atom(self.operand_shadow(node.args[0], before, taken, True))
            mirrored: gast.stmt = gast.Expr(method(shadow.id, "append", held))
            forward = [*before, self.stmt, *flat.statements, mirrored]
            return Operation(
                (), self.placed(forward), lambda fl, grad, live: self.take(taken, fl), always=bool(taken)
            )
        values = [flat.atom(self.operand_shadow(a, before, taken, True)) for a in node.args]
        arguments = flat.atom(gast.Tuple(list(node.args), gast.Load()))
        shadows = flat.atom(gast.Tuple(values, gast.Load()))
        options = flat.atom(
            gast.Dict([constant(k.arg) for k in node.keywords], [k.value for k in node.keywords])
        )
        option_values = [flat.atom(self.operand_shadow(k.value, before, taken)) for k in node.keywords]
        option_shadows = flat.atom(gast.Dict([constant(k.arg) for k in node.keywords], option_values))
        result = target or self.scope.fresh("_")
        known = target is not None and target in self.varied
        kept = self.gradient(target) if known and self.is_shadowed(target) else self.fresh_cell(result)  # type: ignore[arg-type]
        both = self.scope.fresh("t")
        made = call(
            "rt.container_call",
            receiver,
            shadow,
            constant(title),
            arguments,
            shadows,
            options,
            option_shadows,
        )
        forward = [*before, *flat.statements, assign(both, made), unpack([result, kept], name(both))]

        def pull(fl: Flattener, grad: Names, live: set[str]) -> list[Contribution]:
            if known and target in live and not self.is_shadowed(target):
                fl.statements.append(gast.Expr(call("rt.accumulate_shadow", name(kept), name(grad(target)))))
            return self.take(taken, fl)

        return Operation((target,) if known else (), self.placed(forward), pull, always=bool(taken))

    def operator_call(self, target: str | None, function: str, operands: list[gast.AST]) -> Operation:
        """A call of an operator whose meaning is known when it runs."""
        path = f"rt.operators.{function}"
        self.scope.statics.setdefault(path, getattr(rt.operators, function))
        return self.dynamic_call(target, gast.Call(name(path), operands, []))

    def dynamic_call(self, target: str | None, node: gast.Call) -> Operation:
        """A callee that is resolved when it is called: ``y, dy, pullback = rt.call(f, df, args, shadows, ...)``."""
        before: list[gast.stmt] = []
        taken: list[tuple[str, str]] = []
        flat = Flattener(self.scope)
        if isinstance(node.func, gast.Attribute):
            callee: gast.AST = node.func.value
            head = [
                "rt.call_method",
                callee,
                self.operand_shadow(callee, before, taken),
                constant(node.func.attr),
            ]
        else:
            callee = node.func
            head = ["rt.call", callee, self.operand_shadow(callee, before, taken)]
        storing = getattr(node.func, "id", "") in ("rt.operators.setattr", "rt.operators.setitem")
        values = [self.operand_shadow(a, before, taken, storing) for a in node.args]
        keys = [constant(k.arg) if k.arg is not None else None for k in node.keywords]
        option_values = [self.operand_shadow(k.value, before, taken) for k in node.keywords]
        arguments = [
            flat.atom(gast.Tuple(list(node.args), gast.Load())),
            flat.atom(gast.Tuple([flat.starred(v) for v in values], gast.Load())),
            flat.atom(gast.Dict(keys, [k.value for k in node.keywords])),
            flat.atom(gast.Dict(keys, [flat.atom(v) for v in option_values])),
        ]
        entry = call(head[0], *[flat.atom(part) for part in head[1:]], *arguments)  # type: ignore[arg-type]
        pullback = self.scope.fresh("pullback")
        result = target or self.scope.fresh("unused")
        known = target is not None and target in self.varied
        shadow = self.gradient(result) if known and self.is_shadowed(result) else self.fresh_cell(result)
        whole = self.scope.fresh("t")
        forward = [
            *before,
            *flat.statements,
            assign(whole, entry),
            unpack([result, shadow, pullback], name(whole)),
        ]

        def pull(fl: Flattener, grad: Names, live: set[str]) -> list[Contribution]:
            if known and target in live and not self.is_shadowed(result):
                fl.statements.append(
                    gast.Expr(call("rt.accumulate_shadow", name(shadow), name(grad(result))))
                )
            fl.statements.append(gast.Expr(call(pullback)))
            return self.take(taken, fl)

        return Operation((result,) if known else (), self.placed(forward), pull, always=True)


def _sum_over(value: gast.AST, axes: tuple[int, ...], keepdims: bool, fl: Flattener) -> gast.Call:
    axis = constant(axes[0]) if len(axes) == 1 else fl.atom(gast.Tuple([constant(a) for a in axes], gast.Load()))
    made = call("np.sum", value)
    made.keywords = [gast.keyword("axis", axis)] + [gast.keyword("keepdims", constant(True))] * keepdims
    return made


def _loaded(target: gast.AST) -> gast.AST:
    return gast.Subscript(name(target.value.id), target.slice, gast.Load())


def _as_value(index: gast.AST, flattener: Flattener) -> gast.AST:
    """Return an atom for an index: slices become ``slice`` objects."""
    if isinstance(index, gast.Slice):
        parts = [p if p is not None else constant(None) for p in (index.lower, index.upper, index.step)]
        return flattener.atom(call("slice", *parts))
    if isinstance(index, gast.Tuple):
        return flattener.atom(gast.Tuple([_as_value(e, flattener) for e in index.elts], gast.Load()))
    return index


def _is_computed(cls: Any, attribute: str) -> bool:
    """Tell whether an attribute of a class's instances is computed when it is read."""
    if not isinstance(cls, type):
        return True
    found = next((vars(base)[attribute] for base in cls.__mro__ if attribute in vars(base)), None)
    custom = any("__getattr__" in vars(b) or "__getattribute__" in vars(b) for b in cls.__mro__[:-1])
    return custom or isinstance(found, (property, types.FunctionType)) or hasattr(type(found), "__get__")


def _hashable(value: Any) -> bool:
    return getattr(type(value), "__hash__", None) is not None

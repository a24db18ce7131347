"""Rewrite a function in normal form so that each statement has one adjoint.

The many ways to change memory become a few: stores ``x[i] = v``, updates ``x[i] += v``, stores of attributes, and the
methods of lists and dicts.  Made explicit are the old and the new value of ``s = s + x``, the number of trips of a loop
that may end early, and the bounds of a range that the loop's body overwrites.

Before::

    x.fill(v)
    y = np.add(a, b, out=c)
    s = s + y

After::

    x[...] = v
    t = np.add(a, b)
    c[...] = t
    y = c
    t1 = s + y
    s = t1
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from typing import Any

import gast
import numpy as np

from srcad import runtime as rt
from srcad.analysis.kinds import ANY, Kind, is_scalar
from srcad.analysis.kinds_of_operations import Kinds, kind_of_operation
from srcad.derive.build import assign, constant, name, read_names, written_names
from srcad.derive.complex_parts import PARTS, is_complex_array, part_views, whole
from srcad.derive.flat_iterators import flat_iterators
from srcad.derive.kept_outside import why_not_kept
from srcad.derive.lower_calls import CallLowering
from srcad.derive.lower_iterables import IterableLowering
from srcad.errors import SrcadError, UnsupportedError
from srcad.lang.function import Function
from srcad.lang.tree import blocks_of
from srcad.lang.walking import copy_location, nodes_in
from srcad.runtime.libraries import OfLibrary, package_of

__all__ = ["lower"]

_LIBRARIES = {
    "numpy",
    "contextlib",
    "srcad",
    "warnings",
    "threading",
    "decimal",
    "tempfile",
    "builtins",
    "io",
    "time",
}
_WRITTEN_IN_PYTHON = (contextlib.nullcontext, contextlib.suppress, contextlib.closing)
_IN_PLACE = (gast.Add, gast.Sub, gast.Mult, gast.Div)


def lower(fn: Function, kinds: Kinds, alone: Collection[str]) -> Function:
    """Return ``fn`` with its changes of memory in few forms, old and new values apart and trips counted.

    Parameters
    ----------
    kinds : dict
        Gets the kinds of the variables that this makes.
    alone : collection of str
        The variables whose updates are assignments: those of `srcad.analysis.held_alone.held_alone`.
    """
    fn = flat_iterators(fn, kinds)
    return fn.with_body(_Lowering(fn, kinds, alone).block(fn.tree.body))


class _Lowering(CallLowering, IterableLowering):
    def __init__(self, fn: Function, kinds: Kinds, alone: Collection[str]) -> None:
        self.fn, self.kinds, self.alone = fn, kinds, alone
        self.scope = fn.scope
        self.parts = part_views(fn, kinds)
        self.some_orders = set()

    def kind(self, node: gast.AST) -> Kind:
        return kind_of_operation(node, self.kinds, self.fn)

    def refuse(
        self, stmt: gast.AST, reason: str, hint: str, error: type[SrcadError] = UnsupportedError
    ) -> SrcadError:
        return error(reason, hint, self.fn.source.locate(stmt))

    def keep(self, value: gast.AST, hint: str = "t") -> tuple[gast.stmt, gast.Name]:
        """Return an assignment of ``value`` to a new variable, and the variable."""
        fresh = self.scope.fresh(hint)
        self.kinds[fresh] = self.kind(value)
        return assign(fresh, value), name(fresh)

    def block(self, body: list[gast.stmt]) -> list[gast.stmt]:
        out: list[gast.stmt] = []
        for stmt in body:
            for new in self.statement(stmt):
                out.append(copy_location(new, stmt))
        return out

    def statement(self, stmt: gast.stmt) -> list[gast.stmt]:
        if isinstance(stmt, gast.If):
            before, test = self.condition(stmt.test)
            return [*before, gast.If(test, self.block(stmt.body), self.block(stmt.orelse))]
        if isinstance(stmt, (gast.For, gast.While)):
            return self.loop(stmt)
        if isinstance(stmt, gast.With):
            return self.context(stmt)
        if isinstance(stmt, gast.Try):
            handlers = [gast.ExceptHandler(h.type, h.name, self.block(h.body)) for h in stmt.handlers]
            return [
                gast.Try(self.block(stmt.body), handlers, self.block(stmt.orelse), self.block(stmt.finalbody))
            ]
        if isinstance(stmt, gast.AugAssign):
            return self.augmented(stmt)
        if self.is_idle_check(stmt):
            return []
        listed = [*self.listed(stmt), *self.keys_of(stmt), *self.arrays_of(stmt)]
        if listed:
            return self.block([*listed, stmt])
        if isinstance(stmt, gast.Assign):
            lowered = self.lowered(stmt, stmt.targets[0], stmt.value)
            if lowered is not None:
                return self.block(lowered)
            part = self.of_part(stmt)
            if part is not None:
                return self.block(part)
            merged = self.merged_dicts(stmt)
            if merged is not None:
                return self.block(merged)
            flat = self.flat_store(stmt)
            if flat is not None:
                return self.block(flat)
            stmt = _dict_display(stmt)
            self.check_store(stmt)
            return [*self.packed(stmt), *self.separate(stmt)]
        if isinstance(stmt, gast.Expr) and isinstance(stmt.value, gast.Call):
            lowered = self.lowered(stmt, None, stmt.value)
            if lowered is None and _is_pop(stmt.value) and not is_scalar(self.kind(stmt.value)):
                lowered = [self.keep(stmt.value, "popped")[0]]  # its gradient begins with its form
            return [stmt] if lowered is None else self.block(lowered)
        return [stmt]

    def is_idle_check(self, stmt: gast.stmt) -> bool:
        """Tell whether a statement looks for an iterator where there is none."""
        call_ = stmt.value if isinstance(stmt, gast.Expr) else None
        if not isinstance(call_, gast.Call) or not isinstance(call_.func, gast.Name):
            return False
        function = self.scope.statics.get(call_.func.id)
        if function is rt.check_number:
            return is_scalar(self.kind(call_.args[0]))
        if not any(function is check for check in (rt.check_left, rt.check_late, rt.check_late_method)):
            return False
        return self.kind(call_.args[0]).name not in ("any", "object", "function")

    def context(self, stmt: gast.With) -> list[gast.stmt]:
        """Write out the methods of a context that a user's class defines: they may change what it holds."""
        item = stmt.items[0]
        body = self.block(stmt.body)
        manager = item.context_expr
        if not isinstance(manager, gast.Name) or self.is_library_context(manager.id):
            return [gast.With(stmt.items, body, None)]
        enter = gast.Call(gast.Attribute(name(manager.id), "__enter__", gast.Load()), [], [])
        nothing = [constant(None)] * 3
        leave = gast.Expr(gast.Call(gast.Attribute(name(manager.id), "__exit__", gast.Load()), nothing, []))
        self.scope.statics.setdefault("rt.leaving", rt.leaving)
        guard = self.scope.fresh("leaving")
        make = assign(guard, gast.Call(name("rt.leaving"), [name(manager.id)], []))
        inside = gast.With([gast.withitem(name(guard), None)], body, None)
        entered = (
            gast.Assign([item.optional_vars], enter, None)
            if item.optional_vars is not None
            else gast.Expr(enter)
        )
        made = [entered, make, inside, leave]
        for step in made:
            copy_location(step, stmt)
        return made

    def is_library_context(self, variable: str) -> bool:
        """Tell whether a context is made by a call of a library's function, or is not known to be a user's."""
        if isinstance(self.scope.statics.get(variable), OfLibrary):
            return True
        for node in nodes_in(self.fn.tree):
            if isinstance(node, gast.Assign) and getattr(node.targets[0], "id", None) == variable:
                callee = getattr(getattr(node.value, "func", None), "id", "")
                function = self.scope.statics.get(callee)
                if function is not rt.instance and (
                    function is not None
                    and package_of(function) in _LIBRARIES
                    and function not in _WRITTEN_IN_PYTHON
                ):
                    return True
        return False

    def condition(self, test: gast.AST) -> tuple[list[gast.stmt], gast.AST]:
        """Return the truth value of what may change after the test, and statements that find it."""
        if isinstance(test, gast.Constant) or self.kind(test).name in ("bool", "int", "float", "str", "none"):
            return [], test
        self.scope.statics.setdefault("bool", bool)
        finding, found = self.keep(gast.Call(name("bool"), [test], []))
        return [finding], found

    def of_part(self, stmt: gast.stmt) -> list[gast.stmt] | None:
        """Write a store into ``z.real`` or ``z.imag``, an update or a load by index, as one of ``z``."""
        target = stmt.target if isinstance(stmt, gast.AugAssign) else stmt.targets[0]
        value, base = stmt.value, getattr(target, "value", None)
        if isinstance(target, gast.Name) and target.id in self.parts and isinstance(value, gast.Attribute):
            return []
        if isinstance(value, gast.Subscript) and value.value.id in self.parts:
            array, part = self.parts[value.value.id]
            before, taken = self.part_at(gast.Subscript(name(array), value.slice, gast.Load()), part)
            copying, copied = self.called(rt.copy, "rt.copy", taken)
            return [*before, copying, gast.Assign([target], copied, None)]
        if isinstance(target, gast.Attribute) and target.attr in PARTS and is_complex_array(self.kind(base)):
            place, part = whole(base.id), target.attr
        elif isinstance(target, gast.Subscript) and base.id in self.parts:
            array, part = self.parts[base.id]
            place = gast.Subscript(name(array), target.slice, gast.Store())
        else:
            return None
        before = []
        if isinstance(stmt, gast.AugAssign):
            before, old = self.part_at(_load(place), part)
            computing, value = self.keep(gast.BinOp(old, stmt.op, value))
            before.append(computing)
        return [*before, *self.with_part(place, part, value)]

    def part_at(self, place: gast.AST, part: str) -> tuple[list[gast.stmt], gast.Name]:
        """Return a part of the complex numbers at a place, as they are now, and the statements that take it."""
        loading, view = self.keep(place)
        copying, numbers = self.called(rt.copy, "rt.copy", view)
        taking, taken = self.called(getattr(np, part), f"np.{part}", numbers)
        return [loading, copying, taking], taken

    def with_part(self, place: gast.AST, part: str, value: gast.AST) -> list[gast.stmt]:
        """Return the store of ``value`` as a part of the complex numbers at ``place``."""
        before, kept = self.part_at(_load(place), PARTS[part])
        turning, turned = self.keep(gast.BinOp(kept if part == "real" else value, gast.Mult(), constant(1j)))
        adding, new = self.keep(gast.BinOp(value if part == "real" else kept, gast.Add(), turned))
        return [*before, turning, adding, gast.Assign([place], new, None)]

    def flat_store(self, stmt: gast.Assign) -> list[gast.stmt] | None:
        """Write ``x.flat = v`` of an array as a store of ``v``, repeated or cut to its shape."""
        target = stmt.targets[0]
        if (
            not isinstance(target, gast.Attribute)
            or target.attr != "flat"
            or self.kind(target.value).name != "array"
        ):
            return None
        if is_scalar(self.kind(stmt.value)):
            return [self.store(target.value, constant(...), stmt.value)]
        shaping, shape = self.called(np.shape, "np.shape", target.value)
        fitting, values = self.called(np.resize, "np.resize", stmt.value, shape)
        return [shaping, fitting, self.store(target.value, constant(...), values)]

    def check_store(self, stmt: gast.Assign) -> None:
        target = stmt.targets[0]
        if not isinstance(target, (gast.Subscript, gast.Attribute)):
            return
        base = target.value
        if isinstance(base, gast.Name) and base.id in self.scope.statics:
            if isinstance(target, gast.Attribute):
                refused = why_not_kept(self.scope.statics[base.id], target.attr, self.kind(stmt.value))
                if refused is not None:
                    raise self.refuse(stmt, *refused)
                return
            raise self.refuse(stmt, f"The function changes '{base.id}', which lives outside of it.",
                              "Pass it as an argument, or return the new value.")  # fmt: skip
        if isinstance(target, gast.Attribute) and self.kind(base).name == "array":
            raise self.refuse(stmt, f"The attribute '.{target.attr}' of an array is assigned.",
                              "Use a function that returns a new array.")  # fmt: skip

    # -- updates ----------------------------------------------------------------------------------

    def augmented(self, stmt: gast.AugAssign) -> list[gast.stmt]:
        target = stmt.target
        if isinstance(target, gast.Name):
            return self.augmented_name(stmt)
        updated = self.of_part(stmt)
        if updated is not None:
            return self.block([copy_location(step, stmt) for step in updated])
        if not (isinstance(target.value, gast.Name) and target.value.id in self.scope.statics):
            self.check_store(copy_location(gast.Assign([target], stmt.value, None), stmt))
        load = _load(target)
        if isinstance(target, gast.Subscript) and self.kind(target.value).name == "array":
            if isinstance(stmt.op, _IN_PLACE) and self.is_basic(target.slice):
                return [stmt]
            return self.block(self.load_change_store(stmt, load, rebinds=True))
        return self.block(self.load_change_store(stmt, load, rebinds=is_scalar(self.kind(load))))

    def is_basic(self, index: gast.AST) -> bool:
        """Tell whether an index surely selects a view or one element."""
        return all(
            isinstance(part, gast.Slice)
            or isinstance(part, gast.Constant)
            and part.value in (None, ...)
            or self.kind(part).name in ("int", "none")
            for part in (index.elts if isinstance(index, gast.Tuple) else [index])
        )

    def load_change_store(self, stmt: gast.AugAssign, load: gast.AST, rebinds: bool) -> list[gast.stmt]:
        """Turn ``x[i] op= v`` into a load, a change and a store."""
        loading, old = self.keep(load)
        if rebinds:
            computing, new = self.keep(gast.BinOp(old, stmt.op, stmt.value))
        else:
            new = old
            computing = gast.AugAssign(gast.Name(old.id, gast.Store(), None, None), stmt.op, stmt.value)
        steps = [loading, computing, gast.Assign([stmt.target], new, None)]
        return [copy_location(step, stmt) for step in steps]

    def augmented_name(self, stmt: gast.AugAssign) -> list[gast.stmt]:
        """Turn an update of what cannot be changed in place into an assignment."""
        target = stmt.target
        kind = self.kinds.get(target.id, Kind("any"))
        value = gast.BinOp(name(target.id), stmt.op, stmt.value)
        if is_scalar(kind) or kind.name in ("str", "tuple") or target.id in self.alone:
            return self.separate(copy_location(assign(target.id, value), stmt))
        arrays = ("array", "number")
        if kind.name == "list" and isinstance(stmt.op, gast.Add) and self.kind(stmt.value).name not in arrays:
            grown = gast.Call(gast.Attribute(name(target.id), "extend", gast.Load()), [stmt.value], [])
            return self.block([copy_location(gast.Expr(grown), stmt)])
        if kind.name == "dict" and isinstance(stmt.op, gast.BitOr):
            return self.block([copy_location(_update_of(target.id, stmt.value), stmt)])
        if kind.name == "list" and isinstance(stmt.op, gast.Add):
            return self.separate(copy_location(assign(target.id, value), stmt))
        is_array = kind.name == "array" or kind.name == "number" and isinstance(stmt.op, gast.MatMult)
        if is_array and not isinstance(stmt.op, _IN_PLACE):
            computing, new = self.keep(value)
            place = gast.Subscript(name(target.id), constant(...), gast.Store())
            return [computing, gast.Assign([place], new, None)]
        return [stmt]

    # -- assignments ------------------------------------------------------------------------------

    def merged_dicts(self, stmt: gast.Assign) -> list[gast.stmt] | None:
        """Write ``p | q`` of dicts as a copy that is updated."""
        value = stmt.value
        if not isinstance(value, gast.BinOp) or not isinstance(value.op, gast.BitOr):
            return None
        if self.kind(value.left).name != "dict":
            return None
        copying, merged = self.called(dict, "dict", value.left)
        return [copying, _update_of(merged.id, value.right), gast.Assign(stmt.targets, merged, None)]

    def packed(self, stmt: gast.Assign) -> list[gast.stmt]:
        """Make one argument of the several of ``x.reshape(2, 3)``."""
        call_ = stmt.value
        is_method = isinstance(call_, gast.Call) and isinstance(call_.func, gast.Attribute)
        if not is_method or call_.func.attr not in ("reshape", "transpose"):
            return []
        if len(call_.args) < 2 and not any(isinstance(a, gast.Starred) for a in call_.args):
            return []
        assignment, packed = self.keep(gast.Tuple(list(call_.args), gast.Load()), "shape")
        call_.args = [packed]
        return [assignment]

    def separate(self, stmt: gast.Assign) -> list[gast.stmt]:
        """Keep the old value of a variable apart from the new one that is computed from it."""
        target = stmt.targets[0]
        written = written_names(stmt) if isinstance(target, (gast.Name, gast.Tuple)) else []
        if not set(written) & set(read_names(stmt.value)):
            return [stmt]
        if isinstance(stmt.value, gast.Call) and isinstance(stmt.value.func, gast.Attribute):
            if _is_pop(stmt.value):
                return [stmt]
        assignment, fresh = self.keep(stmt.value)
        return [assignment, gast.Assign([target], fresh, None)]

    # -- loops ------------------------------------------------------------------------------------

    def loop(self, stmt: gast.For | gast.While) -> list[gast.stmt]:
        body = self.block(stmt.body)
        before: list[gast.stmt] = []
        iterations: gast.AST | None = None
        if isinstance(stmt, gast.For):
            writes = _written(body) | {stmt.target.id}
            bounds = []
            for argument in stmt.iter.args:
                if isinstance(argument, gast.Name) and argument.id in writes:
                    kept = self.scope.fresh(argument.id + "_bound")
                    self.kinds[kept] = self.kinds.get(argument.id, Kind("int"))
                    before.append(assign(kept, argument))
                    argument = name(kept)
                bounds.append(argument)
            iterations = gast.Call(stmt.iter.func, bounds, [])
            target = stmt.target
            if (
                self.kinds.get(target.id, ANY).name != "int"
            ):  # another value of this name carries a derivative
                counter = self.scope.fresh(target.id)
                self.kinds[counter] = Kind("int")
                body.insert(0, copy_location(assign(target.id, name(counter)), stmt))
                target = gast.Name(counter, gast.Store(), None, None)
        if isinstance(stmt, gast.For) and not _breaks(stmt.body):
            return [*before, gast.For(target, iterations, body, [], None)]
        trips = self.scope.fresh("trips")
        self.kinds[trips] = self.kind(constant(0))
        before.append(assign(trips, constant(0)))
        count = assign(trips, gast.BinOp(name(trips), gast.Add(), constant(1)))
        body.insert(0, copy_location(count, stmt))
        if isinstance(stmt, gast.While):
            made: Any = gast.While(stmt.test, body, [])
        else:
            made = gast.For(target, iterations, body, [], None)
        made.trips = trips
        return [*before, made]


def _load(target: gast.AST) -> gast.AST:
    base = name(target.value.id)
    if isinstance(target, gast.Subscript):
        return gast.Subscript(base, target.slice, gast.Load())
    return gast.Attribute(base, target.attr, gast.Load())


def _written(body: list[gast.stmt]) -> set[str]:
    found: set[str] = set()
    for part in body:
        for node in nodes_in(part):
            if isinstance(node, (gast.Assign, gast.AugAssign, gast.For)):
                found |= set(written_names(node))
    return found


def _breaks(body: list[gast.stmt]) -> bool:
    """Tell whether a loop with this body may be left by its own ``break``."""
    for stmt in body:
        if isinstance(stmt, gast.Break):
            return True
        if isinstance(stmt, (gast.For, gast.While)):
            continue
        if any(map(_breaks, blocks_of(stmt))):
            return True
    return False


def _is_pop(node: gast.Call) -> bool:
    return isinstance(node.func, gast.Attribute) and node.func.attr == "pop"


def _update_of(variable: str, value: gast.AST) -> gast.stmt:
    return gast.Expr(gast.Call(gast.Attribute(name(variable), "update", gast.Load()), [value], []))


def _dict_display(stmt: gast.Assign) -> gast.Assign:
    """Turn ``d = dict(a=x)`` into ``d = {"a": x}``."""
    value = stmt.value
    is_dict = isinstance(value, gast.Call) and isinstance(value.func, gast.Name) and value.func.id == "dict"
    if not is_dict or value.args or any(k.arg is None for k in value.keywords):
        return stmt
    display = gast.Dict([constant(k.arg) for k in value.keywords], [k.value for k in value.keywords])
    return copy_location(gast.Assign(stmt.targets, display, None), stmt)

"""Adjoints of calls on shared memory.

Views are mirrored, and so are the methods of containers; other calls are resolved when they happen.
"""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from srcad import runtime as rt
from srcad.analysis.memory import CONTAINER_MUTATORS
from srcad.analysis.results.calls import ARRAY_METHODS
from srcad.analysis.view_functions import may_give_view, returns_views, viewed
from srcad.derive.build import Flattener, assign, call, constant, method, name, unpack
from srcad.derive.operations import Contribution, Names, Operation, nothing
from srcad.derive.shadow_operands import ShadowOperands
from srcad.rules import registry

__all__ = ["CONVERSIONS", "CallAdjoints", "hashable"]


_OF_CLASSES = ("any", "object")  # kinds of what may be an instance, of which its class makes a list
_ALWAYS_VIEWS = frozenset(
    "transpose swapaxes moveaxis expand_dims rollaxis flip fliplr flipud rot90 matrix_transpose squeeze atleast_1d "
    "atleast_2d atleast_3d split array_split hsplit vsplit dsplit unstack".split()
)
CONVERSIONS: dict[Any, str] = {float: "__float__", abs: "__abs__", complex: "__complex__", round: "__round__"}
"""Builtins that a class can define for its instances."""


class CallAdjoints(ShadowOperands):
    """The part of the adjoints that deals with calls."""

    def memory_call(self, target: str | None, node: gast.Call) -> Operation | None:
        if isinstance(node.func, gast.Attribute):
            return self.memory_method(target, node)
        function = self.scope.statics.get(node.func.id)
        shadowed = target is not None and self.is_shadowed(target)
        if hashable(function) and function in CONVERSIONS and self.is_dynamic(*node.args[:1]):
            return self.dynamic_call(target, node) if any(self.is_varied(a) for a in node.args) else None
        if function is rt.closure:
            return self.shadowed_closure(target, node) if shadowed else None
        if function is rt.named_tuple:
            parts = gast.Tuple(node.args[1:], gast.Load())
            return self.shadowed_display(target, parts) if shadowed else None
        if function is rt.instance:
            return self.shadowed_instance(target, node) if shadowed else Operation((), [self.stmt], nothing)
        if function is np.lib.stride_tricks.sliding_window_view and shadowed:
            raise self.refuse("Windows that share their entries are taken of an array that is changed in place.",
                              "Take the windows of a copy, or loop over the positions.")  # fmt: skip
        if getattr(function, "__name__", "") == "at" and isinstance(
            getattr(function, "__self__", None), np.ufunc
        ):
            return self.addition_at(node)
        if function is rt.sequence and target is not None and self.is_varied(node.args[0]):
            return self.sequence(target, node)
        if hashable(function) and function in (
            list,
            tuple,
            dict,
            sorted,
            set,
            reversed,
            zip,
            enumerate,
            map,
            filter,
            iter,
        ):
            if (
                shadowed
                and function in (list, tuple)
                and len(node.args) == 1
                and self.is_shadowed(node.args[0])
            ):
                if self.kind(node.args[0]).name in ("list", "tuple"):
                    mirrored = call(function.__name__, name(self.gradient(node.args[0].id)))
                    return Operation(
                        (), self.placed([self.stmt, assign(self.gradient(target), mirrored)]), nothing
                    )
            of_pairs = function is dict and any(self.kind(a).name != "dict" for a in node.args)
            of_class = function in (list, tuple) and any(self.kind(a).name in _OF_CLASSES for a in node.args)
            if shadowed or of_pairs or of_class or any(self.is_shadowed(a) for a in node.args):
                return self.dynamic_call(target, node)
            return None
        ruled = registry.find(function) is not None
        varied = [a for a in node.args if self.is_varied(a)]
        if ruled and varied and self.may_be_array_like(*varied):
            return self.dynamic_call(target, node)
        if ruled or registry.is_constant(function):
            return self.ruled_call(target, node, function) if shadowed and ruled else None
        return None

    def ruled_call(self, target: str, node: gast.Call, function: Any) -> Operation | None:
        """Mirror a view of shadowed memory; None for what makes new values."""
        place = 1 if function is np.einsum and len(node.args) == 2 else 0
        operands = viewed(function, node.args[place:])
        if not any(map(self.is_shadowed, operands)):
            return None
        first, title = operands[0], getattr(function, "__name__", "")
        if title in _ALWAYS_VIEWS and len(operands) == 1 and self.kind(first).name == "array":
            mirrored = gast.Call(node.func, [name(self.gradient(first.id)), *node.args[1:]], node.keywords)
            return Operation((), self.placed([self.stmt, assign(self.gradient(target), mirrored)]), nothing)
        if title in _ALWAYS_VIEWS or returns_views(function) or function is np.einsum:
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

    def shadowed_instance(self, target: str, node: gast.Call) -> Operation:
        """Mirror the making of an object by that of its shadow."""
        before: list[gast.stmt] = []
        taken: list[tuple[str, str]] = []
        flat = Flattener(self.scope)
        parts = [(k.arg, flat.atom(self.operand_shadow(k.value, before, taken, True))) for k in node.keywords]
        made = call("rt.Shadow")
        made.keywords = [gast.keyword(attribute, part) for attribute, part in parts]
        forward = [*before, self.stmt, *flat.statements, assign(self.gradient(target), made)]
        return Operation(
            (), self.placed(forward), lambda fl, grad, live: self.take(taken, fl), always=bool(taken)
        )

    def sequence(self, target: str, node: gast.Call) -> Operation | None:
        source = node.args[0]
        if self.kind(source).name in _OF_CLASSES:
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
            births = self.birth(target) if target is not None and self.is_shadowed(target) else []
            return Operation((target,) if target else (), [self.stmt, *births], nothing, always=bool(births))
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
        if function is not None and may_give_view(title):
            return self.dynamic_call(target, node)
        return None

    def container_method(self, target: str | None, node: gast.Call) -> Operation:
        """Mirror a method of a list or dict on its shadow."""
        receiver, title = node.func.value, node.func.attr
        before: list[gast.stmt] = []
        taken: list[tuple[str, str]] = []
        flat = Flattener(self.scope)
        shadow = name(self.gradient(receiver.id))
        if title == "append" and (target is None or target not in self.varied):
            held = flat.atom(self.operand_shadow(node.args[0], before, taken, True))
            mirrored: gast.stmt = gast.Expr(method(shadow.id, "append", held))
            forward = [*before, self.stmt, *flat.statements, mirrored]
            return Operation(
                (), self.placed(forward), lambda fl, grad, live: self.take(taken, fl), always=bool(taken)
            )
        values = [flat.atom(self.operand_shadow(a, before, taken, True)) for a in node.args]
        arguments = flat.atom(gast.Tuple(list(node.args), gast.Load()))
        shadows = flat.atom(gast.Tuple(values, gast.Load()))
        options = self.options(node, before, taken, flat)
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
            *options,
        )
        forward = [*before, *flat.statements, assign(both, made), unpack([result, kept], name(both))]

        def pull(fl: Flattener, grad: Names, live: set[str]) -> list[Contribution]:
            if known and target in live and not self.is_shadowed(target):
                fl.statements.append(gast.Expr(call("rt.accumulate_shadow", name(kept), name(grad(target)))))
            return self.take(taken, fl)

        return Operation((target,) if known else (), self.placed(forward), pull, always=bool(taken))

    def options(
        self, node: gast.Call, before: list[gast.stmt], taken: list[tuple[str, str]], flat: Flattener
    ) -> list[gast.AST]:
        """Return the keywords of a call and their shadows, as two dicts; nothing where there are none."""
        if not node.keywords:
            return []
        keys = [constant(k.arg) if k.arg is not None else None for k in node.keywords]
        shadows = [self.operand_shadow(k.value, before, taken) for k in node.keywords]
        given = gast.Dict(keys, [k.value for k in node.keywords])
        return [flat.atom(given), flat.atom(gast.Dict(keys, [flat.atom(s) for s in shadows]))]

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
        arguments = [
            flat.atom(gast.Tuple(list(node.args), gast.Load())),
            flat.atom(gast.Tuple([flat.starred(v) for v in values], gast.Load())),
            *self.options(node, before, taken, flat),
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


def hashable(value: Any) -> bool:
    return getattr(type(value), "__hash__", None) is not None

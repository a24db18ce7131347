"""Forward mode: calls.  A callee with a rule is differentiated here, any other one when the program runs."""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from srcad import runtime as rt
from srcad.analysis.results.calls import ARRAY_METHODS
from srcad.analysis.results.generators import method_of_generator
from srcad.derive.build import assign, call, constant, name, unpack
from srcad.derive.call_adjoints import CONVERSIONS
from srcad.derive.callable_at_run_time import why_not_callable
from srcad.derive.forward_operations import Operations
from srcad.derive.inline import derived_call
from srcad.errors import NoDerivativeError
from srcad.lang.function import Nested
from srcad.lang.walking import nodes_in
from srcad.rules import registry
from srcad.runtime.array_likes import is_array_like
from srcad.runtime.libraries import is_sparse

__all__ = ["Calls"]

_NUMERIC = ("array", "number", "float")
_CASTS = (float, complex, list, tuple, dict)
_SAME_ON_TANGENTS = frozenset(
    "append extend insert pop clear reverse copy popleft appendleft extendleft rotate".split()
)
_MIRRORED: dict[Any, tuple[int, ...]] = {
    rt.accumulate: (0, 2), rt.accumulate_part: (0, 2), rt.accumulate_shadow: (0, 1),
    rt.seed_shadow: (0, 1), rt.attribute_gradient: (2,),
    rt.attribute_shadow: (2,), rt.clone: (0,), rt.drained: (0,), rt.element_shadow: (1,), rt.element_shadows: (1,),
    rt.fold_repeats: (0,), rt.mirror: (2,), rt.restore: (0, 1), rt.return_copy: (0, 1), rt.return_element: (0, 1),
    rt.return_elements: (0, 1),
    rt.kept_function: (0,), rt.kept_shadow: (0,), rt.sequence_gradient: (1,), rt.sequence_shadow: (2,), rt.shallow: (0,),
    rt.shallow_shadow: (0,), rt.publish: (0, 1), rt.skeleton: (0,), rt.store_gradient: (0,), rt.taken: (0,),
    rt.truncate: (0,), rt.gathered: (0,),
}  # fmt: skip
_FRESH = (rt.shadow, rt.separate_shadow, rt.no_shadow, rt.lasting_shadow)
_PASSIVE = frozenset("tolist item astype".split())


class Calls(Operations):
    """Statements that call: ``target = f(...)``, where target may be None."""

    def call(self, target: str | None, node: gast.Call) -> list[gast.stmt]:
        """Return the call and the assignment of its tangent."""
        if isinstance(node.func, gast.Attribute):
            return self.method(target, node)
        function = self.scope.statics.get(node.func.id)
        if not any(self.is_varied(n) for n in nodes_in(node)) and not isinstance(function, Nested):
            return [*self.checked(node.func, function), *self.plain(target, node)]
        if function is rt.closure:
            return self.with_tangent(
                target, node, gast.Tuple([self.tangent(a) for a in node.args[1:]], gast.Load())
            )
        if function is rt.named_tuple:
            tangents = [self.tangent(a) for a in node.args[1:]]
            return self.with_tangent(target, node, call("rt.named_tuple", node.args[0], *tangents))
        if function is rt.instance or function is rt.Shadow:
            return self.instance(target, node)
        if _is(function, tuple(CONVERSIONS)) and node.args and not self.is_numeric(node.args[0]):
            return self.dynamic(target, node)
        if _is(function, _CASTS) and len(node.args) == 1:
            return self.cast(target, node, function)
        if function is rt.sequence:
            return self.sequence(target, node)
        if getattr(function, "__name__", "") == "at" and node.args:
            return self.scattered(node)
        if _is(function, tuple(_MIRRORED)):
            return self.mirrored(target, node, _MIRRORED[function])
        if _is(function, _FRESH):
            return self.plain(target, node)
        starred = _is_unpacked(node)
        rule = registry.find(function) if function is not None else None
        if rule is not None and not starred:
            takes_tangents = (getattr(function, "__module__", "") or "").startswith("srcad.runtime.scipy_")
            if not takes_tangents and any(self.is_varied(a) and self.may_be_array_like(a) for a in node.args):
                return self.dynamic(target, node)
            return self.ruled(target, node, rule, None)
        if function is not None and registry.is_constant(function):
            return self.plain(target, node)
        reason = registry.reason_refused(function) if function is not None else None
        sparse = isinstance(function, type) and is_sparse(function)
        late = sparse and self.fn.source.file.startswith("<srcad")  # what it is made of is found when it runs
        if reason is not None and not late:
            raise self.refuse(reason, "", NoDerivativeError)
        if rule is None:
            self.check_callee(function, node)
        return self.dynamic(target, node)

    def instance(self, target: str | None, node: gast.Call) -> list[gast.stmt]:
        """Return the making of an object, or of the shadow of one, and that of its tangent."""
        if target is None or target not in self.program.varied:
            return self.plain(target, node)
        is_shadow = self.scope.statics.get(node.func.id) is rt.Shadow
        made = call("rt.Shadow") if is_shadow else call("rt.instance_tangent", name(target))
        made.keywords = [gast.keyword(k.arg, self.tangent(k.value)) for k in node.keywords]
        return self.with_tangent(target, node, made)

    def may_be_array_like(self, node: gast.AST) -> bool:
        """Tell whether a value may be an instance that NumPy makes an array of."""
        kind = self.kind(node)
        if kind.name not in ("any", "object"):
            return False
        return is_array_like(kind.value) or any(map(is_array_like, self.scope.statics.values()))

    def is_numeric(self, node: gast.AST) -> bool:
        """Tell whether a value is surely a number or an array, not an object whose class converts it."""
        return not isinstance(node, gast.Name) or self.kind(node).name in _NUMERIC

    def checked(self, callee: gast.AST, function: Any, *method: str) -> list[gast.stmt]:
        """Return the check that what is called has not captured a variable of which a copy is changed."""
        memory, captured = self.program.memory, self.fn.captured
        if function is not None or not any(memory.held(n) & memory.changed for n in captured):
            return []
        made = self.runtime(rt.check_unwithheld, "check_unwithheld", callee, *map(constant, method))
        return [gast.Expr(made)]

    def plain(self, target: str | None, node: gast.Call) -> list[gast.stmt]:
        """Return a call through which no derivative flows."""
        statements: list[gast.stmt] = [gast.Expr(node) if target is None else assign(target, node)]
        return [*statements, *self.bind_tangent(target, self.zero_of(name(target or "_")))]

    def with_tangent(self, target: str | None, node: gast.Call, tangent: gast.AST) -> list[gast.stmt]:
        """Return the call and then the assignment of ``tangent``."""
        primal: gast.stmt = gast.Expr(node) if target is None else assign(target, node)
        return [primal, *self.bind_tangent(target, tangent)]

    def bind_tangent(self, target: str | None, tangent: gast.AST) -> list[gast.stmt]:
        """Return ``dtarget = tangent`` with what it needs before, if the target has a tangent."""
        if target is None or target not in self.program.varied:
            return []
        value = self.fl.operation(tangent)
        return [*self.fl.statements, assign(self.program.tangent_name(target), value)]

    def ruled(
        self, target: str | None, node: gast.Call, rule: registry.Rule, receiver: Any
    ) -> list[gast.stmt]:
        """Return a call of a function that has a rule."""
        if target is None or target not in self.program.varied:
            return self.plain(target, node)
        tangent = self.by_rule(rule, node, name(target), receiver)
        plain = node if rule.derived_as is None else derived_call(rule, node, self.scope)
        return self.with_tangent(target, plain, tangent)

    def check_callee(self, function: Any, node: gast.Call) -> None:
        """Refuse a known function that has neither source nor rule."""
        why = why_not_callable(function, node)
        if why is not None:
            raise self.refuse(*why, NoDerivativeError)

    def cast(self, target: str | None, node: gast.Call, function: Any) -> list[gast.stmt]:
        """``float(x)``, ``list(x)``: the tangent is cast in the same way."""
        kind = self.kind(node.args[0])
        if function is dict and kind.name != "dict":
            return self.dynamic(target, node)
        if function in (list, tuple) and kind.name in ("any", "object") and target in self.program.varied:
            items = self.scope.fresh("items")
            self.program.varied.add(items)
            self.scope.statics.setdefault("rt.sequence", rt.sequence)
            before = self.dynamic(items, call("rt.sequence", node.args[0]))
            tangent = call(node.func.id, name(self.program.tangent_name(items)))
            return [*before, *self.with_tangent(target, call(node.func.id, name(items)), tangent)]
        tangent = self.tangent(node.args[0])
        if function in (list, tuple) and kind.name not in ("list", "tuple", "array"):
            items = self.runtime(
                rt.sequence_tangent, "sequence_tangent", name(target or "_"), node.args[0], tangent
            )
            tangent = self.fl.atom(items) if target is not None else tangent
        return self.with_tangent(target, node, call(node.func.id, tangent))

    def sequence(self, target: str | None, node: gast.Call) -> list[gast.stmt]:
        """The values that a loop runs over."""
        source = node.args[0]
        if self.kind(source).name in ("any", "object"):
            return self.dynamic(target, node)
        tangent = self.tangent(source)
        if target is not None and self.kind(source).name not in ("list", "tuple", "array"):
            tangent = self.runtime(rt.sequence_tangent, "sequence_tangent", name(target), source, tangent)
        return self.with_tangent(target, node, tangent)

    def scattered(self, node: gast.Call) -> list[gast.stmt]:
        """``np.add.at(x, i, v)``, the only unbuffered update that lowering leaves."""
        if not self.is_varied(node.args[0]):
            return [gast.Expr(node)]
        base, index, value = node.args
        image = gast.Call(node.func, [self.tangent(base), index, self.tangent(value)], [])
        return [gast.Expr(node), *self.fl.statements, gast.Expr(image)]

    def mirrored(self, target: str | None, node: gast.Call, places: tuple[int, ...]) -> list[gast.stmt]:
        """A function of the runtime that does the same to the tangents of the arguments at ``places``."""
        operands = [self.tangent(a) if i in places else a for i, a in enumerate(node.args)]
        image = gast.Call(node.func, operands, [])
        if target is not None:
            made = self.with_tangent(target, node, image)
            return made if target in self.program.varied else [*made, *self.fl.statements, gast.Expr(image)]
        return [gast.Expr(node), *self.fl.statements, gast.Expr(image)]

    # -- calls resolved when the program runs -----------------------------------------------------

    def packed(self, nodes: list[gast.AST]) -> tuple[gast.Tuple, gast.Tuple]:
        """Return positional arguments and their tangents as tuples."""
        return gast.Tuple(list(nodes), gast.Load()), gast.Tuple([self.tangent(n) for n in nodes], gast.Load())

    def named(self, keywords: list[gast.keyword]) -> tuple[gast.Dict, gast.Dict]:
        """Return keyword arguments and their tangents as dicts."""
        keys = [constant(k.arg) if k.arg is not None else None for k in keywords]
        return (
            gast.Dict(list(keys), [k.value for k in keywords]),
            gast.Dict(list(keys), [self.tangent(k.value) for k in keywords]),
        )

    def dynamic(self, target: str | None, node: gast.Call) -> list[gast.stmt]:
        """Return ``target, dtarget = rt.call_jvp(f, df, ...)``."""
        held = self.tangent(node.func)
        made = self.runtime(rt.call_jvp, "call_jvp", node.func, held, *self.operands(node))
        return self.pair(target, made)

    def operands(self, node: gast.Call) -> list[gast.AST]:
        """Return the arguments of a call and their tangents; the options only where there are any."""
        parts: list[gast.AST] = [self.fl.atom(part) for part in self.packed(node.args)]
        if node.keywords:
            parts += [self.kept(part) for part in self.named(node.keywords)]
        return parts

    def kept(self, node: gast.AST) -> gast.Name:
        """Keep an operation in a variable."""
        fresh = self.scope.fresh("t")
        self.fl.statements.append(assign(fresh, node))
        return name(fresh)

    def pair(self, target: str | None, made: gast.Call) -> list[gast.stmt]:
        """Return the statements that unpack a value and its tangent."""
        value = target if target is not None else self.scope.fresh("t")
        tangent = self.program.tangent_name(value) if value in self.program.varied else self.scope.fresh("t")
        both = self.kept(made)
        return [*self.fl.statements, unpack([value, tangent], both)]

    # -- methods ----------------------------------------------------------------------------------

    def method(self, target: str | None, node: gast.Call) -> list[gast.stmt]:
        """Return a call of a method."""
        receiver, method = node.func.value, node.func.attr
        kind = self.kind(receiver)
        if not any(self.is_varied(n) for n in nodes_in(node)):
            unknown = kind.name in ("any", "object")
            return [*(self.checked(receiver, None, method) if unknown else []), *self.plain(target, node)]
        of_arrays = hasattr(np.ndarray, method) and not method.startswith("__")
        if kind.name in _NUMERIC and not _is_unpacked(node) and of_arrays:
            return self.array_method(target, node)
        if kind.name in ("list", "dict", "tuple"):
            return self.container_method(target, node)
        if kind.name == "str":
            return self.plain(target, node)
        sampler = method_of_generator(kind, method)
        if sampler is not None and not _is_unpacked(node):
            rule = registry.find(sampler)
            return self.plain(target, node) if rule is None else self.ruled(target, node, rule, receiver)
        made = self.runtime(rt.method_jvp, "method_jvp", receiver, self.tangent(receiver), constant(method),
                            *self.operands(node))  # fmt: skip
        return self.pair(target, made)

    def array_method(self, target: str | None, node: gast.Call) -> list[gast.stmt]:
        """Return a call of a method of an array or number."""
        receiver, method = node.func.value, node.func.attr
        if target is None or target not in self.program.varied:
            return self.plain(target, node)
        if not self.is_varied(receiver):
            return self.function_call(target, node)
        image = gast.Call(
            gast.Attribute(self.tangent(receiver), method, gast.Load()), node.args, node.keywords
        )
        if (
            method == "astype"
            and not node.keywords
            and (self.is_changed(receiver) or self.is_changed(name(target)))
        ):
            made = self.runtime(rt.tangent_like, "tangent_like", self.tangent(receiver), name(target))
            return self.with_tangent(target, node, gast.UnaryOp(gast.UAdd(), self.fl.atom(made)))
        if method == "astype":
            return self.with_tangent(target, node, self.runtime(rt.tangent_like, "tangent_like",
                                                                self.tangent(receiver), name(target)))  # fmt: skip
        if method in ("tolist", "item"):
            return self.with_tangent(target, node, image)
        return self.function_call(target, node)

    def function_call(self, target: str, node: gast.Call) -> list[gast.stmt]:
        """Return a call of a method of an array, differentiated like the function of NumPy that does the same."""
        function = ARRAY_METHODS.get(node.func.attr)
        rule = registry.find(function) if function is not None else None
        if rule is not None:
            return self.ruled(target, node, rule, node.func.value)
        if function is not None and registry.is_constant(function):
            return self.plain(target, node)
        raise self.refuse(f"The method '.{node.func.attr}' of an array has no derivative.",
                          "Use a NumPy function instead.", NoDerivativeError)  # fmt: skip

    def container_method(self, target: str | None, node: gast.Call) -> list[gast.stmt]:
        """Return a call of a method of a list or dict, and the same call of its tangent."""
        receiver, method = node.func.value, node.func.attr
        is_dict = self.kind(receiver).name == "dict"
        if method in _SAME_ON_TANGENTS and not node.keywords and not (is_dict and len(node.args) > 1):
            positions = ("pop", "rotate")
            passed = list(node.args) if method in positions else [self.tangent(a) for a in node.args]
            if method == "insert":
                passed[0] = node.args[0]
            image = gast.Call(gast.Attribute(self.tangent(receiver), method, gast.Load()), passed, [])
            if target is not None:
                made = self.with_tangent(target, node, image)
                return (
                    made if target in self.program.varied else [*made, *self.fl.statements, gast.Expr(image)]
                )
            return [gast.Expr(node), *self.fl.statements, gast.Expr(image)]
        made_call = self.runtime(rt.method_jvp, "method_jvp", receiver, self.tangent(receiver), constant(method),
                                 *self.operands(node))  # fmt: skip
        return self.pair(target, made_call)


def _is(function: Any, candidates: tuple[Any, ...]) -> bool:
    return registry.is_key(function) and function in candidates


def _is_unpacked(node: gast.Call) -> bool:
    """Tell whether a call has arguments of which the number or names are not known."""
    starred = any(isinstance(a, gast.Starred) for a in node.args)
    return starred or any(k.arg is None for k in node.keywords)

"""Calls that change their arguments, written out as stores."""

from __future__ import annotations

import copy
import inspect
from typing import Any

import gast
import numpy as np

from srcad import runtime as rt
from srcad.analysis.kinds import Kind, is_scalar
from srcad.analysis.results.calls import ARRAY_METHODS
from srcad.derive.build import builtin, call, constant, name
from srcad.derive.lower_outputs import OutputLowering, has_clip_options
from srcad.frontend.statics import refer
from srcad.lang.walking import nodes_in
from srcad.rules import registry

__all__ = ["CallLowering"]

_SIGNATURES: dict[Any, str] = {
    np.copyto: "dst, src, casting='same_kind', where=True",
    np.put: "a, ind, v, mode='raise'",
    np.place: "arr, mask, vals",
    np.putmask: "a, mask, values",
    np.put_along_axis: "arr, indices, values, axis=-1",
    np.fill_diagonal: "a, val, wrap=False",
}
_METHODS: dict[str, str] = {
    "fill": "self, value",
    "put": "self, indices, values, mode='raise'",
    "sort": "self, axis=-1, kind=None, order=None, *, stable=None",
    "partition": "self, kth, axis=-1, kind='introselect', order=None",
}
_UPDATES: dict[str, Any] = {
    "__iadd__": gast.Add, "__isub__": gast.Sub, "__imul__": gast.Mult, "__itruediv__": gast.Div, "__ipow__": gast.Pow,
}  # fmt: skip
_WITH_METHODS: dict[Any, str] = {list: "list", dict: "dict", np.ndarray: "array"}
_UNABLE = {
    "resize": "Make a new array with np.resize.",
    "setflags": "Leave the flags as they are.",
    "setfield": "Store with an index.",
    "byteswap": "Make a new array.",
    "itemset": "Store with an index.",
}


def _bound(signature: str, arguments: list[Any], keywords: list[gast.keyword]) -> dict[str, Any]:
    space: dict[str, Any] = {}
    exec(f"def probe({signature}): pass", space)
    bound = inspect.signature(space["probe"]).bind(*arguments, **{k.arg: k.value for k in keywords})
    return dict(bound.arguments)


_OF_SEQUENCES = frozenset(
    "array asarray asanyarray asarray_chkfinite concatenate concat stack hstack vstack dstack column_stack block select "
    "choose multi_dot require histogramdd split array_split hsplit vsplit dsplit trim_zeros".split()
)


def _takes_dense(function: Any) -> bool:
    """Tell whether a list stands for one array, and not for several, whose shapes may differ."""
    module = getattr(function, "__module__", None) or "numpy"  # ufuncs and their methods name none
    return module.startswith("numpy") and getattr(function, "__name__", "") not in _OF_SEQUENCES


_KEPT_METHODS = {*ARRAY_METHODS, "fill", "sort"}
"""The methods of arrays that can be values."""


class CallLowering(OutputLowering):
    """The part of the lowering that looks at calls; returns None for one that stays a call."""

    def lowered(self, stmt: gast.stmt, target: gast.AST | None, node: gast.AST) -> list[gast.stmt] | None:
        """Return the statements that do what a call does, where it changes memory."""
        if isinstance(node, gast.Attribute):
            return self.kept_method(target, node)
        if not isinstance(node, gast.Call) or any(isinstance(a, gast.Starred) for a in node.args):
            return None
        if any(k.arg is None for k in node.keywords):
            return None
        self.name_ufunc_method(node)
        self.bind_method(stmt, node)
        self.name_clip(node)
        if isinstance(node.func, gast.Attribute):
            return self.lowered_method(stmt, target, node)
        function = self.scope.statics.get(node.func.id)
        written = self.with_clip_options(function, stmt, target, node)
        if written is None:
            written = self.writing(function, stmt, target, node)
        if written is not None:
            return written
        plain = self.with_plain_options(function, stmt, target, node)
        if plain is None:
            plain = self.with_converted(function, stmt, target, node)
        if plain is None:
            plain = self.with_fixed_order(function, stmt, target, node)
        if plain is None:
            plain = self.with_order_of_none(function, stmt, target, node)
        if plain is None:
            plain = self.with_arrays(function, stmt, target, node)
        if plain is not None:
            return plain
        made: list[gast.stmt] | None = None
        if isinstance(getattr(function, "__self__", None), np.ufunc):
            if function.__name__ == "at":
                made = self.ufunc_at(stmt, function.__self__, node.args)
        elif registry.is_key(function) and function in _SIGNATURES:
            bound = _bound(_SIGNATURES[function], node.args, node.keywords)
            made = getattr(self, f"_{function.__name__}")(stmt, **bound)
        elif (function is copy.copy or function is copy.deepcopy) and len(node.args) == 1:
            return self.copied(target, *node.args)
        elif function is setattr and len(node.args) == 3:
            made = self._setattr(stmt, *node.args)
        elif getattr(function, "__name__", "") == "shuffle":
            raise self.refuse(stmt, "np.random.shuffle reorders its argument in place.",
                              "Index with np.random.permutation instead.")  # fmt: skip
        if made is None:
            return None
        return [*made, *self.result(target, constant(None))]

    def with_arrays(
        self, function: Any, stmt: gast.stmt, target: gast.AST | None, node: gast.Call
    ) -> list[gast.stmt] | None:
        """Make arrays of lists of numbers, as the function itself does: rules compute with what they are given."""
        rule = registry.find(function)
        if rule is None or rule.kind != "vjp" or rule.given or target is None or not _takes_dense(function):
            return None
        positional = [p.name for p in rule.parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
        made: list[gast.stmt] = []

        def array(parameter: str, argument: gast.AST) -> gast.AST:
            moves = parameter in rule.wrt and parameter not in rule.shaped
            if not moves or self.kind(argument).name not in ("list", "tuple"):
                return argument
            conversion, converted = self.called(np.asarray, "np.asarray", argument)
            made.append(conversion)
            return converted

        node.args[: len(positional)] = [array(p, a) for p, a in zip(positional, node.args)]
        for keyword in node.keywords:
            keyword.value = array(keyword.arg, keyword.value)
        if not made:
            return None
        return [gast.copy_location(step, stmt) for step in (*made, gast.Assign([target], node, None))]

    def kept_method(self, target: gast.AST | None, node: gast.Attribute) -> list[gast.stmt] | None:
        """Return how a method of an array is read that is kept as a value: what it does is known when it is called."""
        if self.kind(node.value).name not in ("array", "number", "float") or node.attr not in _KEPT_METHODS:
            return None
        read = gast.Call(name(refer(self.scope, getattr, "getattr")), [node.value, constant(node.attr)], [])
        return self.result(target, read)

    def name_ufunc_method(self, node: gast.Call) -> None:
        """Give a method of a ufunc, such as ``np.add.at``, a name of its own."""
        func = node.func
        if isinstance(func, gast.Attribute) and isinstance(func.value, gast.Name):
            ufunc = self.scope.statics.get(func.value.id)
            if isinstance(ufunc, np.ufunc) and hasattr(ufunc, func.attr):
                path = f"{func.value.id}.{func.attr}"
                self.scope.statics.setdefault(path, getattr(ufunc, func.attr))
                node.func = gast.copy_location(name(path), func)

    def name_clip(self, node: gast.Call) -> None:
        """Write the method ``x.clip(0.0, dtype=...)`` as the function, where it has the options of a ufunc."""
        func = node.func
        if not isinstance(func, gast.Attribute) or func.attr != "clip" or not has_clip_options(node):
            return
        if self.kind(func.value).name in ("array", "number", "float"):
            self.scope.statics.setdefault("np.clip", np.clip)
            node.args = [func.value, *node.args]
            node.func = gast.copy_location(name("np.clip"), func)

    def bind_method(self, stmt: gast.stmt, node: gast.Call) -> None:
        """Write ``list.append(items, v)`` as ``items.append(v)``."""
        func = node.func
        base = func.value if isinstance(func, gast.Attribute) else None
        cls = self.scope.statics.get(base.id) if isinstance(base, gast.Name) else None
        if (
            not isinstance(cls, type)
            or cls not in _WITH_METHODS
            or not node.args
            or not callable(vars(cls).get(func.attr))
        ):
            return
        receiver = node.args[0]
        is_known = cls is np.ndarray or self.kind(receiver).name == _WITH_METHODS[cls]
        if isinstance(receiver, gast.Name) and is_known:
            node.func = gast.copy_location(gast.Attribute(receiver, func.attr, gast.Load()), func)
            node.args = node.args[1:]
        elif not func.attr.startswith("__"):
            raise self.refuse(stmt, f"The method '{cls.__name__}.{func.attr}' is called with an object whose class is "
                              "known when the program runs.",
                              f"Call it on the object, or on super() in a class that extends {cls.__name__}.")  # fmt: skip

    def called(self, function: Any, path: str, *arguments: gast.AST) -> tuple[gast.stmt, gast.Name]:
        self.scope.statics.setdefault(path, function)
        return self.keep(call(path, *arguments))

    # -- methods of arrays ------------------------------------------------------------------------

    def lowered_method(
        self, stmt: gast.stmt, target: gast.AST | None, node: gast.Call
    ) -> list[gast.stmt] | None:
        method, base = node.func.attr, node.func.value
        written = self.written_operator(target, node)
        if written is not None:
            return written
        kind = self.kind(base)
        if kind.name == "list" and method == "append" and target is not None:
            return [gast.Expr(node), *self.result(target, constant(None))]
        if kind.name not in ("array", "number"):
            return None
        stored = self.writing(getattr(np.ndarray, method, None), stmt, target, node)
        if stored is not None:
            return stored
        converted = self.with_converted(getattr(np.ndarray, method, None), stmt, target, node)
        if converted is None:
            converted = self.with_fixed_order(getattr(np.ndarray, method, None), stmt, target, node)
        if converted is not None:
            return converted
        if method == "view" and not node.args and not node.keywords and kind.name == "array":
            return self.result(target, gast.Subscript(base, constant(...), gast.Load()))
        if method in _UNABLE:
            raise self.refuse(stmt, f"The method '.{method}' changes an array in a way that has no derivative.",
                              _UNABLE[method])  # fmt: skip
        if method not in _METHODS:
            return None
        bound = _bound(_METHODS[method], [base, *node.args], node.keywords)
        made = getattr(self, f"_method_{method}")(stmt, bound)
        return [*made, *self.result(target, constant(None))]

    def _method_fill(self, stmt: gast.stmt, bound: dict[str, Any]) -> list[gast.stmt]:
        return [self.store(bound["self"], constant(...), bound["value"])]

    def _method_put(self, stmt: gast.stmt, bound: dict[str, Any]) -> list[gast.stmt]:
        mode = bound.get("mode", constant("raise"))
        return self._put(stmt, bound["self"], bound["indices"], bound["values"], mode)

    def _method_sort(self, stmt: gast.stmt, bound: dict[str, Any]) -> list[gast.stmt]:
        axis = bound.get("axis", constant(-1))
        sorting, result = self.called(np.sort, "np.sort", bound["self"], axis)
        return [sorting, self.store(bound["self"], constant(...), result)]

    def _method_partition(self, stmt: gast.stmt, bound: dict[str, Any]) -> list[gast.stmt]:
        axis = bound.get("axis", constant(-1))
        sorting, result = self.called(np.partition, "np.partition", bound["self"], bound["kth"], axis)
        return [sorting, self.store(bound["self"], constant(...), result)]

    def written_operator(self, target: gast.AST | None, node: gast.Call) -> list[gast.stmt] | None:
        """Write ``x.__setitem__(i, v)`` and its like as the statements that they are."""
        method, base, args = node.func.attr, node.func.value, node.args
        if not isinstance(base, gast.Name) or base.id in self.scope.statics or node.keywords:
            return None
        if method in ("__setitem__", "__delitem__") and self.is_super(base.id):
            return None
        if method == "__setitem__" and len(args) == 2:
            return [self.store(base, args[0], args[1]), *self.result(target, constant(None))]
        if method == "__delitem__" and len(args) == 1:
            place = gast.Subscript(base, args[0], gast.Del())
            return [gast.Delete([place]), *self.result(target, constant(None))]
        if method in _UPDATES and len(args) == 1 and self.kind(base).name in ("array", "number", "list"):
            update = gast.AugAssign(gast.Name(base.id, gast.Store(), None, None), _UPDATES[method](), args[0])
            return [update, *self.result(target, base)]
        return None

    def is_super(self, variable: str) -> bool:
        """Tell whether a variable holds what ``super`` gives, whose operators are not those of its methods."""
        for node in nodes_in(self.fn.tree):
            if isinstance(node, gast.Assign) and getattr(node.targets[0], "id", None) == variable:
                if self.scope.statics.get(getattr(getattr(node.value, "func", None), "id", "")) is super:
                    return True
        return False

    # -- functions --------------------------------------------------------------------------------

    def _copyto(
        self, stmt: gast.stmt, dst: Any, src: Any, casting: Any = None, where: Any = None
    ) -> list[gast.stmt]:
        if where is None or isinstance(where, gast.Constant) and where.value is True:
            return [self.store(dst, constant(...), src)]
        choosing, chosen = self.called(np.where, "np.where", where, src, dst)
        return [choosing, self.store(dst, constant(...), chosen)]

    def _put(self, stmt: gast.stmt, a: Any, ind: Any, v: Any, mode: Any = None) -> list[gast.stmt]:
        places, index = self.called(rt.put_index, "rt.put_index", a, ind, mode or constant("raise"))
        sizing, size = self.called(np.size, "np.size", ind)
        fitting, values = self.called(np.resize, "np.resize", v, size)
        return [places, sizing, fitting, self.store(a, index, values)]

    def _place(self, stmt: gast.stmt, arr: Any, mask: Any, vals: Any) -> list[gast.stmt]:
        places, index = self.called(np.nonzero, "np.nonzero", mask)
        counting, count = self.called(np.count_nonzero, "np.count_nonzero", mask)
        fitting, values = self.called(np.resize, "np.resize", vals, count)
        return [places, counting, fitting, self.store(arr, index, values)]

    def _putmask(self, stmt: gast.stmt, a: Any, mask: Any, values: Any) -> list[gast.stmt]:
        sizing, shape = self.called(np.shape, "np.shape", a)
        fitting, resized = self.called(np.resize, "np.resize", values, shape)
        choosing, chosen = self.called(np.where, "np.where", mask, resized, a)
        return [sizing, fitting, choosing, self.store(a, constant(...), chosen)]

    def _put_along_axis(
        self, stmt: gast.stmt, arr: Any, indices: Any, values: Any, axis: Any = None
    ) -> list[gast.stmt]:
        places, index = self.called(
            rt.along_axis_index, "rt.along_axis_index", arr, indices, axis or constant(-1)
        )
        return [places, self.store(arr, index, values)]

    def _fill_diagonal(self, stmt: gast.stmt, a: Any, val: Any, wrap: Any = None) -> list[gast.stmt]:
        places, index = self.called(rt.diagonal_index, "rt.diagonal_index", a, wrap or constant(False))
        taking, first = self.keep(gast.Subscript(index, constant(0), gast.Load()))
        sizing, size = self.called(np.size, "np.size", first)
        fitting, values = self.called(np.resize, "np.resize", val, size)
        return [places, taking, sizing, fitting, self.store(a, index, values)]

    def _setattr(self, stmt: gast.stmt, base: Any, attribute: Any, value: Any) -> list[gast.stmt] | None:
        if not isinstance(attribute, gast.Constant):
            return None
        return [gast.Assign([gast.Attribute(base, attribute.value, gast.Store())], value, None)]

    def copied(self, target: gast.AST | None, value: gast.AST) -> list[gast.stmt] | None:
        """Write the copy of an array as NumPy's, and that of a number as the number."""
        if self.kind(value).name == "array":
            return self.result(target, call(refer(self.scope, np.copy, "np.copy"), value))
        return self.result(target, value) if is_scalar(self.kind(value)) else None

    def ufunc_at(self, stmt: gast.stmt, ufunc: Any, arguments: list[Any]) -> list[gast.stmt] | None:
        """Keep additions, subtract by adding the opposite, and run other operations one index at a time."""
        if ufunc is np.add:
            return None
        base, index, *rest = arguments
        if ufunc is np.subtract and self.has_opposite(rest[0]):
            negating, negative = self.keep(gast.UnaryOp(gast.USub(), rest[0]))
            self.scope.statics.setdefault("np.add.at", np.add.at)
            return [negating, gast.Expr(call("np.add.at", base, index, negative))]
        return self.one_place_at_a_time(stmt, ufunc, base, index, rest)

    def has_opposite(self, value: Any) -> bool:
        """Tell whether ``-value`` surely is what takes a value away: lists and flags have none, and small naturals wrap."""
        kind = self.kind(value)
        return kind.name == "float" or kind.dtype in ("float64", "float", "double", "complex", "int")

    def one_place_at_a_time(
        self, stmt: gast.stmt, ufunc: Any, base: Any, index: Any, rest: list[Any]
    ) -> list[gast.stmt]:
        """Write ``ufunc.at`` as a loop over the places."""
        places, all_places = self.called(rt.places, "rt.places", base, index)
        path = f"np.{ufunc.__name__}"
        self.scope.statics.setdefault(path, ufunc)
        before: list[gast.stmt] = [places]
        values = []
        counter = self.scope.fresh("k")
        self.kinds[counter] = Kind("int")
        if rest:
            shaping, shape = self.called(rt.selected_shape, "rt.selected_shape", base, index)
            spreading, whole = self.called(np.broadcast_to, "np.broadcast_to", rest[0], shape)
            before += [shaping, spreading]
            if not is_scalar(self.kind(rest[0])):  # NumPy reads all values before it stores
                copying, whole = self.called(np.copy, "np.copy", whole)
                before.append(copying)
            flattening, spread = self.called(np.ravel, "np.ravel", whole)
            before.append(flattening)
            picking, one = self.keep(gast.Subscript(spread, name(counter), gast.Load()))
            values = [picking]
            rest = [one]
        counting, count = self.called(len, "len", all_places)
        finding, place = self.keep(gast.Subscript(all_places, name(counter), gast.Load()))
        self.kinds[place.id] = Kind("tuple", items=None)
        loading, old = self.keep(gast.Subscript(base, place, gast.Load()))
        changing, new = self.keep(call(path, old, *rest))
        body = [finding, *values, loading, changing, self.store(base, place, new)]
        loop = gast.For(
            gast.Name(counter, gast.Store(), None, None),
            call(builtin(self.scope, range), count),
            body,
            [],
            None,
        )
        made = [*before, counting, loop]
        for node in made:
            for inner in nodes_in(node):
                if isinstance(inner, gast.stmt):
                    gast.copy_location(inner, stmt)
        return made

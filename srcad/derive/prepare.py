"""Rewrite a function in normal form so that each statement has one adjoint.

Three things are made explicit: the old and the new value of ``s = s + x``, the number of trips of a
loop that may end early, and the bounds of a range that the loop's body overwrites.  In-place updates
of what only one name can reach become ordinary assignments.
"""

from __future__ import annotations

import types
from collections.abc import Callable

import gast

from srcad.analysis.aliases import Aliases
from srcad.analysis.infer import Kinds, kind_of_operation
from srcad.analysis.kinds import is_scalar
from srcad.derive.build import assign, call, constant, name, read_names, written_names
from srcad.errors import UnsupportedError
from srcad.lang.function import Function, Nested
from srcad.rules import registry

__all__ = ["prepare"]


def prepare(fn: Function, kinds: Kinds, aliases: Aliases) -> Function:
    """Return ``fn`` with old and new values apart and trips counted."""
    return fn.with_body(_Preparer(fn, kinds, aliases).block(fn.tree.body))


class _Preparer:
    def __init__(self, fn: Function, kinds: Kinds, aliases: Aliases) -> None:
        self.fn, self.kinds, self.aliases = fn, kinds, aliases
        self.scope = fn.scope

    def block(self, body: list[gast.stmt]) -> list[gast.stmt]:
        out: list[gast.stmt] = []
        self.check_iteration(body)
        for stmt in body:
            for new in self.statement(stmt):
                out.append(gast.copy_location(new, stmt))
        return out

    def statement(self, stmt: gast.stmt) -> list[gast.stmt]:
        if isinstance(stmt, gast.If):
            return [gast.If(stmt.test, self.block(stmt.body), self.block(stmt.orelse))]
        if isinstance(stmt, (gast.For, gast.While)):
            return self.loop(stmt)
        if isinstance(stmt, gast.With):
            return [gast.With(stmt.items, self.block(stmt.body), None)]
        if isinstance(stmt, gast.Try):
            return [gast.Try(self.block(stmt.body), [], [], self.block(stmt.finalbody))]
        if isinstance(stmt, gast.AugAssign):
            if isinstance(stmt.target, gast.Subscript):
                return self.augmented_item(stmt)
            stmt = self.augmented(stmt)
        if isinstance(stmt, gast.Assign):
            stmt = _dict_display(stmt)
            self.check_store(stmt)
            self.check_call(stmt)
            return [*self.packed(stmt), *self.separate(stmt)]
        if isinstance(stmt, gast.Delete):
            raise self.refuse(
                stmt, "'del' of an item is not differentiated yet.", "Build a new container instead."
            )
        if isinstance(stmt, gast.Expr) and isinstance(stmt.value, gast.Call):
            self.check_effect(stmt)
        return [stmt]

    def check_iteration(self, body: list[gast.stmt]) -> None:
        """Refuse a loop that changes the list which it iterates over."""
        iterated: dict[str, str] = {}
        for stmt in body:
            value = getattr(stmt, "value", None)
            if (
                isinstance(stmt, gast.Assign)
                and isinstance(value, gast.Call)
                and isinstance(value.func, gast.Name)
            ):
                if value.func.id == "rt.sequence" and isinstance(value.args[0], gast.Name):
                    iterated[value.args[0].id] = stmt.targets[0].id
            if not isinstance(stmt, (gast.For, gast.While)):
                continue
            reads = {n.id for n in gast.walk(stmt) if isinstance(n, gast.Name)}
            for node in gast.walk(stmt):
                changed = set(written_names(node)) & set(iterated) if isinstance(node, gast.Expr) else set()
                for base in changed:
                    if iterated[base] in reads:
                        raise self.refuse(node, f"The list '{base}' is changed while a loop runs over it.",
                                          "Loop over a copy: 'for item in list(...)'.")  # fmt: skip

    def refuse(self, stmt: gast.stmt, reason: str, hint: str) -> UnsupportedError:
        return UnsupportedError(reason, hint, self.fn.source.locate(stmt))

    def augmented(self, stmt: gast.AugAssign) -> gast.stmt:
        """Turn an update of a scalar, or of an array that nothing else can reach, into an assignment."""
        target = stmt.target
        if not isinstance(target, gast.Name):
            raise self.refuse(stmt, "An update of an item or attribute in place is not differentiated yet.",
                              "Write a new array, or collect the values in a list and use np.stack.")  # fmt: skip
        kind = self.kinds[target.id]
        if not is_scalar(kind) and kind.name != "str" and not self.aliases.is_alone(target.id):
            operator = "+="
            raise self.refuse(stmt, f"'{target.id} {operator} ...' changes in place an array that another name may share.",
                              f"Write '{target.id} = {target.id} + ...'.")  # fmt: skip
        value = gast.BinOp(name(target.id), stmt.op, stmt.value)
        return gast.copy_location(assign(target.id, value), stmt)

    def augmented_item(self, stmt: gast.AugAssign) -> list[gast.stmt]:
        """Turn ``x[i] += v`` into a load, an operation and a store."""
        old, new = self.scope.fresh("t"), self.scope.fresh("t")
        load = gast.Subscript(stmt.target.value, stmt.target.slice, gast.Load())
        base = gast.Name(stmt.target.value.id, gast.Load(), None, None)
        load.value = base
        store = gast.Assign([stmt.target], name(new), None)
        steps = [assign(old, load), assign(new, gast.BinOp(name(old), stmt.op, stmt.value)), store]
        for step in steps:
            gast.copy_location(step, stmt)
        self.check_store(store)
        self.kinds[old] = kind_of_operation(load, self.kinds, self.fn)
        self.kinds[new] = kind_of_operation(steps[1].value, self.kinds, self.fn)
        return steps

    def check_store(self, stmt: gast.Assign) -> None:
        target = stmt.targets[0]
        if isinstance(target, gast.Attribute):
            raise self.refuse(stmt, "A change of an object's attribute is not differentiated yet.",
                              "Return the new value instead.")  # fmt: skip
        if isinstance(target, gast.Subscript) and not self.aliases.is_alone(target.value.id):
            raise self.refuse(stmt, f"'{target.value.id}' is changed in place, and another name may share its memory.",
                              "Work on a copy made in this function, or build a new value.")  # fmt: skip

    def check_effect(self, stmt: gast.Expr) -> None:
        func = stmt.value.func
        if any(k.arg == "out" for k in stmt.value.keywords):
            raise self.refuse(stmt, "The argument 'out' of a call is changed in place, which is not differentiated "
                              "yet.", "Assign the result instead.")  # fmt: skip
        if isinstance(func, gast.Attribute) and func.attr in _CHANGING:
            raise self.refuse(stmt, f"'.{func.attr}' changes its argument in place, which is not differentiated yet.",
                              "Build a new value instead.")  # fmt: skip
        if isinstance(func, gast.Name) and func.id in self.scope.statics:
            function = self.scope.statics[func.id]
            if func.id.split(".")[-1] in _CHANGING:
                raise self.refuse(stmt, f"'{func.id}' changes its argument in place, which is not differentiated yet.",
                                  "Build a new value instead.")  # fmt: skip
            known = registry.find(function) is not None or registry.is_constant(function)
            if (
                not known
                and not isinstance(function, (types.FunctionType, type, Nested))
                or func.id.startswith("rt.")
            ):
                raise self.refuse(stmt, f"The call of '{func.id}' may change its arguments, and neither its source "
                                  "nor a rule is known.", "Write it in Python, or use its result.")  # fmt: skip
        if not isinstance(func, gast.Attribute) or not isinstance(func.value, gast.Name):
            return
        base = func.value.id
        kind = kind_of_operation(func.value, self.kinds, self.fn)
        if func.attr == "append" and kind.name == "list":
            if not self.aliases.is_alone(base) and not self.grows_before_it_is_shared(base):
                raise self.refuse(stmt, f"The list '{base}' is changed, and another name may share it.",
                                  "Build a list that only one name refers to.")  # fmt: skip
        elif func.attr in _MUTATORS and kind.name in ("list", "dict", "array", "number", "any"):
            raise self.refuse(stmt, f"'{base}.{func.attr}(...)' changes an object in place, which is not "
                              "differentiated yet.", "Build a new value instead.")  # fmt: skip

    def check_call(self, stmt: gast.Assign) -> None:
        """Refuse what would be changed by a call, and functions without source or rule."""
        value = stmt.value
        if not isinstance(value, gast.Call):
            return
        if any(k.arg == "out" for k in value.keywords):
            raise self.refuse(stmt, "The argument 'out' of a call is changed in place, which is not differentiated "
                              "yet.", "Assign the result instead.")  # fmt: skip
        if isinstance(value.func, gast.Attribute) and value.func.attr in _MUTATORS - {"append"}:
            kind = kind_of_operation(value.func.value, self.kinds, self.fn)
            if kind.name in ("list", "dict", "array", "number"):
                raise self.refuse(stmt, f"'.{value.func.attr}(...)' changes an object in place, which is not "
                                  "differentiated yet.", "Build a new value instead.")  # fmt: skip
            if (
                isinstance(value.func.value, gast.Name)
                and self.scope.statics.get(value.func.value.id) is not None
            ):
                raise self.refuse(stmt, "This call changes its argument in place, which is not differentiated yet.",
                                  "Build a new value instead.")  # fmt: skip
        if isinstance(value.func, gast.Name) and value.func.id.split(".")[-1] in _CHANGING:
            raise self.refuse(stmt, f"'{value.func.id}' changes its argument in place, which is not differentiated "
                              "yet.", "Build a new value instead.")  # fmt: skip

    def packed(self, stmt: gast.Assign) -> list[gast.stmt]:
        """Make one argument of the several of ``x.reshape(2, 3)``."""
        call_ = stmt.value
        if (
            not isinstance(call_, gast.Call)
            or not isinstance(call_.func, gast.Attribute)
            or len(call_.args) < 2
        ):
            return []
        if call_.func.attr not in ("reshape", "transpose") or any(
            isinstance(a, gast.Starred) for a in call_.args
        ):
            return []
        shape = self.scope.fresh("shape")
        display = gast.Tuple(list(call_.args), gast.Load())
        self.kinds[shape] = kind_of_operation(display, self.kinds, self.fn)
        call_.args = [name(shape)]
        return [assign(shape, display)]

    def grows_before_it_is_shared(self, base: str) -> bool:
        """Tell whether a list that is made once grows only until something else refers to it."""
        root = self.aliases.find(base)
        if any(v != base and self.aliases.find(v) == root for v in self.aliases.parent):
            return False
        blocks = [
            node.body for node in gast.walk(self.fn.tree) if isinstance(getattr(node, "body", None), list)
        ]
        blocks += [node.orelse for node in gast.walk(self.fn.tree) if getattr(node, "orelse", None)]
        homes = [(b, i) for b in blocks for i, s in enumerate(b) if _makes_list(s, base)]
        if len(homes) != 1 or base in {a.id for a in self.fn.tree.args.args}:
            return False
        block, position = homes[0]
        shared = False
        seen = 0
        for stmt in block[position + 1 :]:
            grows = _count(stmt, base, _grows)
            if grows and (shared or _count(stmt, base, _shares)):
                return False
            seen += grows
            shared = shared or bool(_count(stmt, base, _shares))
        return seen == _count(self.fn.tree, base, _grows)

    def separate(self, stmt: gast.Assign) -> list[gast.stmt]:
        target = stmt.targets[0]
        written = written_names(stmt) if isinstance(target, (gast.Name, gast.Tuple)) else []
        if not set(written) & set(read_names(stmt.value)):
            return [stmt]
        if isinstance(stmt.value, gast.Call) and isinstance(stmt.value.func, gast.Attribute):
            if stmt.value.func.attr == "pop":
                return [stmt]
        fresh = self.scope.fresh("t")
        kind = kind_of_operation(stmt.value, self.kinds, self.fn)
        self.kinds[fresh] = kind
        return [gast.Assign([name_store(fresh)], stmt.value, None), gast.Assign([target], name(fresh), None)]

    def loop(self, stmt: gast.For | gast.While) -> list[gast.stmt]:
        body = self.block(stmt.body)
        before: list[gast.stmt] = []
        writes = set()
        for part in body:
            for node in gast.walk(part):
                if isinstance(node, (gast.Assign, gast.AugAssign, gast.For)):
                    writes |= set(written_names(node))
        iterations: gast.AST
        if isinstance(stmt, gast.For):
            bounds = []
            for argument in stmt.iter.args:
                if isinstance(argument, gast.Name) and argument.id in writes | {stmt.target.id}:
                    kept = self.scope.fresh(argument.id + "_bound")
                    self.kinds[kept] = self.kinds[argument.id]
                    before.append(assign(kept, argument))
                    argument = name(kept)
                bounds.append(argument)
            iterations = call("range", *bounds)
        if isinstance(stmt, gast.While) or _breaks(stmt.body):
            trips = self.scope.fresh("trips")
            self.kinds[trips] = kind_of_operation(constant(0), self.kinds, self.fn)
            before.append(assign(trips, constant(0)))
            body.insert(0, assign(trips, gast.BinOp(name(trips), gast.Add(), constant(1))))
            gast.copy_location(body[0], stmt)
            stmt = gast.copy_location(
                _remake(stmt, body, iterations if isinstance(stmt, gast.For) else None), stmt
            )
            stmt.trips = trips
            return [*before, stmt]
        return [*before, _remake(stmt, body, iterations)]


def _remake(stmt: gast.stmt, body: list[gast.stmt], iterations: gast.AST | None) -> gast.stmt:
    if isinstance(stmt, gast.While):
        return gast.While(stmt.test, body, [])
    return gast.For(stmt.target, iterations, body, [], None)


def name_store(identifier: str) -> gast.Name:
    """Return a name to be assigned."""
    return gast.Name(identifier, gast.Store(), None, None)


def _breaks(body: list[gast.stmt]) -> bool:
    """Tell whether a loop with this body may be left by its own ``break``."""
    for stmt in body:
        if isinstance(stmt, gast.Break):
            return True
        if isinstance(stmt, (gast.For, gast.While)):
            continue
        for part in ("body", "orelse", "finalbody"):
            if _breaks(getattr(stmt, part, []) or []):
                return True
    return False


_MUTATORS = {"append", "extend", "insert", "remove", "clear", "update", "setdefault", "sort", "reverse", "fill",
             "resize", "put", "itemset", "partition", "add", "discard", "popitem", "__setitem__"}  # fmt: skip


def _dict_display(stmt: gast.Assign) -> gast.Assign:
    """Turn ``d = dict(a=x)`` into ``d = {"a": x}``."""
    value = stmt.value
    is_dict = isinstance(value, gast.Call) and isinstance(value.func, gast.Name) and value.func.id == "dict"
    if not is_dict or value.args or any(k.arg is None for k in value.keywords):
        return stmt
    display = gast.Dict([constant(k.arg) for k in value.keywords], [k.value for k in value.keywords])
    return gast.copy_location(gast.Assign(stmt.targets, display, None), stmt)


def _makes_list(stmt: gast.stmt, base: str) -> bool:
    target = stmt.targets[0] if isinstance(stmt, gast.Assign) else None
    return isinstance(target, gast.Name) and target.id == base and isinstance(stmt.value, gast.List)


def _count(node: gast.AST, base: str, predicate: Callable[[gast.AST, str], bool]) -> int:
    return sum(predicate(part, base) for part in gast.walk(node))


def _grows(node: gast.AST, base: str) -> bool:
    return isinstance(node, (gast.Expr, gast.Assign)) and _is_method_of(node.value, base)


def _is_method_of(node: gast.AST, base: str) -> bool:
    func = getattr(node, "func", None)
    return isinstance(func, gast.Attribute) and isinstance(func.value, gast.Name) and func.value.id == base


def _shares(node: gast.AST, base: str) -> bool:
    """Tell whether a statement hands the list itself on."""
    if not isinstance(node, (gast.Assign, gast.Expr, gast.Return, gast.AugAssign)):
        return False
    value = node.value
    if isinstance(value, gast.Call):
        return any(isinstance(n, gast.Name) and n.id == base for a in value.args for n in gast.walk(a))
    if isinstance(value, gast.Subscript):
        return False
    return any(isinstance(n, gast.Name) and n.id == base for n in gast.walk(value))


_CHANGING = {
    "at",
    "copyto",
    "put",
    "place",
    "putmask",
    "fill_diagonal",
    "put_along_axis",
    "shuffle",
    "setattr",
}

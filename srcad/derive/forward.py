"""Forward mode: each statement is followed by the statement that computes the tangent of its result.

Before::

    y = np.sin(x)
    out[0] = y * w

After, for tangents with respect to ``x``::

    y = np.sin(x)
    dy = dx * np.cos(x)
    t = y * w
    dt = dy * w
    out[0] = t
    dout[0] = dt

What is changed in place has a tangent that is changed in the same place; so nothing has to be saved or undone, and the
control flow stays what it was (Griewank and Walther, Evaluating Derivatives, 2008, section 3.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gast

from srcad import runtime as rt
from srcad.analysis.kinds import holds_attribute, is_scalar, spreads_list
from srcad.analysis.kinds_of_operations import Kinds
from srcad.analysis.memory import Memory
from srcad.derive.build import assign, constant, name, unpack
from srcad.derive.forward_calls import Calls
from srcad.derive.forward_operations import Program
from srcad.lang.function import Function
from srcad.lang.tree import BINARY_OPERATORS, UNARY_OPERATORS
from srcad.lang.walking import fill_places, nodes_in

__all__ = ["forward"]


def forward(
    fn: Function, kinds: Kinds, varied: set[str], memory: Memory, wanted: Sequence[str], names: Sequence[str]
) -> tuple[Function, dict[str, str]]:
    """Return the function that computes ``(value, tangent)``, and the variable that each tangent belongs to.

    Parameters
    ----------
    fn : Function
        In NORMAL form, with in-place updates lowered to stores.
    kinds, varied, memory
        What the analyses found.
    wanted : sequence of str
        The parameters that come with a tangent.
    names : sequence of str
        All parameters, in order.

    Returns
    -------
    Function
        Its parameters are ``names`` and then the tangents of ``wanted``.
    """
    program = Program(fn, kinds, varied | set(wanted), memory)
    given = [program.tangent_name(parameter) for parameter in wanted]
    before: list[gast.stmt] = []
    for parameter in names:
        if parameter in program.varied and parameter not in wanted:
            maker = Calls(program, fn.tree)
            before += maker.bind_tangent(parameter, maker.zero_of(name(parameter)))
    *body, last = fn.tree.body
    trips = {loop.trips for loop in nodes_in(fn.tree) if hasattr(loop, "trips")}
    out = [*before, *_Sweep(program, trips).block(body)]
    ending = Calls(program, last)
    pair = gast.Tuple([last.value, ending.tangent(last.value)], gast.Load())
    out += [*ending.fl.statements, gast.Return(pair)]
    parameters = [gast.Name(n, gast.Param(), None, None) for n in (*names, *given)]
    arguments = gast.arguments(parameters, [], None, [], [], None, [])
    tree = gast.FunctionDef(fn.scope.title(f"{fn.tree.name}_jvp"), arguments, out, [], None, None, [])
    derived = Function(fill_places(gast.copy_location(tree, fn.tree)), fn.scope, fn.source)
    return derived, {tangent: variable for variable, tangent in program.tangents.items()}


class _Sweep:
    """Walks over the statements."""

    def __init__(self, program: Program, trips: set[str]) -> None:
        self.program, self.trips = program, trips

    def block(self, body: list[gast.stmt]) -> list[gast.stmt]:
        """Return the statements with their tangents."""
        out: list[gast.stmt] = []
        for stmt in body:
            for new in self.statement(stmt):
                out.append(gast.copy_location(new, stmt))
        return out

    def statement(self, stmt: gast.stmt) -> list[gast.stmt]:
        """Return a statement and its tangent."""
        if isinstance(stmt, (gast.If, gast.For, gast.While, gast.With, gast.Try, gast.ExceptHandler)):
            return [self.compound(stmt)]
        if isinstance(stmt, gast.Assign):
            target = stmt.targets[0]
            if isinstance(target, gast.Name) and target.id in self.trips:
                return []
            return _Statement(self.program, stmt).assignment(target, stmt.value)
        if isinstance(stmt, gast.AugAssign):
            return _Statement(self.program, stmt).augmented(stmt)
        if isinstance(stmt, gast.Expr) and isinstance(stmt.value, gast.Call):
            return _Statement(self.program, stmt).call(None, stmt.value)
        if isinstance(stmt, gast.Delete):
            return _Statement(self.program, stmt).deletion(stmt)
        return [stmt]

    def entered(self, stmt: gast.With) -> list[gast.stmt]:
        """Return the tangent of what a context manager gives."""
        item = stmt.items[0]
        if item.optional_vars is None or item.optional_vars.id not in self.program.varied:
            return []
        maker = Calls(self.program, stmt)
        if self.program.is_varied(item.context_expr):
            raise maker.refuse("A context manager that holds values with a derivative gives one of them.",
                               "Call a method of the object inside the block instead.")  # fmt: skip
        variable = name(item.optional_vars.id)
        return [gast.copy_location(s, stmt) for s in maker.bind_tangent(variable.id, maker.zero_of(variable))]

    def compound(self, stmt: Any) -> Any:
        """Return a compound statement with tangents inside."""
        fields = dict(gast.iter_fields(stmt))
        if isinstance(stmt, gast.With):
            fields["body"] = [*self.entered(stmt), *self.block(stmt.body)]
            return gast.With(**fields)
        for part in ("body", "orelse", "finalbody"):
            if fields.get(part):
                fields[part] = self.block(fields[part]) or [gast.Pass()]
        if fields.get("handlers"):
            fields["handlers"] = [self.compound(handler) for handler in fields["handlers"]]
        return type(stmt)(**fields)


class _Statement(Calls):
    """One simple statement."""

    def assignment(self, target: gast.AST, value: gast.AST) -> list[gast.stmt]:
        """Return ``target = value`` and its tangent."""
        if isinstance(target, gast.Tuple):
            return self.unpacking(target, value)
        if isinstance(target, gast.Name):
            if isinstance(value, gast.Call):
                return self.call(target.id, value)
            special = self.dispatched(target.id, value)
            if special is not None:
                return special
            tangents = []
            if target.id in self.program.varied:
                tangents = self.bind_tangent(target.id, self.of(value, name(target.id)))
            return [self.stmt, *tangents]
        return self.store(target, value)

    def dispatched(self, target: str, value: gast.AST) -> list[gast.stmt] | None:
        """Return an operation whose meaning an object's class decides."""
        if not any(self.is_varied(n) for n in nodes_in(value)):
            return None
        if isinstance(value, gast.Attribute) and self.kind(value.value).name in _BY_CLASS:
            if self.is_plain_field(value):
                return None
            return self.operator(target, "getattr", value.value, constant(value.attr))
        if isinstance(value, gast.Subscript) and self.kind(value.value).name in _BY_CLASS:
            return self.operator(target, "getitem", value.value, self.fl.index_value(value.slice))
        if isinstance(value, gast.UnaryOp) and type(value.op) in UNARY_OPERATORS:
            if self.kind(value.operand).name in _BY_CLASS:
                return self.operator(target, UNARY_OPERATORS[type(value.op)], value.operand)
        if isinstance(value, gast.BinOp) and type(value.op) in BINARY_OPERATORS:
            kinds = self.kind(value.left), self.kind(value.right)
            if {kind.name for kind in kinds} & set(_BY_CLASS) or spreads_list(*kinds):
                return self.operator(target, BINARY_OPERATORS[type(value.op)], value.left, value.right)
        return None

    def is_plain_field(self, node: gast.Attribute) -> bool:
        """Tell whether an attribute is surely stored in the object."""
        return holds_attribute(self.kind(node.value), node.attr)

    def operator(self, target: str | None, title: str, *operands: gast.AST) -> list[gast.stmt]:
        """Return an operator whose meaning is known when it runs."""
        path = f"rt.operators.{title}"
        self.scope.statics.setdefault(path, getattr(rt.operators, title))
        return self.dynamic(target, gast.Call(name(path), list(operands), []))

    def unpacking(self, target: gast.Tuple, value: gast.AST) -> list[gast.stmt]:
        """Return ``a, b = value`` and ``da, db = dvalue``."""
        names = [element.id for element in target.elts]
        varied = [n for n in names if n in self.program.varied]
        if not varied:
            return [self.stmt]
        if not self.is_varied(value):
            out: list[gast.stmt] = [self.stmt]
            for n in varied:
                out.append(assign(self.program.tangent_name(n), self.zero_of(name(n))))
            return out
        images = [self.program.tangent_name(n) if n in varied else self.scope.fresh("t") for n in names]
        return [self.stmt, unpack(images, self.tangent(value))]

    def store(self, target: Any, value: gast.AST) -> list[gast.stmt]:
        """Return a store into memory and the same store into the tangent's."""
        if not self.is_varied(target.value):
            return [self.stmt]
        by_class = self.kind(target.value).name in _BY_CLASS
        if isinstance(target, gast.Attribute):
            if not self.is_plain_field(target):
                return self.operator(None, "setattr", target.value, constant(target.attr), value)
            place: gast.AST = gast.Attribute(self.tangent(target.value), target.attr, gast.Store())
        elif by_class:
            return self.operator(None, "setitem", target.value, self.fl.index_value(target.slice), value)
        else:
            place = gast.Subscript(self.tangent(target.value), target.slice, gast.Store())
        image = self.tangent(value)
        return [self.stmt, *self.fl.statements, gast.Assign([place], image, None)]

    def deletion(self, stmt: gast.Delete) -> list[gast.stmt]:
        """Return a deletion and that of the tangent."""
        target = stmt.targets[0]
        base = target if isinstance(target, gast.Name) else target.value
        if not self.is_varied(gast.Name(base.id, gast.Load(), None, None)):
            return [stmt]
        image: gast.AST = gast.Name(self.program.tangent_name(base.id), gast.Del(), None, None)
        if isinstance(target, gast.Subscript):
            if self.kind(base).name in _BY_CLASS:
                return self.operator(None, "delitem", base, self.fl.index_value(target.slice))
            image = gast.Subscript(name(self.program.tangent_name(base.id)), target.slice, gast.Del())
        elif isinstance(target, gast.Attribute):
            return self.operator(None, "delattr", base, constant(target.attr))
        return [stmt, gast.Delete([image])]

    # -- updates in place -------------------------------------------------------------------------

    def augmented(self, stmt: gast.AugAssign) -> list[gast.stmt]:
        """Return ``x op= v`` and its tangent, which is computed from the old values."""
        target = stmt.target
        base = target if isinstance(target, gast.Name) else target.value
        if base.id not in self.program.varied:
            return [stmt]
        if isinstance(target, gast.Name) and self.kind(name(base.id)).name in _BY_CLASS:
            if type(stmt.op) in BINARY_OPERATORS:
                return self.operator(
                    base.id, "i" + BINARY_OPERATORS[type(stmt.op)].rstrip("_"), name(base.id), stmt.value
                )
        image = _replace_base(target, self.program.tangent_name(base.id))
        old = _replace_base(target, base.id, gast.Load())
        value = stmt.value
        if isinstance(stmt.op, (gast.Add, gast.Sub)):
            if not self.is_varied(value) and self.keeps_shape(target, value):
                return [stmt]
            tangent = self.tangent(value)
            return [*self.fl.statements, gast.AugAssign(image, stmt.op, tangent), stmt]
        numeric = self.kind(name(base.id)).name in ("array", "number", "float")
        if isinstance(stmt.op, (gast.Mult, gast.Div)) and numeric:
            return [*self.scaled(stmt, image, old), stmt]
        return self.replaced_in_place(stmt, old)

    def keeps_shape(self, target: gast.AST, value: gast.AST) -> bool:
        """Tell whether ``target += value`` surely leaves the shape (and the items of a list) as they are."""
        kind = self.kind(_replace_base(target, _base_of(target), gast.Load()))
        return kind.name == "array" or isinstance(target, gast.Subscript) or is_scalar(self.kind(value))

    def scaled(self, stmt: gast.AugAssign, image: Any, old: Any) -> list[gast.stmt]:
        """Return the tangent of ``x *= v`` or ``x /= v``, in place."""
        value = stmt.value
        added: gast.AST | None = None
        if self.is_varied(value) and isinstance(stmt.op, gast.Mult):
            added = self.fl.atom(gast.BinOp(self.fl.atom(old), gast.Mult(), self.tangent(value)))
        elif self.is_varied(value):
            ratio = self.fl.atom(gast.BinOp(self.fl.atom(old), gast.Div(), value))
            added = self.fl.atom(gast.BinOp(ratio, gast.Mult(), self.tangent(value)))
        updates: list[gast.stmt] = [gast.AugAssign(image, gast.Mult(), value)]
        if isinstance(stmt.op, gast.Div):
            updates = [gast.AugAssign(image, gast.Div(), value)]
            if added is not None:
                updates.insert(0, gast.AugAssign(image, gast.Sub(), added))
        elif added is not None:
            updates.append(gast.AugAssign(image, gast.Add(), added))
        return [*self.fl.statements, *updates]

    def replaced_in_place(self, stmt: gast.AugAssign, old: gast.AST) -> list[gast.stmt]:
        """Return any other update of a name: the new tangent is written over the old one where the value was."""
        variable = stmt.target.id
        before, after = self.scope.fresh("t"), self.scope.fresh("t")
        image = self.program.tangent_name(variable)
        tangent = self.fl.atom(self.of(gast.BinOp(old, stmt.op, stmt.value), name(after)))
        same = self.scope.fresh("t")
        written = self.runtime(rt.replace_tangent, "replace_tangent", name(image), tangent, name(same))
        return [
            assign(before, old),
            assign(after, gast.BinOp(old, stmt.op, stmt.value)),
            *self.fl.statements,
            stmt,
            assign(same, gast.Compare(name(variable), [gast.Is()], [name(before)])),
            assign(image, written),
        ]


_BY_CLASS = ("any", "object")


def _base_of(target: Any) -> str:
    base = target if isinstance(target, gast.Name) else target.value
    return str(base.id)


def _replace_base(target: Any, variable: str, context: Any = None) -> Any:
    """Return the target of an update on another variable."""
    context = context or gast.Store()
    if isinstance(target, gast.Name):
        return gast.Name(variable, context, None, None)
    if isinstance(target, gast.Subscript):
        return gast.Subscript(name(variable), target.slice, context)
    return gast.Attribute(name(variable), target.attr, context)

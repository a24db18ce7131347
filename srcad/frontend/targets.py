"""A-normal form of assignments: each target is a name, an element or an attribute.

Before::

    a, (b, *c) = x[i], y

After::

    a = x[i]
    t = list(y)
    b = t[0]
    c = t[1:]

>>> from srcad.frontend.stages import after
>>> text = "def f(a, b, x):\\n    a, b = b, a + b\\n    x[a + b] += a"
>>> print(after("to_anf", text))
def f(a, b, x):
    t = a + b
    a = b
    b = t
    t1 = a + b
    x[t1] += a
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gast

from srcad.errors import UnsupportedError
from srcad.frontend.statics import refer
from srcad.lang import tree as t
from srcad.lang.function import Function
from srcad.lang.scope import Scope
from srcad.lang.walking import nodes_in
from srcad.runtime.libraries import package_of

__all__ = ["Targets"]

PURE = ("numpy", "math", "builtins", "cmath", "_operator")


class Targets:
    """The statements that bind; a part of ``Anf``."""

    fn: Function
    scope: Scope
    out: list[gast.stmt]

    if TYPE_CHECKING:
        atom: Any
        atoms: Any
        op: Any
        index: Any
        keep: Any
        emit: Any
        within: Any

    def error(self, node: gast.AST, reason: str, hint: str) -> UnsupportedError:
        """Return the error that refuses ``node``."""
        return UnsupportedError(reason, hint, self.fn.source.locate(node))

    def stmt_Assign(self, node: gast.Assign) -> None:
        """Evaluate the value, then bind the targets from left to right."""
        if len(node.targets) == 1:
            self._assign(node.targets[0], node.value, node)
            return
        value = self.atom(node.value)
        written = set().union(*(t.names_written(target) for target in node.targets))
        if isinstance(value, gast.Name) and value.id in written:
            value = self.keep(value, node)
        for target in node.targets:
            self._assign(target, value, node)

    def _assign(self, target: gast.expr, value: gast.expr, at: gast.AST) -> None:
        """Bind one target to an expression."""
        if isinstance(target, gast.Tuple | gast.List) and isinstance(value, gast.GeneratorExp):
            # unpacking uses it up at once
            value = gast.copy_location(gast.ListComp(value.elt, value.generators), value)
        if isinstance(target, gast.Name):
            if isinstance(value, gast.IfExp):
                self._assign_choice(target, value, at)
            else:
                self.emit(t.assign(target.id, self.op(value)), at)
        elif isinstance(target, gast.Subscript | gast.Attribute):
            stored = self.atom(value)
            self.emit(gast.Assign([self._place(target)], stored, None), at)
        elif self._pairs(target, value):
            self._assign_pairs(target.elts, value.elts, at)
        else:
            self._unpack(target, self.atom(value), at)

    def _assign_choice(self, target: gast.Name, value: gast.IfExp, at: gast.AST) -> None:
        """Assign in both branches of a conditional expression."""
        test = self.atom(value.test)
        body = self.within(lambda: self._assign(target, value.body, at), at)
        orelse = self.within(lambda: self._assign(target, value.orelse, at), at)
        self.emit(gast.If(test, body, orelse), at)

    def _place(self, target: gast.expr) -> gast.expr:
        """Return an element or attribute of a name, ready to be stored into."""
        base = self.atom(target.value)
        if not isinstance(base, gast.Name):
            base = self.keep(base, target.value)
        if isinstance(target, gast.Attribute):
            return gast.copy_location(gast.Attribute(base, target.attr, gast.Store()), target)
        return gast.copy_location(gast.Subscript(base, self.index(target.slice), gast.Store()), target)

    def _pairs(self, target: Any, value: Any) -> bool:
        """Tell whether both sides are written out, element by element."""
        return (
            isinstance(value, gast.Tuple | gast.List)
            and len(value.elts) == len(target.elts)
            and not any(isinstance(e, gast.Starred) for e in [*value.elts, *target.elts])
        )

    def _assign_pairs(self, targets: list[gast.expr], values: list[gast.expr], at: gast.AST) -> None:
        """Assign element by element, without making the tuple."""
        bound = [t.names_written(target) for target in targets]
        read = [t.names_read(value) | t.walrus_names(value) for value in values]
        simple = all(
            isinstance(n, gast.Name | gast.Tuple | gast.List | gast.expr_context)
            for e in targets
            for n in nodes_in(e)
        )
        independent = simple and not any(
            names & later for k, names in enumerate(bound) for later in [*read[k + 1 :], *bound[k + 1 :]]
        )
        if (
            independent
            and not any(t.walrus_names(value) for value in values)
            and not self._lists(targets, values)
        ):
            # the evaluation of a later element cannot see the earlier assignment
            for target, value in zip(targets, values, strict=True):
                self._assign(target, value, at)
            return
        made = self.atoms(values)
        gone: set[str] = set()
        kept = []
        for target, value in zip(targets, made, strict=True):
            copy = isinstance(value, gast.Name) and value.id in gone
            kept.append(self.keep(value, at) if copy else value)
            gone |= t.names_written(target)
        for target, value in zip(targets, kept, strict=True):
            self._assign(target, value, at)

    def _lists(self, targets: list[gast.expr], values: list[gast.expr]) -> bool:
        """Tell whether an element is unpacked that is not written out: that may fail, and comes late."""
        return any(
            isinstance(target, gast.Tuple | gast.List) and not self._pairs(target, value)
            for target, value in zip(targets, values, strict=True)
        )

    def _unpack(self, target: Any, value: gast.expr, at: gast.AST) -> None:
        """Unpack an atom."""
        star = [k for k, element in enumerate(target.elts) if isinstance(element, gast.Starred)]
        if star:
            self._unpack_starred(target, value, star[0], at)
            return
        names = []
        later = []
        for element in target.elts:
            if isinstance(element, gast.Name):
                names.append(element.id)
            else:
                names.append(self.scope.fresh("part"))
                later.append((element, names[-1]))
        elements = [gast.copy_location(t.store(n), e) for n, e in zip(names, target.elts, strict=True)]
        self.emit(gast.Assign([gast.Tuple(elements, gast.Store())], value, None), at)
        for element, name in later:
            self._assign(element, gast.copy_location(t.name(name), element), at)

    def _unpack_starred(self, target: Any, value: gast.expr, star: int, at: gast.AST) -> None:
        """Unpack through a list, by indices and a slice."""
        items = self.keep(t.call(refer(self.scope, list, "list"), value), at, "items")
        after = len(target.elts) - star - 1
        length = self.keep(t.call(refer(self.scope, len, "len"), items), at, "n")
        short = self.keep(gast.Compare(length, [gast.Lt()], [t.constant(star + after)]), at, "short")

        def fail() -> None:
            text = f"not enough values to unpack (expected at least {star + after}, got "
            message = gast.JoinedStr(
                [t.constant(text), gast.FormattedValue(length, -1, None), t.constant(")")]
            )
            error = self.keep(t.call(refer(self.scope, ValueError, "ValueError"), self.keep(message, at)), at)
            self.emit(gast.Raise(error, None), at)

        if star + after:
            self.emit(gast.If(short, self.within(fail, at), []), at)
        for k, element in enumerate(target.elts):
            if k == star:
                bounds = gast.Slice(
                    t.constant(star) if star else None, t.constant(-after) if after else None, None
                )
                self._assign(element.value, t.subscript(items, bounds), at)
            else:
                self._assign(
                    element, t.subscript(items, t.constant(k if k < star else k - len(target.elts))), at
                )

    def stmt_AugAssign(self, node: gast.AugAssign) -> None:
        """Update in place; where the value may change the target, read that first, as Python does."""
        target = node.target
        if isinstance(target, gast.Name):
            if target.id in t.walrus_names(node.value):
                old = self.keep(t.name(target.id), target)
                self.emit(gast.AugAssign(t.store(old.id), node.op, self.atom(node.value)), node)
                self.emit(t.assign(target.id, t.name(old.id)), node)
            else:
                self.emit(gast.AugAssign(t.store(target.id), node.op, self.atom(node.value)), node)
            return
        where = self._place(target)
        if self._reaches(node.value) and not self._sliced(where):
            old = self.keep(t.load(where), target)
            self.emit(gast.AugAssign(t.store(old.id), node.op, self.atom(node.value)), node)
            self.emit(gast.Assign([where], t.name(old.id), None), node)
        else:
            self.emit(gast.AugAssign(where, node.op, self.atom(node.value)), node)

    def _sliced(self, where: gast.expr) -> bool:
        """Tell whether ``where`` is a part of an array, of which the value read is a view."""
        return isinstance(where, gast.Subscript) and any(
            isinstance(n, gast.Slice) for n in nodes_in(where.slice)
        )

    def _reaches(self, value: gast.expr) -> bool:
        """Tell whether the evaluation of ``value`` may change what the function sees."""
        for node in nodes_in(value):
            if isinstance(node, gast.NamedExpr):
                return True
            if isinstance(node, gast.Call):
                callee = self.scope.statics.get(node.func.id) if isinstance(node.func, gast.Name) else None
                if callee is None or (package_of(callee) or package_of(type(callee))) not in PURE:
                    return True
        return False

    def stmt_Delete(self, node: gast.Delete) -> None:
        """Delete elements and attributes, one a statement."""
        for target in node.targets:
            where = self._place(target)
            where.ctx = gast.Del()
            self.emit(gast.Delete([where]), node)

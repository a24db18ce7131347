"""What the adjoints of statements on shared memory have in common: which operands have shadows, and how they get them."""

from __future__ import annotations

import types
from typing import Any

import gast

from srcad.analysis.kinds import ANY, Kind, alternatives, holds_attribute, may_have
from srcad.analysis.kinds_of_operations import Kinds, kind_of_operation
from srcad.analysis.memory import Memory
from srcad.derive.build import Flattener, assign, call, constant, name
from srcad.derive.known_callees import rebinds
from srcad.derive.operations import Contribution, Names
from srcad.errors import UnsupportedError
from srcad.lang.function import Function
from srcad.runtime.array_likes import is_array_like

__all__ = ["ShadowOperands", "is_computed", "is_stored"]


class ShadowOperands:
    """The shadows of the operands and results of one statement."""

    def __init__(
        self,
        stmt: gast.stmt,
        fn: Function,
        kinds: Kinds,
        varied: set[str],
        memory: Memory,
        gradient: Names,
        updates: frozenset[tuple[str, str]] = frozenset(),
    ) -> None:
        self.stmt, self.fn, self.kinds, self.varied, self.updates = stmt, fn, kinds, varied, updates
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
        kind = self.kinds.get(target, ANY)
        shadow = self.gradient(target)
        if kind.name == "array" and kind.inexact:
            maker = (
                "rt.zeros_like" if kind.dtype in (None, "mixed") else "np.zeros_like"
            )  # of integers perhaps
            return self.placed([assign(shadow, call(maker, name(target)))])
        maker = "rt.lasting_shadow" if self.is_read_outside(target) else "rt.shadow"
        made = [assign(shadow, call(maker, name(target)))]
        if kind.name in ("list", "dict", "any", "object"):
            self.starts[target] = self.scope.fresh(f"{shadow}_start")
            made.append(assign(self.starts[target], call("rt.skeleton", name(shadow))))
        return self.placed(made)

    def is_read_outside(self, target: str) -> bool:
        """Tell whether the statement reads a global variable, or an attribute of a class or function."""
        value = getattr(self.stmt, "value", None)
        base = value.value if isinstance(value, gast.Attribute) else None
        reads = isinstance(base, gast.Name) and base.id in self.scope.statics
        return reads and getattr(self.stmt.targets[0], "id", None) == target

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
            whole = self.operand_shadow(node.value, before, taken, kept)
            has_own = self.is_shadowed(node.value) or self.is_varied(node.value)
            if not has_own or self.kind(node.value).name not in ("list", "tuple"):
                whole = call("rt.element_shadows", node.value, whole)  # what outlives the call has no shadow
            return gast.Starred(whole, gast.Load())
        if self.is_shadowed(node):
            return name(self.gradient(node.id))
        if not self.is_varied(node):
            return self.without_shadow(node, kept)
        shadow = self.fresh_cell(node.id)
        kind = self.kind(node)
        plain = kind.name in ("array", "float", "number", "object")
        maker = "rt.shadow" if plain else "rt.separate_shadow"
        if kind.name == "array" and kind.inexact and kind.dtype in (None, "mixed"):
            maker = "rt.zeros_like"  # one of integers has a gradient as well
        made = call(maker, node)
        before.append(gast.copy_location(assign(shadow, made), self.stmt))
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
            kind = self.kinds.get(variable, ANY)
            # a pullback may be given an array of integers, which has no shadow
            array = kind.name == "array" and kind.dtype not in (None, "mixed")
            found.append(
                Contribution(variable, name(shadow) if array else fl.atom(call("rt.taken", name(shadow))))
            )
        return found

    def is_dynamic(self, *operands: gast.AST) -> bool:
        """Tell whether an operator may be one that a class defines."""
        return any(self.kind(operand).name in ("any", "object") for operand in operands)

    def may_be_array_like(self, *operands: gast.AST) -> bool:
        """Tell whether an operand may be an instance that NumPy makes an array of."""
        unknown = [kind for kind in map(self.kind, operands) if kind.name in ("any", "object")]
        if not unknown:
            return False
        classes = [*self.scope.statics.values(), *(kind.value for kind in unknown)]
        return any(map(is_array_like, classes))

    def is_plain_attribute(self, base: gast.Name, attribute: str) -> bool:
        """Tell whether an object's shadow surely has a shadow for an attribute, which is read and set as it is."""
        kind = self.kind(base)
        if not self.is_shadowed(base) or not is_stored(kind, attribute):
            return False
        is_parameter = any(p.id == base.id for p in self.fn.tree.args.args)
        if is_parameter and not rebinds(self.fn.tree.body, base.id):
            return True
        return not self.memory.may_be_outside(base.id, self.kinds)

    def is_basic(self, index: gast.AST) -> bool:
        for part in index.elts if isinstance(index, gast.Tuple) else [index]:
            if isinstance(part, gast.Slice) or self.kind(part).name in ("int", "none"):
                continue
            if not (isinstance(part, gast.Constant) and part.value is Ellipsis):
                return False
        return True


def is_stored(kind: Kind, attribute: str) -> bool:
    """Tell whether an attribute is the object's own and read as it is, whichever class of several the object has."""
    return holds_attribute(kind, attribute) and not any(
        is_computed(one.value, attribute) for one in alternatives(kind) if may_have(one, attribute)
    )


def is_computed(cls: Any, attribute: str) -> bool:
    """Tell whether an attribute of a class's instances is computed when it is read."""
    if not isinstance(cls, type):
        return True
    found = next((vars(base)[attribute] for base in cls.__mro__ if attribute in vars(base)), None)
    found = None if isinstance(found, types.MemberDescriptorType) else found
    custom = any("__getattr__" in vars(b) or "__getattribute__" in vars(b) for b in cls.__mro__[:-1])
    return custom or isinstance(found, (property, types.FunctionType)) or hasattr(type(found), "__get__")

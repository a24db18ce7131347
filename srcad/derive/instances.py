"""Instances that are made in a function and stay in it become variables, one for each attribute.

Before::

    ball = Ball(height, 0.0)
    ball.speed -= 9.81 * h
    return ball.speed

After, where ``Ball.__init__`` sets ``height`` and ``speed``::

    ball_height = height
    ball_speed = 0.0
    ball_speed -= 9.81 * h
    return ball_speed

While methods are inlined it is only supposed that an instance stays; what shows at the end, or on the way, that it
does not makes the inliner begin again with the instances of that class left whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import gast

from srcad.analysis.class_effects import is_users
from srcad.analysis.plain_classes import is_frozen, is_place, is_plain, looked_up
from srcad.derive.build import assign, name
from srcad.lang.scope import Scope
from srcad.lang.walking import nodes_in

__all__ = ["ALIASED", "COPIED", "RECORD", "WHOLE", "Instances", "Treatment"]

COPIED = "copied"
"""``b = a`` copies the attributes: right where no instance of the class changes after it was made."""
ALIASED = "aliased"
"""``b = a`` makes ``b`` another name for ``a``: right where each is bound in one place."""
RECORD = "record"
"""An instance is put together as soon as it is made, and is an object from there on."""
WHOLE = "whole"
"""The instances stay what they are, and are made by a call of the class."""

Treatment = dict[type, str]
Path = tuple[int, ...]


@dataclass
class _Apart:
    """One variable whose instance is taken apart."""

    cls: type
    slots: dict[str, str] = field(default_factory=dict)
    homes: dict[str, Path] = field(default_factory=dict)
    set_by_making: dict[str, None] = field(default_factory=dict)
    stores: int = 0
    path: Path = ()


class Instances:
    """What is supposed of the instances so far.

    Attributes
    ----------
    path : tuple of int
        The blocks around the statement that is looked at.
    wrong : dict
        From a class to the treatment that it needs instead of the one that was supposed.
    """

    def __init__(
        self, scope: Scope, treatment: Mapping[type, str] | None, first: str = COPIED, last: str = RECORD
    ) -> None:
        self.scope, self.treatment, self.first, self.last = scope, treatment or {}, first, last
        self.is_on = treatment is not None
        self.path: Path = ()
        self.wrong: Treatment = {}
        self.apart: dict[str, _Apart] = {}
        self.aliases: dict[str, tuple[str, Path, bool]] = {}
        self.layouts: dict[type, tuple[str, ...]] = {}
        self.copied: set[type] = set()
        self.changed: set[type] = set()
        self.read_of_class: set[tuple[type, str]] = set()
        self.making: list[str] = []
        self.records: dict[str, type] = {}
        self.supers: dict[str, tuple[type, str]] = {}
        self.owners: dict[str, type] = {}
        self.slot_stores: dict[str, int] = {}
        self.functions: dict[str, str] = {}
        self.called: set[str] = set()

    def class_of(self, variable: str) -> type | None:
        """Return the class of the instance that a variable holds, None where it is not taken apart."""
        found = self.apart.get(variable)
        return found.cls if found is not None else None

    def may_take_apart(self, cls: Any) -> bool:
        """Tell whether instances of a class are to be taken apart, as far as is known."""
        if not self.is_on or not isinstance(cls, type) or self.treatment.get(cls) == WHOLE:
            return False
        return is_plain(cls) and (is_users(cls) or not self.is_record(cls))

    def is_record(self, cls: type) -> bool:
        """Tell whether instances of a class are put together as soon as they are made."""
        return self.treatment.get(cls, self.first) == RECORD

    def leave_whole(self, *variables: str) -> None:
        """Note that the instances that variables hold cannot be taken apart."""
        for variable in variables:
            cls = self.class_of(variable)
            if cls is not None:
                self.wrong[cls] = self.instead(cls)

    def instead(self, cls: type) -> str:
        """Return the treatment for a class whose instances cannot be taken apart as was supposed."""
        return WHOLE if self.is_record(cls) or not is_users(cls) else self.last

    # making

    def begin(self, variable: str, cls: type) -> None:
        """Begin to make an instance, which ``variable`` holds."""
        known = self.apart.get(variable)
        if known is not None and known.cls is not cls:
            self.wrong[cls], self.wrong[known.cls] = self.instead(cls), self.instead(known.cls)
        made = self.apart.setdefault(variable, _Apart(cls))
        made.stores += 1
        made.path = self.path
        made.set_by_making = {}
        self.making.append(variable)

    def end(self) -> None:
        """End the making; the attributes that are surely set by now are those of all instances of the class."""
        made = self.apart[self.making.pop()]
        layout = tuple(made.set_by_making)
        if self.layouts.setdefault(made.cls, layout) != layout:
            self.wrong[made.cls] = self.instead(made.cls)

    def put_together(self, statements: Sequence[gast.stmt]) -> dict[str, str] | None:
        """End the making of a record by ``statements``; return the variables that hold its attributes.

        None where an attribute is not set on every way.
        """
        variable = self.making.pop()
        made = self.apart.pop(variable)
        self.records[variable] = made.cls
        bound = _surely_bound(statements)
        if not set(made.slots.values()) <= bound:
            self.wrong[made.cls] = WHOLE
            return None
        return {attribute: self.resolved(slot) for attribute, slot in made.slots.items()}

    # attributes

    def stored(self, variable: str, attribute: str) -> str | None:
        """Return the variable to store an attribute in; None where that cannot be done."""
        made = self.apart[variable]
        if not is_place(looked_up(made.cls, attribute)) and not _is_data(made.cls, attribute):
            return None
        if variable not in self.making:
            self.changed.add(made.cls)
            if is_frozen(made.cls):
                return None
        if variable in self.making and self.path == made.path:
            made.set_by_making[attribute] = None
        if attribute not in made.slots:
            made.slots[attribute] = self.scope.fresh(f"{variable}_{attribute}")
            made.homes[attribute] = self.path
        return self._store_in(made, made.slots[attribute])

    def _store_in(self, made: _Apart, slot: str) -> str:
        self.owners[slot] = made.cls
        self.slot_stores[slot] = self.slot_stores.get(slot, 0) + 1
        return slot

    def hold(self, slot: str, function: str) -> None:
        """Note that an attribute holds a function that is known when compiling."""
        if slot in self.owners:
            self.functions[slot] = function

    def function_in(self, variable: str) -> str:
        """Return the function that an attribute holds, where it holds one and is set in one place; else the variable."""
        if variable in self.functions:
            self.called.add(variable)
        return self.functions.get(variable, variable)

    def loaded(self, variable: str, attribute: str) -> str | None:
        """Return the variable that holds an attribute; None where no variable does, or not surely."""
        made = self.apart[variable]
        if attribute not in made.slots:
            return None
        home = made.homes[attribute]
        is_made = variable not in self.making and attribute in self.layouts.get(made.cls, ())
        is_bound = is_made or attribute in made.set_by_making or self.path[: len(home)] == home
        return self.resolved(made.slots[attribute]) if is_bound else None

    def of_class(self, variable: str, attribute: str) -> type | None:
        """Return the class where it holds the attribute, a plain value, and instances do not."""
        cls = self.apart[variable].cls
        if attribute.startswith("__") or not _is_data(cls, attribute):
            return None
        self.read_of_class.add((cls, attribute))
        return cls

    # copies

    def copy(self, target: str, value: str, *, is_bound_once: bool) -> list[gast.stmt]:
        """Return what ``target = value`` becomes, where ``value`` is taken apart."""
        made = self.apart[value]
        if self.treatment.get(made.cls) == ALIASED:
            if not is_bound_once or value in self.making or target in self.aliases or target in self.apart:
                self.leave_whole(value)
                return []
            self.aliases[target] = (value, self.path, self.path == made.path)
            return []
        self.copied.add(made.cls)
        known = self.apart.get(target)
        differs = known is not None and known.cls is not made.cls
        if differs or value in self.making or target in self.making or self._holds(value, target):
            self.leave_whole(target, value)
            return []
        copied = self.apart.setdefault(target, _Apart(made.cls, path=self.path))
        copied.stores += 1
        out: list[gast.stmt] = []
        for attribute in self.layouts.get(made.cls, ()):
            is_new = attribute not in copied.slots
            if is_new:
                copied.slots[attribute] = self.scope.fresh(f"{target}_{attribute}")
                copied.homes[attribute] = self.path
            slot, source = (
                self._store_in(copied, copied.slots[attribute]),
                self.resolved(made.slots[attribute]),
            )
            if source in self.apart:
                out += self.copy(slot, source, is_bound_once=is_new)
            else:
                out.append(assign(slot, name(source)))
                if source in self.functions:
                    self.hold(slot, self.function_in(source))
        return out

    def _holds(self, owner: str, slot: str) -> bool:
        """Tell whether an instance, or one that it holds, has its attribute in a variable: then it holds itself."""
        slots = self.apart[owner].slots.values() if owner in self.apart else ()
        return slot in slots or any(self._holds(inner, slot) for inner in slots)

    def resolved(self, variable: str) -> str:
        """Return the variable that a variable is another name for."""
        while variable in self.aliases:
            variable, path, beside = self.aliases[variable]
            if not beside and self.path[: len(path)] != path:
                self.leave_whole(variable)
        return variable

    # the end

    def check(self, body: Sequence[gast.stmt]) -> None:
        """Note what the whole program shows to be wrong of what was supposed."""
        for node in _used(body):
            of_super = self.supers.get(node.id, (object, ""))[1]
            for variable in {
                node.id,
                of_super,
            } & self.records.keys():  # handed on, or kept, while it was made
                self.wrong[self.records[variable]] = WHOLE
            self.leave_whole(node.id, self.aliases.get(node.id, ("", (), False))[0], of_super)
        for variable, (value, _, _) in self.aliases.items():
            if variable in self.apart or self.apart[self.resolved(value)].stores > 1:
                self.leave_whole(variable, self.resolved(value))
        for slot in self.called:
            if self.slot_stores[slot] > 1:
                self.wrong[self.owners[slot]] = self.instead(self.owners[slot])
        if any(_is_not_implemented(node) for stmt in body for node in nodes_in(stmt)):
            self.leave_whole(*self.apart)  # the other operand is to be asked, which only Python does
        for cls in self.copied & self.changed:
            self.wrong.setdefault(cls, ALIASED)
        for cls, attribute in self.read_of_class:
            if any(made.cls is cls and attribute in made.slots for made in self.apart.values()):
                self.wrong[cls] = self.instead(cls)


def _surely_bound(statements: Sequence[gast.stmt]) -> set[str]:
    """Return the variables that statements bind on every way through them."""
    found: set[str] = set()
    for stmt in statements:
        if isinstance(stmt, gast.Assign) and isinstance(stmt.targets[0], gast.Name):
            found.add(stmt.targets[0].id)
        elif isinstance(stmt, gast.If):
            found |= _surely_bound(stmt.body) & _surely_bound(stmt.orelse)
        elif isinstance(stmt, gast.With):
            found |= _surely_bound(stmt.body)
    return found


def _used(body: Sequence[gast.stmt]) -> Iterator[gast.Name]:
    """Return the names that are used, other than by the making of nested functions that nothing calls any more."""
    nodes = [node for stmt in body for node in nodes_in(stmt)]
    read = {node.id for node in nodes if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Load)}
    unread: set[int] = set()
    for node in nodes:
        target = node.targets[0] if isinstance(node, gast.Assign) else None
        if isinstance(target, gast.Name) and target.id not in read and isinstance(node.value, gast.Call):
            if getattr(node.value.func, "id", "") == "rt.closure":
                unread |= {id(argument) for argument in node.value.args}
    return (node for node in nodes if isinstance(node, gast.Name) and id(node) not in unread)


def _is_not_implemented(node: gast.AST) -> bool:
    if isinstance(node, gast.Constant):
        return node.value is NotImplemented
    return "NotImplemented" in (getattr(node, "id", ""), getattr(node, "attr", ""))


def _is_data(cls: type, attribute: str) -> bool:
    """Tell whether a class holds a plain value under a name, nothing that acts when it is looked up."""
    found = looked_up(cls, attribute)
    return found is not None and not hasattr(type(found), "__get__") and not hasattr(type(found), "__set__")

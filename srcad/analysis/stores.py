"""What is stored in lists, dicts and objects while a function runs, whichever variable names them.

Kinds of containers tell the kinds of their contents.  Containers have aliases, so what is stored in one list
is taken to be stored in every list of the function, under one key in every dict, and so on.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from srcad.analysis.kinds import (
    ANY,
    NEVER,
    Kind,
    alternatives,
    bounded,
    has_value,
    is_inside_its_like,
    join_all,
    join_bound,
)
from srcad.analysis.plain_classes import is_plain

__all__ = ["METHODS_THAT_STORE", "Stores", "joined", "may_hold_container"]

METHODS_THAT_STORE = frozenset(
    "append extend insert pop remove clear sort reverse setdefault update popitem add discard __setitem__ "
    "__setattr__ appendleft extendleft popleft".split()
)
_SIZED = frozenset("sort reverse update setdefault".split())


_DEPTH = 8


def _may_get(cls: Any, name: str) -> bool:
    """Tell whether an attribute that is stored in objects of a class is theirs from then on, as it was stored."""
    return is_plain(cls) and not has_value(cls, name)


@dataclass
class Stores:
    """The kinds of what is stored, joined over the function.

    Attributes
    ----------
    elements : Kind
        In lists.
    keys : dict
        In dicts, by constant key.
    anywhere : Kind
        In dicts, under keys that are not constant.
    attributes : dict
        In objects, by name.
    owners : dict
        The classes of these objects, by name of the attribute; ``object`` where they are not known.
    grown : bool
        Lists change their length.
    unknown : bool
        Code that was not analysed may have stored anything anywhere.
    escapes : bool
        Something is stored in what the function did not make itself.
    """

    elements: Kind = NEVER
    keys: dict[Any, Kind] = field(default_factory=dict)
    anywhere: Kind = NEVER
    attributes: dict[str, Kind] = field(default_factory=dict)
    owners: dict[str, frozenset[Any]] = field(default_factory=dict)
    grown: bool = False
    unknown: bool = False
    escapes: bool = False

    def element(self, kind: Kind) -> None:
        """Record a store in a list."""
        self.elements = bounded(join_bound(self.elements, kind))

    def key(self, key: Any, kind: Kind) -> None:
        """Record a store in a dict."""
        self.keys[key] = bounded(join_bound(self.keys.get(key), kind))

    def any_key(self, kind: Kind) -> None:
        """Record a store in a dict under an unknown key."""
        self.anywhere = bounded(join_bound(self.anywhere, kind))

    def attribute(self, name: str, kind: Kind, classes: Iterable[Any] = (object,)) -> None:
        """Record a store in an object of one of these classes."""
        self.attributes[name] = bounded(join_bound(self.attributes.get(name), kind))
        self.owners[name] = self.owners.get(name, frozenset()).union(classes)

    def item(self, base: Kind, key: Any, kind: Kind, is_slice: bool = False) -> None:
        """Record ``base[key] = value``; ``key`` is None where it is not constant."""
        if base.name in ("array", "number", "float", "int", "bool"):
            return
        if base.name != "dict":
            if is_slice:
                self.grown = True
                self.members(kind)
            else:
                self.element(kind)
        if base.name != "list":
            if key is None:
                self.any_key(kind)
            else:
                self.key(key, kind)

    def members(self, kind: Kind) -> None:
        """Record that all that is in a container of this kind is stored in a list."""
        if kind.name in ("list", "tuple") and kind.items is not None:
            self.element(join_all(kind.items))
        else:
            self.element(ANY)

    def method(
        self, base: Kind, name: str, arguments: list[Kind], keywords: dict[str, Kind], key: Any
    ) -> None:
        """Record what a method of a list or dict stores."""
        if base.name == "array" or name not in METHODS_THAT_STORE:
            return
        self.grown |= name not in _SIZED
        if name == "append" and len(arguments) == 1:
            self.element(arguments[0])
        elif name == "insert" and len(arguments) == 2:
            self.element(arguments[1])
        elif name == "extend" and len(arguments) == 1:
            self.members(arguments[0])
        elif name == "setdefault" and arguments:
            self.item(Kind("dict"), key, arguments[1] if len(arguments) > 1 else Kind("none"))
        elif name == "update":
            self._updated(arguments, keywords)
        elif name.startswith(("__", "append", "extend")):
            self.unknown = True

    def _updated(self, arguments: list[Kind], keywords: dict[str, Kind]) -> None:
        pairs = dict(keywords)
        for argument in arguments:
            if argument.name != "dict" or argument.items is None:
                self.any_key(ANY)
            else:
                pairs.update(argument.items)
        for key, kind in pairs.items():
            self.key(key, kind)

    def merge(self, other: Stores) -> None:
        """Record all that another function stores."""
        self.element(other.elements)
        self.any_key(other.anywhere)
        for key, kind in other.keys.items():
            self.key(key, kind)
        for name, kind in other.attributes.items():
            self.attribute(name, kind, other.owners[name])
        self.grown |= other.grown
        self.unknown |= other.unknown
        self.escapes |= other.escapes

    # -- what this means for a kind ---------------------------------------------------------------

    def state(self) -> tuple[Any, ...]:
        """Return what changes when anything new was recorded."""
        keyed = tuple(self.keys.items()), tuple(self.attributes.items()), tuple(self.owners.items())
        return self.elements, self.anywhere, keyed, self.grown, self.unknown

    def applied(self, kind: Kind, depth: int = _DEPTH, around: tuple[Any, ...] = ()) -> Kind:
        """Return a kind of values whose contents may also be what was stored.

        An object may have got attributes that have been stored in objects of its class.
        What lies deeper than ``depth`` containers, or inside of objects of its own class, which are ``around`` it, is
        forgotten: what is stored in lists may be lists itself.
        """
        if kind.name == "list":
            return self._applied_to_list(kind, depth, around)
        if kind.items is None:
            return kind
        if depth == 0 or is_inside_its_like(kind, around):
            return replace(kind, items=None, rest=None)
        if kind.name == "dict":
            if self.unknown:
                return replace(kind, items=None, rest=None)
            stored = (
                (key, join_bound(join_bound(own, self.keys.get(key)), self.anywhere))
                for key, own in kind.items
            )
            items = tuple((key, self.applied(found, depth - 1, around)) for key, found in stored)
            rest = self._under_other_keys(kind)
            return replace(
                kind, items=items, rest=None if rest is None else self.applied(rest, depth - 1, around)
            )
        if kind.name == "object":
            later = {
                name: NEVER
                for name, classes in self.owners.items()
                if not classes.isdisjoint((kind.value, object)) and _may_get(kind.value, name)
            }
            own = {**later, **dict(kind.items)}
            return replace(kind, items=self._attributes(own, depth, (*around, kind.value)))
        if alternatives(kind):
            # An object of one class may have got what is stored in those of another.
            several = (
                one
                if one.items is None
                else replace(one, items=tuple({**self._given(one.value), **dict(one.items)}.items()))
                for one in kind.items
            )
            return replace(kind, items=tuple(self.applied(one, depth, around) for one in several))
        return replace(kind, items=tuple(self.applied(item, depth - 1, around) for item in kind.items))

    def _given(self, cls: Any) -> dict[str, Kind]:
        """Return what an object of a class may have got for attributes, which its class does not have."""
        return {name: NEVER for name in self.attributes if _may_get(cls, name)}

    def _attributes(self, own: dict[str, Kind], depth: int, around: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the kinds of the attributes of an object that has these."""
        if self.unknown:
            return tuple((name, ANY) for name in own)
        stored = ((name, join_bound(kind, self.attributes.get(name))) for name, kind in own.items())
        return tuple((name, self.applied(found, depth - 1, around)) for name, found in stored)

    def _under_other_keys(self, kind: Kind) -> Kind | None:
        """Return what may have been stored in a dict under other keys than those that are known."""
        if kind.rest is None:
            return None
        known = dict(kind.items or ())
        stored = [found for key, found in self.keys.items() if key not in known]
        return functools.reduce(join_bound, [*stored, self.anywhere], kind.rest)

    def _applied_to_list(self, kind: Kind, depth: int, around: tuple[Any, ...]) -> Kind:
        dims = None if self.grown or self.unknown else kind.dims
        if kind.items is None or self.unknown or depth == 0:
            return replace(kind, items=None, dims=dims)
        element = join_bound(kind.items[0] if kind.items else NEVER, self.elements)
        items = () if element == NEVER else (self.applied(element, depth - 1, around),)
        return replace(kind, items=items, dims=dims)

    def applied_to_private(self, kind: Kind, others: Stores) -> Kind:
        """Return the kind of a list in which only this was stored; ``others`` is what may be in the lists inside."""
        dims = None if self.grown else kind.dims
        if kind.items is None or self.unknown:
            return replace(kind, items=None, dims=dims)
        element = others.applied(join_bound(kind.items[0] if kind.items else NEVER, self.elements))
        return replace(kind, items=() if element == NEVER else (element,), dims=dims)


def joined(first: Stores | None, second: Stores | None) -> Stores | None:
    """Return what is stored where either may be; None is nothing."""
    if first is None or second is None:
        return first or second
    both = Stores()
    both.merge(first)
    both.merge(second)
    return both


def may_hold_container(kind: Kind) -> bool:
    """Tell whether code that is given a value of this kind may reach a list, dict or object."""
    if kind.name == "tuple" and kind.items is not None:
        return any(may_hold_container(item) for item in kind.items)
    return kind.name in ("list", "dict", "object", "any", "tuple")

"""Classes whose instances change when they are compared, measured or taken for true.

Comparisons, lengths and truths have no derivative, so derivatives ask for them as the program does, and whatever else such
a method does to its instance is not followed.  A class that stores something there is refused, but for counting.
"""

from __future__ import annotations

import functools
import inspect
import types
from collections import defaultdict
from collections.abc import Iterator

import gast

from srcad.analysis.own_operators import refuse_own_operators
from srcad.analysis.stores import METHODS_THAT_STORE
from srcad.errors import Location, SrcadError, UnsupportedError
from srcad.lang import tree as t
from srcad.lang.source import Source, look_at
from srcad.runtime import makes_items_itself
from srcad.runtime.libraries import package_of

__all__ = [
    "refuse_hidden_changes",
    "refuse_method_of_base",
    "refuse_own_items",
    "refuse_own_making_of_items",
    "refuse_unknown_making",
]

_ANSWERS = tuple(f"__{title}__" for title in "lt le gt ge eq ne bool len contains str repr format".split())

_READ_AS_ITEMS = ("__getitem__", "__iter__", "__reversed__", "__len__")
_METHODS_OF_LISTS = tuple(name for name in dir(list) if not name.startswith("_"))
_OF_ITEMS = (
    (list, _READ_AS_ITEMS + _METHODS_OF_LISTS),
    (tuple, _READ_AS_ITEMS),
    (defaultdict, ("__missing__",)),
)
"""What classes that extend these may not say in a way of their own."""


def refuse_hidden_changes(cls: type) -> None:
    """Refuse a class with a comparison, a length or a truth that changes its instance.

    Raises
    ------
    UnsupportedError
        With the line of the store.
    """
    error = _hidden_change(cls)
    if error is not None:
        raise error


def refuse_unknown_making(cls: type, at: Location | None) -> None:
    """Refuse a class that makes its instances in a way of its own; ``at`` is its place.

    Raises
    ------
    UnsupportedError
        If the class defines ``__new__``, or its metaclass ``__call__``.
    """
    constructor = inspect.getattr_static(cls, "__new__", None)
    if isinstance(constructor, staticmethod) and isinstance(constructor.__func__, types.FunctionType):
        by = "defines __new__, which"
    elif isinstance(type(cls).__call__, types.FunctionType):
        by = "has a metaclass that defines __call__, which"
    else:
        return
    raise UnsupportedError(f"The class '{cls.__name__}' {by} makes its instances in a way that is not known.",
                           "Make them in __init__.", at)  # fmt: skip


def refuse_own_making_of_items(cls: type, at: Location | None) -> None:
    """Refuse a class of named tuples that makes its items of others; see `refuse_unknown_making`."""
    if makes_items_itself(cls):
        refuse_unknown_making(cls, at)


def refuse_own_items(cls: type) -> None:
    """Refuse a class that extends a container, a number or an array and says itself what that holds or does."""
    refuse_own_operators(cls)
    for base, names in _OF_ITEMS:
        own = _own_method(cls, names) if issubclass(cls, base) else None
        if own is not None:
            raise UnsupportedError(f"The class '{cls.__name__}' extends {base.__name__} and has a method '{own}' of its "
                                   "own, which derivatives would not call.",
                                   f"Keep a {base.__name__} in an attribute of its instances.")  # fmt: skip


@functools.lru_cache(maxsize=1024)
def _own_method(cls: type, names: tuple[str, ...]) -> str | None:
    return next((name for name in names if isinstance(getattr(cls, name, None), types.FunctionType)), None)


def refuse_method_of_base(receiver: object, name: str) -> None:
    """Refuse ``super().name`` of a container whose class has such a method of its own."""
    cls = type(receiver)
    if isinstance(getattr(cls, name, None), types.FunctionType):
        base = next(c.__name__ for c in cls.__mro__ if package_of(c) in ("builtins", "collections"))
        raise UnsupportedError(f"The method '{name}' of {base} is called from that of '{cls.__name__}', which extends it.",
                               f"Keep a {base} in an attribute of its instances.")  # fmt: skip


@functools.lru_cache(maxsize=1024)
def _hidden_change(cls: type) -> UnsupportedError | None:
    for title in _ANSWERS:
        method = getattr(cls, title, None)
        if not isinstance(method, types.FunctionType):
            continue
        try:
            source = look_at(method)
        except SrcadError:
            continue  # generated, as those of dataclasses are
        for store in _stores(source):
            return UnsupportedError(
                f"The method '{title}' of '{cls.__name__}' changes something, which is not seen where its answer is used.",
                "Change it in a method that is called by its name.",
                source.locate(store),
            )
    return None


def _stores(source: Source) -> Iterator[gast.AST]:
    """Yield what changes the instance or another argument; counting up and down does not matter."""
    tree = source.tree
    parameters = {a.id for a in (*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs)}
    body = tree.body if isinstance(tree.body, list) else [tree.body]
    for node in t.own_nodes(body):
        counts = isinstance(node, gast.AugAssign) and isinstance(node.op, gast.Add | gast.Sub)
        if counts and isinstance(node.value, gast.Constant):
            continue
        targets = [node.target] if isinstance(node, gast.AugAssign) else getattr(node, "targets", [])
        if any(_root(target) in parameters for target in targets):
            yield node
        elif isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute):
            if node.func.attr in METHODS_THAT_STORE and _root(node.func) in parameters:
                yield node


def _root(node: gast.AST) -> str | None:
    """Return the variable at the root of ``x.a[i]``, and None for a bare name."""
    if not isinstance(node, gast.Subscript | gast.Attribute):
        return None
    while isinstance(node, gast.Subscript | gast.Attribute):
        node = node.value
    return node.id if isinstance(node, gast.Name) else None

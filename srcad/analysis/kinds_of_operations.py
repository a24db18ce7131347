"""The kind of what one operation of the normal form makes."""

from __future__ import annotations

import copy
import dataclasses
import functools
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import gast
import numpy as np

from srcad.analysis.callees import (
    called_methods,
    initializer,
    is_made_empty,
    is_users,
    operator_called,
    positional,
)
from srcad.analysis.kinds import (
    ANY,
    INT,
    NEVER,
    NONE,
    NUMBER,
    STR,
    Kind,
    alternatives,
    container,
    has_value,
    holds_attribute,
    holds_numbers_alone,
    join_all,
    join_bound,
    length_class,
    record,
)
from srcad.analysis.kinds_of_values import kind_of, literal
from srcad.analysis.named_tuples import is_field, is_named_tuple, result_of_method
from srcad.analysis.plain_classes import is_plain, is_replaceable
from srcad.analysis.results.calls import ARRAY_METHODS, result_of
from srcad.analysis.results.elementwise import binary, comparison, unary
from srcad.analysis.results.generators import method_of_generator, sample
from srcad.analysis.results.indexing import any_item, attribute, subscript
from srcad.analysis.results.shaped import Call
from srcad.lang.function import Function, Nested
from srcad.rules import registry
from srcad.runtime.withheld import Captured

__all__ = ["Kinds", "Returns", "is_copy_of_numbers", "is_starred", "kind_of_operation", "with_default"]

Kinds = dict[str, Kind]
Returns = Callable[[Any, list[Kind]], Kind]
_OPERATORS = (gast.BinOp, gast.UnaryOp, gast.Subscript, gast.Attribute)


def kind_of_operation(
    node: gast.AST, kinds: Mapping[str, Kind], fn: Function, returns: Returns = lambda f, k: ANY
) -> Kind:
    """Return the kind of an operation of the normal form."""
    cls = type(node)
    if cls is gast.Name:
        if node.id in fn.scope.statics:
            return _kind_of_static(fn.scope.statics[node.id])
        return kinds.get(node.id, ANY)
    if cls is gast.Constant:
        return literal(node.value)
    recurse = functools.partial(kind_of_operation, kinds=kinds, fn=fn, returns=returns)
    found = operator_called(node, recurse) if cls in _OPERATORS else None
    if found is not None:
        return returns(found.method, list(map(recurse, found.operands)))
    if cls is gast.BinOp:
        return binary(type(node.op), recurse(node.left), recurse(node.right))
    if cls is gast.Call:
        return _call(node, recurse, returns)
    if cls is gast.UnaryOp:
        return unary(type(node.op), recurse(node.operand))
    if cls is gast.Compare:
        return comparison(type(node.ops[0]), recurse(node.left), recurse(node.comparators[0]))
    if cls is gast.Tuple or cls is gast.List:
        return _display(node, [recurse(n) for n in node.elts if not isinstance(n, gast.Starred)])
    if cls is gast.Dict:
        if all(isinstance(key, gast.Constant) for key in node.keys):
            pairs = tuple((k.value, recurse(v)) for k, v in zip(node.keys, node.values))
            return Kind("dict", items=pairs, rest=NEVER)
        return container("dict")
    if cls is gast.JoinedStr:
        return STR
    if cls is gast.Subscript:
        return subscript(recurse(node.value), node.slice, recurse)
    return attribute(recurse(node.value), node.attr) if cls is gast.Attribute else ANY


def with_default(
    node: gast.AST, fn: Function, kinds: Mapping[str, Kind]
) -> tuple[Kind, str, gast.AST] | None:
    """Return what ``getattr(x, "name", default)`` reads: the kind of an object, that may have it, and the default.

    None for all else, and where the class may have it, or may say what is read.
    """
    if not isinstance(node, gast.Call) or fn.scope.statics.get(getattr(node.func, "id", "")) is not getattr:
        return None
    if len(node.args) != 3 or not isinstance(node.args[0], gast.Name):
        return None
    owner, attr, default = node.args
    kind, title = kinds.get(owner.id, ANY), getattr(attr, "value", None)
    if kind.name != "object" or kind.items is None or not isinstance(title, str):
        return None
    return (kind, title, default) if is_plain(kind.value) and not has_value(kind.value, title) else None


def _kind_of_static(value: Any) -> Kind:
    known = callable(value) and (registry.find(value) is not None or registry.is_constant(value))
    callee = known or isinstance(value, (Nested, Captured)) or registry.has_results_like(value)
    return Kind("function", value=value) if callee else kind_of(value)


def is_starred(node: gast.Call) -> bool:
    return any(isinstance(a, gast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords)


def _display(node: gast.AST, elements: list[Kind]) -> Kind:
    name = "tuple" if isinstance(node, gast.Tuple) else "list"
    if len(elements) < len(node.elts):
        return container(name)
    if name == "tuple":
        return container(name, tuple(elements))
    items = (join_all(elements),) if elements else ()
    return replace(container(name, items), dims=(length_class(len(elements)),))


def _call(node: gast.Call, recurse: Callable[[gast.AST], Kind], returns: Returns) -> Kind:
    if is_starred(node):
        return ANY
    arguments = [recurse(n) for n in node.args]
    keywords = {k.arg: recurse(k.value) for k in node.keywords}
    if isinstance(node.func, gast.Attribute):
        base = recurse(node.func.value)
        if not holds_attribute(base, node.func.attr) and not is_field(base, node.func.attr):
            return _method_call(base, node.func.attr, arguments, keywords, returns)
    callee = recurse(node.func)
    if isinstance(callee.value, Nested) and callee.name == "any":
        return returns(callee.value, [*arguments, *(callee.items or ())]) if not keywords else ANY
    texts: dict[int | str, str] = {
        k: a.value
        for k, a in enumerate(node.args)
        if isinstance(a, gast.Constant) and isinstance(a.value, str)
    }
    texts |= {
        k.arg: k.value.value
        for k in node.keywords
        if isinstance(k.value, gast.Constant) and isinstance(k.value.value, str)
    }
    call = Call(arguments, keywords, texts)
    found = [_result_of_callee(one, call, returns) for one in alternatives(callee) if one.name != "none"]
    return join_all(found) if found else ANY


def _result_of_callee(callee: Kind, call: Call, returns: Returns) -> Kind:
    """Return the kind of what a function, or an object that is called, returns."""
    arguments, keywords = call.arguments, call.keywords
    if callee.value is dataclasses.replace:
        return _replaced(arguments, keywords)
    if is_copy_of_numbers(callee.value, arguments, keywords):
        return arguments[0]
    if callee.name == "object":
        return _returned(called_methods(callee), arguments, keywords, returns)
    if not registry.is_key(callee.value):
        return ANY
    if is_made_empty(callee.value):
        return ANY if arguments or keywords else record(callee.value, ())
    if initializer(callee.value) is not None:
        own = positional(initializer(callee.value), [record(callee.value, ()), *arguments], keywords)
        return ANY if own is None else returns(callee.value, own)
    known = registry.has_results_like(callee.value)
    source = registry.result_source(callee.value) if known else callee.value
    if source is None:
        return NUMBER
    if known or is_users(source):
        own = positional(source, arguments, keywords)
        return ANY if own is None else returns(source, own)
    return result_of(callee.value, call)


def is_copy_of_numbers(callee: Any, arguments: list[Kind], keywords: Mapping[Any, Kind]) -> bool:
    """Tell whether a call copies a number, an array or a plain container of such, and does nothing else."""
    copies = (callee is copy.copy or callee is copy.deepcopy) and len(arguments) == 1 and not keywords
    return copies and (arguments[0].name == "str" or holds_numbers_alone(arguments[0]))


def _replaced(arguments: list[Kind], keywords: Kinds) -> Kind:
    """Return the kind of a dataclass's instance with some of its fields replaced."""
    made = arguments[0] if len(arguments) == 1 else ANY
    if made.name != "object" or made.items is None or not is_replaceable(made.value):
        return ANY
    held = dict(made.items)
    fields = [field.name for field in dataclasses.fields(made.value) if field.init]
    return record(made.value, tuple((name, keywords.get(name, held.get(name, ANY))) for name in fields))


def _method_call(base: Kind, name: str, arguments: list[Kind], keywords: Kinds, returns: Returns) -> Kind:
    if base.name in ("array", "number", "float") and name in ARRAY_METHODS:
        return result_of(ARRAY_METHODS[name], Call([base, *arguments], keywords))
    if base.name == "list" and name == "pop" and base.items is not None:
        return base.items[0] if base.items else NEVER
    if (
        base.name == "dict"
        and name in ("get", "pop", "setdefault")
        and len(arguments) in (1, 2)
        and not keywords
    ):
        missing = arguments[1] if len(arguments) > 1 else NEVER if name == "pop" else NONE
        return join_bound(any_item(base), missing)
    if base.name == "function":
        callee = attribute(base, name)
        if callee.name == "function" and isinstance(callee.value, (np.ufunc, type(np.sum))):
            return result_of(callee.value, Call(arguments, keywords))
        return ANY
    if method_of_generator(base, name) is not None:
        return sample(name, Call(arguments, keywords))
    if is_named_tuple(base):
        made = result_of_method(base, name, len(arguments), keywords)
        if made is not None:
            return made
    if base.name in ("list", "tuple", "str") and name in ("index", "count"):
        return INT
    return _returned(called_methods(base, name), arguments, keywords, returns)


def _returned(called: tuple[Any, ...], arguments: list[Kind], keywords: Kinds, returns: Returns) -> Kind:
    """Return the kind of the result of one of several methods."""
    found = []
    for method, receiver in called:
        own = positional(method, [receiver, *arguments], keywords)
        found.append(ANY if own is None else returns(method, own))
    return join_all(found) if found else ANY

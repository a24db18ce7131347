"""Python's operators and the builtins that make containers, written out as functions to be differentiated.

They are called where the kind of an operand is known only when the program runs.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Set
from typing import Any

from srcad import runtime as rt
from srcad.rules import iteration
from srcad.runtime.libraries import OfLibrary

__all__ = ["SOURCES", "has_plain_operands", "items_by_position", "with_known_arity"]


def _add(left: Any, right: Any) -> Any:
    return left + right


def _sub(left: Any, right: Any) -> Any:
    return left - right


def _mul(left: Any, right: Any) -> Any:
    return left * right


def _truediv(left: Any, right: Any) -> Any:
    return left / right


def _pow(left: Any, right: Any) -> Any:
    return left**right


def _mod(left: Any, right: Any) -> Any:
    return left % right


def _floordiv(left: Any, right: Any) -> Any:
    return left // right


def _matmul(left: Any, right: Any) -> Any:
    return left @ right


def _neg(operand: Any) -> Any:
    return -operand


def _pos(operand: Any) -> Any:
    return +operand


def _and_(left: Any, right: Any) -> Any:
    return left & right


def _or_(left: Any, right: Any) -> Any:
    return left | right


def _xor(left: Any, right: Any) -> Any:
    return left ^ right


def _lshift(left: Any, right: Any) -> Any:
    return left << right


def _rshift(left: Any, right: Any) -> Any:
    return left >> right


def _ior(target: Any, value: Any) -> Any:
    target |= value
    return target


def _iand(target: Any, value: Any) -> Any:
    target &= value
    return target


def _ixor(target: Any, value: Any) -> Any:
    target ^= value
    return target


def _getitem(base: Any, index: Any) -> Any:
    return base[index]


def _setitem(base: Any, index: Any, value: Any) -> None:
    base[index] = value


def _delitem(base: Any, index: Any) -> None:
    del base[index]


def _iadd(target: Any, value: Any) -> Any:
    target += value
    return target


def _isub(target: Any, value: Any) -> Any:
    target -= value
    return target


def _imul(target: Any, value: Any) -> Any:
    target *= value
    return target


def _itruediv(target: Any, value: Any) -> Any:
    target /= value
    return target


def _ipow(target: Any, value: Any) -> Any:
    target **= value
    return target


def items_by_position(values: Any) -> Any:
    """Return the items of an instance that has ``__getitem__`` and ``__len__``, but no ``__iter__``."""
    return [values[i] for i in range(len(values))]


def _list(values: Any = ()) -> Any:
    return [item for item in values]


def _tuple(values: Any = ()) -> Any:
    return tuple([item for item in values])


def _sorted(values: Any, key: Any = None, reverse: bool = False) -> Any:
    items = list(values)
    items.sort(key=key, reverse=reverse)
    return items


def _reversed(values: Any) -> Any:
    items = list(values)
    items.reverse()
    return items


def _zip(*sources: Any, strict: bool = False) -> Any:
    if rt.are_taken_in_turns(sources):
        return iteration.in_turns(*sources)
    columns = [list(source) for source in sources]
    if strict and len({len(column) for column in columns}) > 1:
        raise ValueError("zip() has arguments of different lengths")
    shortest = min([len(column) for column in columns])
    for source, column in zip(sources, columns):
        rt.check_left(source, len(column) > shortest)
    return [tuple([column[i] for column in columns]) for i in range(shortest)]


def _enumerate(values: Any, start: int = 0) -> Any:
    items = list(values)
    return [(start + i, items[i]) for i in range(len(items))]


def _map(function: Any, *sources: Any) -> Any:
    columns = [list(source) for source in sources]
    shortest = min([len(column) for column in columns])
    for source, column in zip(sources, columns):
        rt.check_left(source, len(column) > shortest)
    return [function(*[column[i] for column in columns]) for i in range(shortest)]


def _filter(function: Any, values: Any) -> Any:
    return [item for item in values if function(item)]


def _hypot_of_two(first: Any, second: Any) -> Any:
    return math.hypot(first, second)


def _hypot_of_three(first: Any, second: Any, third: Any) -> Any:
    return math.hypot(first, second, third)


def _hypot_of_many(*coordinates: Any) -> Any:
    total = 0.0
    for coordinate in coordinates:
        total = math.hypot(total, coordinate)
    return total


def with_known_arity(function: Any, count: int) -> Any:
    """Return a function of ``count`` parameters for one that takes any number of arguments."""
    if function is not math.hypot:
        return function
    return {2: _hypot_of_two, 3: _hypot_of_three}.get(count, _hypot_of_many)


_OPERATORS = (
    _add, _sub, _mul, _truediv, _pow, _mod, _floordiv, _matmul, _neg, _pos, _getitem, _setitem, _delitem, _iadd, _isub,
    _imul, _itruediv, _ipow, _and_, _or_, _xor, _lshift, _rshift, _ior, _iand, _ixor,
)  # fmt: skip
SOURCES: dict[Any, Any] = {
    **{getattr(operator, function.__name__[1:]): function for function in _OPERATORS},
    list: _list, tuple: _tuple, sorted: _sorted, reversed: _reversed, zip: _zip, enumerate: _enumerate, map: _map,
    filter: _filter, **iteration.WRITTEN_OUT,
}  # fmt: skip
_OF_ITEMS = (operator.getitem, operator.setitem, operator.delitem)
_BY_OPERATOR = {getattr(operator, function.__name__[1:]) for function in _OPERATORS} - set(_OF_ITEMS)


def has_plain_operands(function: Any, args: Any) -> bool:
    """Tell whether a function of `SOURCES` is applied to text, sets or objects of libraries, which have no derivative.

    >>> has_plain_operands(operator.and_, ({1}, {2})), has_plain_operands(operator.iadd, ([1.0], "ab"))
    (True, False)
    >>> has_plain_operands(operator.getitem, (range(3), 0))
    True
    """
    if function not in SOURCES:
        return False
    if any(isinstance(value, OfLibrary) for value in args):
        return True
    if function is operator.getitem and isinstance(args[0], (str, bytes, range)):
        return True
    updates = function.__name__.startswith("i")
    operands = args[:1] if updates else args
    return function in _BY_OPERATOR and any(isinstance(value, (str, bytes, Set)) for value in operands)

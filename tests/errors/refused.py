"""Functions that are refused, each with a mark at the line and the text to which the error must point.

The mark is a comment ``# refused at: text``; the caret must stand under the first character of the text.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcad.errors import NoDerivativeError, SrcadError, UnsupportedError

X = np.array([1.0, 2.0, 3.0])


@dataclass(frozen=True)
class Refused:
    """A function, its arguments and the class of the error."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    error: type[SrcadError]


REFUSED: list[Refused] = []


def refused(*args: Any, error: type[SrcadError] = UnsupportedError) -> Callable[..., Any]:
    """Enter the decorated function."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        REFUSED.append(Refused(function, args, error))
        return function

    return register


class Box:
    """Something with an attribute."""

    def __init__(self, value: Any) -> None:
        self.value = value


def keep(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


COUNT = 0


@refused(1.0)
async def asynchronous(x):  # refused at: async def
    return x * x


@refused(1.0)
def generator(x):
    y = x * x
    yield y  # refused at: yield y


@refused(1.0)
def delegating_generator(x):
    yield from [x, x * x]  # refused at: yield from


@refused(1.0)
def class_inside(x):
    class Inner:  # refused at: class Inner
        factor = 2.0

    return x * Inner.factor


@refused(1.0)
def global_assigned(x):
    global COUNT  # refused at: global COUNT
    COUNT = COUNT + 1
    return x * x


@refused(1.0)
def nonlocal_assigned(x):
    total = 0.0

    def add(v):
        nonlocal total  # refused at: nonlocal total
        total = total + v

    add(x)
    return total


@refused(1.0)
def except_clause(x):
    try:  # refused at: try
        y = 1.0 / x
    except ZeroDivisionError:
        y = 0.0
    return y


@refused(1.0)
def return_in_finally(x):
    try:
        y = x * x
    finally:
        return y  # noqa: B012  # refused at: return y


@refused(1.0)
def decorated_nested_function(x):
    @keep  # refused at: keep
    def inner(y):
        return y * x

    return inner(x)


@refused(X)
def argument_augmented_in_place(x):
    x *= 2.0  # refused at: x *= 2.0
    return np.sum(x)


@refused({"w": 2.0})
def dict_item_assigned(params):
    params["w"] = params["w"] * 2.0  # refused at: params["w"]
    return params["w"]


@refused({"w": 2.0})
def dict_updated(params):
    params.update(w=3.0)  # refused at: params.update
    return params["w"]


@refused(2.0)
def attribute_assigned(x):
    box = Box(x)
    box.value = x * x  # refused at: box.value
    return box.value


@refused(X)
def array_method_in_place(x):
    y = x * 2.0
    y.fill(1.0)  # refused at: y.fill
    return np.sum(y)


@refused(X)
def array_sorted_in_place(x):
    y = x * 2.0
    y.sort()  # refused at: y.sort
    return y[0]


@refused([1.0, 2.0])
def list_reversed_in_place(values):
    values.reverse()  # refused at: values.reverse
    return values[0]


@refused(X, error=SrcadError)
def written_through_out(x):
    y = np.zeros(3)
    np.multiply(x, 2.0, out=y)  # refused at: np.multiply
    return np.sum(y)


@refused(X, error=SrcadError)
def add_at(x):
    y = x * 2.0
    np.add.at(y, [0, 0], 1.0)  # refused at: np.add.at
    return np.sum(y)


@refused([1.0, 2.0])
def list_grows_under_its_loop(values):
    grown = [1.0]
    for v in grown:
        if len(grown) < 3:
            grown.append(v * values[0])  # refused at: grown.append
    return sum(grown)


@refused(2.0, error=NoDerivativeError)
def neither_source_nor_rule(x):
    y = x * x
    return struct.unpack("d", struct.pack("d", y))[0]  # refused at: struct.unpack


namespace: dict[str, Any] = {}
exec("def without_source(x):\n    return x * x\n", namespace)
without_source = namespace["without_source"]


def helper(x):
    y = x * 2.0
    y.fill(1.0)  # refused in the callee
    return np.sum(y)

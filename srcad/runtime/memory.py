"""Shadow memory: the gradient of values that may be changed in place, in a structure that mirrors theirs.

The shadow of an array is an array of the same layout, that of a view the same view of the shadow; lists, tuples
and dicts have lists, tuples and dicts of shadows, objects a `Shadow` with the same attributes, and a number a
`Cell`.  What cannot have a derivative has the shadow None.  Aliases stay aliases: two values that share memory have
shadows that share memory in the same way (Moses and Churavy: Instead of rewriting foreign code for machine
learning, automatically synthesize fast gradients, 2020, section 3).
"""

from __future__ import annotations

import collections
import enum
import random
import types
from typing import Any

import numpy as np

from srcad.errors import UnsupportedError
from srcad.runtime.array_likes import check_no_numbers
from srcad.runtime.attributes import attributes_of, coefficients_of
from srcad.runtime.calls import Closure
from srcad.runtime.held import FUNCTIONS, held_image
from srcad.runtime.libraries import OfLibrary, package_of

__all__ = [
    "NUMBERS",
    "OPAQUE",
    "Cell",
    "Defaults",
    "Shadow",
    "accumulate_part",
    "accumulate_shadow",
    "address_of",
    "attribute_shadow",
    "element_shadow",
    "has_layout",
    "instance",
    "mirror",
    "mirrored_views",
    "return_element",
    "return_elements",
    "same_view",
    "seed_shadow",
    "separate_shadow",
    "shadow",
    "view_of",
]

_HEAP_TYPE = 1 << 9
NUMBERS = (float, complex, np.number)
OPAQUE = (
    str, bytes, range, slice, type(None), type(...), type, types.ModuleType, types.FunctionType,
    types.BuiltinFunctionType, types.MethodType, np.random.Generator, np.dtype, np.ufunc, set, frozenset,
    random.Random, OfLibrary,
)  # fmt: skip


class Cell:
    """The gradient of one number that lives in memory."""

    __slots__ = ("g",)

    def __init__(self) -> None:
        self.g: Any = 0.0

    def __repr__(self) -> str:
        return f"Cell({self.g!r})"


class Shadow:
    """The gradient of an object: an object whose attributes are the shadows of its attributes.

    >>> Shadow(weights=None)
    Shadow({'weights': None})
    """

    def __init__(self, **parts: Any) -> None:
        vars(self).update(parts)

    def __repr__(self) -> str:
        return f"Shadow({vars(self)!r})"


class Defaults(dict[Any, Any]):
    """The shadow of a ``defaultdict``, and ``factory``, that of the function which makes its items."""

    def __init__(self, parts: dict[Any, Any], factory: Any) -> None:
        super().__init__(parts)
        self.factory = factory

    def copy(self) -> Defaults:
        return Defaults(self, self.factory)


def instance(cls: type, /, **attributes: Any) -> Any:
    """Return an instance of a class as its ``__init__`` leaves it, with these attributes.

    >>> from argparse import Namespace
    >>> instance(Namespace, weights=1.0)
    Namespace(weights=1.0)
    """
    made = object.__new__(cls)
    for name, value in attributes.items():
        object.__setattr__(made, name, value)
    return made


def is_instance(value: Any) -> bool:
    """Tell whether ``value`` is an object of a user's class, whose attributes may carry derivatives."""
    if isinstance(value, OPAQUE) or callable_without_state(value):
        return False
    if isinstance(value, enum.Enum) and isinstance(value, (int, float)):
        return False  # a member that counts as the number it is
    return hasattr(value, "__dict__") or hasattr(type(value), "__slots__")


def callable_without_state(value: Any) -> bool:
    """Tell whether ``value`` is of a class whose objects hold nothing that carries derivatives."""
    cls = type(value)
    own = cls.__module__ in ("srcad.custom", "srcad.callables.replay")
    return own or package_of(cls) in ("builtins", "functools") or cls.__module__ == "numpy"


def owner(array: Any) -> Any:
    """Return the array that owns the memory of ``array``."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def address_of(array: Any) -> int:
    """Return the address of the first entry of an array."""
    return int(array.__array_interface__["data"][0])


def same_view(view: Any, base: Any, other: Any) -> Any:
    """Return the part of ``other`` that ``view`` is of ``base``; both have the same layout."""
    return view_of(other, view.shape, address_of(view) - address_of(base), view.strides)


def view_of(
    whole: Any, shape: tuple[int, ...], offset: int, strides: tuple[int, ...], dtype: Any = None
) -> Any:
    """Return a view of the memory of an array, from ``offset`` bytes behind its first entry on."""
    return np.ndarray(shape, whole.dtype if dtype is None else dtype, whole.ravel(order="K"), offset, strides)


def _buffer(array: Any) -> Any:
    """Return zeros with the memory layout of ``array``, as the first address of a contiguous block."""
    zeros = np.zeros_like(array)
    return zeros if has_layout(zeros, array) else None


def has_layout(made: Any, array: Any) -> bool:
    """Tell whether two arrays of one shape lie in memory alike; an axis of length one may have any stride."""
    return all(own == other for own, other, n in zip(made.strides, array.strides, array.shape) if n > 1)


def shadow(value: Any, memo: dict[int, Any] | None = None) -> Any:
    """Return a shadow of zeros for ``value``; what is shared inside of it stays shared.

    Parameters
    ----------
    value : object
        A number, an array, a container or an object.
    memo : dict, optional
        From the identity of memory to its shadow, where several values are shadowed together.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.ones(3)
    >>> first, second = shadow([x, x[1:]])
    >>> second += 1.0
    >>> first
    array([0., 1., 1.])
    """
    if isinstance(value, NUMBERS):
        return Cell()
    if isinstance(value, np.ndarray):
        return _array_shadow(value, memo)
    if isinstance(value, FUNCTIONS):
        return held_image(value, memo)
    if value is None or isinstance(value, (bool, int, *OPAQUE)):
        return Cell() if isinstance(value, int) and not isinstance(value, bool) else None
    memo = {} if memo is None else memo
    found = memo.get(id(value))
    if found is not None:
        return found[0]
    return _container_shadow(value, memo)


def separate_shadow(value: Any) -> Any:
    """Return a shadow of zeros in which items that share memory, which nobody changes, have their own gradients.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.ones(3)
    >>> first, second = separate_shadow([x, x[1:]])
    >>> second += 1.0
    >>> first
    array([0., 0., 0.])
    """
    if type(value) is list or type(value) is tuple:
        return type(value)([separate_shadow(item) for item in value])
    if type(value) is dict:
        return {key: separate_shadow(item) for key, item in value.items()}
    if isinstance(value, np.ndarray) and value.dtype.kind == "O":
        if any(isinstance(item, NUMBERS) or is_instance(item) for item in value.flat):
            raise UnsupportedError(
                "Arrays of objects are not differentiated.", "Use a list, or an array of numbers."
            )
    return shadow(value)


def _array_shadow(value: Any, memo: dict[int, Any] | None) -> Any:
    if value.dtype.kind == "O":
        return None
    if value.dtype.kind not in "fc":
        return None
    if memo is None or _is_spread(value):
        return np.zeros_like(value)
    base = owner(value)
    found = memo.get(id(base))
    if found is None:
        made = _buffer(base) if base.dtype == value.dtype else None
        if made is None:
            return np.zeros_like(value)
        memo[id(base)] = found = (made, base)
    return found[0] if base is value else same_view(value, base, found[0])


def _is_spread(value: Any) -> bool:
    """Tell whether an array shows one entry in several places, which its shadow must keep apart."""
    return any(step == 0 and length > 1 for step, length in zip(value.strides, value.shape))


def _container_shadow(value: Any, memo: dict[int, Any]) -> Any:
    if isinstance(value, tuple):
        return tuple(shadow(item, memo) for item in value)
    result: Any
    if isinstance(value, list):
        result = []
        memo[id(value)] = (result, value)
        result += [shadow(item, memo) for item in value]
    elif isinstance(value, collections.deque):
        result = collections.deque(maxlen=value.maxlen)
        memo[id(value)] = (result, value)
        result.extend(shadow(item, memo) for item in value)
    elif isinstance(value, dict):
        result = {}
        memo[id(value)] = (result, value)
        result.update((key, shadow(item, memo)) for key, item in value.items())
    elif isinstance(value, Closure):
        result = [shadow(item, memo) for item in value.captured]
    elif is_instance(value):
        result = Shadow()
        memo[id(value)] = (result, value)
        if type(value).__module__.startswith("scipy.interpolate"):
            result.c = shadow(
                coefficients_of(value), memo
            )  # first, so that a gradient that counts once is there
        for name, item in attributes_of(value).items():
            if name != "c" or not hasattr(result, "c"):
                setattr(result, name, shadow(item, memo))
    else:
        result = None
    return result


def accumulate_shadow(target: Any, gradient: Any, seen: set[tuple[int, int]] | None = None) -> None:
    """Add ``gradient`` to a shadow; ``seen`` has the objects, which may know each other, that have theirs."""
    if target is None or isinstance(gradient, float) and gradient == 0.0 or gradient is None:
        return
    if isinstance(target, np.ndarray):
        if isinstance(gradient, (list, tuple)):  # of an array that was added to the gradient of a list
            gradient = np.asarray(gradient)
        if isinstance(gradient, (np.ndarray, np.generic, float, complex, int)):
            _add_to_view(target, _fitting(gradient, target))
        return
    if isinstance(target, Cell):
        target.g = target.g + gradient
    elif isinstance(target, dict):
        for key, part in gradient.items():
            accumulate_shadow(target.get(key), part, seen)
    elif isinstance(target, (list, tuple, collections.deque)):
        for inner, part in zip(target, gradient):
            accumulate_shadow(inner, part, seen)
    elif isinstance(target, Shadow):
        seen = set() if seen is None else seen
        if (id(target), id(gradient)) in seen:
            return
        seen.add((id(target), id(gradient)))
        check_no_numbers(gradient)
        parts = gradient.items() if isinstance(gradient, dict) else attributes_of(gradient).items()
        for name, part in parts:
            if isinstance(part, np.ndarray) and not hasattr(target, name):
                setattr(target, name, np.zeros_like(part))
            accumulate_shadow(getattr(target, name, None), part, seen)


def accumulate_part(target: Any, index: Any, gradient: Any) -> None:
    """Add ``gradient`` to a part of a view that may show one place of memory several times."""
    part = target[index]
    if isinstance(part, np.ndarray) and _is_basic(index):
        _add_to_view(part, _fitting(gradient, part))
    else:
        whole = np.zeros(target.shape, target.dtype)
        np.add.at(whole, index, gradient)
        _add_to_view(target, whole)


def _add_to_view(target: Any, gradient: Any) -> None:
    """Add to an array; where it shows one place several times, all that is added there counts."""
    if not _repeats(target):
        target += gradient
        return
    whole = owner(target)
    flat = whole.ravel(order="K")
    numbers = np.arange(flat.size)
    scale = numbers.itemsize
    strides = tuple(step // whole.itemsize * scale for step in target.strides)
    start = (address_of(target) - address_of(flat)) // whole.itemsize
    places = np.ndarray(target.shape, numbers.dtype, numbers, start * scale, strides)
    np.add.at(flat, places, gradient)


def _repeats(array: Any) -> bool:
    """Tell whether an array shows one place of memory several times: its axes do not fit behind each other."""
    axes = sorted((abs(step), size) for step, size in zip(array.strides, array.shape) if size > 1)
    reach = array.itemsize
    for step, size in axes:
        if step < reach:
            return True
        reach = step * (size - 1) + reach
    return False


def _fitting(gradient: Any, target: Any) -> Any:
    """Return ``gradient`` summed to the shape of ``target``, and real where that is real."""
    if np.iscomplexobj(gradient) and not np.iscomplexobj(target):
        gradient = np.real(gradient)
    if np.ndim(gradient) > target.ndim:
        extra = np.ndim(gradient) - target.ndim
        gradient = np.sum(gradient, axis=tuple(range(extra)))
    return gradient


def seed_shadow(target: Any, cotangent: Any) -> None:
    """Add a user's cotangent, whose containers are those of the value, to the shadow of the result."""
    accumulate_shadow(target, cotangent)


def _is_basic(index: Any) -> bool:
    parts = index if isinstance(index, tuple) else (index,)
    return all(
        part is None or part is Ellipsis or isinstance(part, (slice, int, str, np.integer)) and not isinstance(part, bool)
        for part in parts
    )  # fmt: skip


def element_shadow(value: Any, base_shadow: Any, index: Any) -> Any:
    """Return the shadow of ``value``, which was read as ``base[index]``."""
    if isinstance(base_shadow, np.ndarray):
        if isinstance(value, np.ndarray) and _is_basic(index):
            return base_shadow[index]
        return shadow(value)
    if isinstance(base_shadow, Cell):
        return shadow(value)  # of a scalar of NumPy, by a mask, None, () or ...
    if isinstance(base_shadow, dict):
        if index not in base_shadow:
            base_shadow[index] = shadow(value)  # a missing key that the dict itself has filled in
        return base_shadow[index]
    if isinstance(base_shadow, (list, tuple, collections.deque)):
        return base_shadow[index]
    if isinstance(base_shadow, Shadow):
        raise UnsupportedError("An instance of a class is unpacked into its items.",
                               "Make a list of it first, as in 'a, b = list(instance)'.")  # fmt: skip
    return None


def return_element(part_shadow: Any, base_shadow: Any, index: Any) -> None:
    """Add the gradient of an element that was copied out of an array, or a scalar of NumPy, to the gradient of that."""
    if isinstance(base_shadow, Cell):
        if part_shadow is not None:
            accumulate_shadow(
                base_shadow, part_shadow.g if isinstance(part_shadow, Cell) else np.sum(part_shadow)
            )
        return
    if not isinstance(base_shadow, np.ndarray):
        return
    if isinstance(part_shadow, Cell):
        np.add.at(base_shadow, index, part_shadow.g)
    elif isinstance(part_shadow, np.ndarray) and not _is_basic(index):
        np.add.at(base_shadow, index, part_shadow)


def return_elements(part_shadows: Any, base_shadow: Any) -> None:
    """Add the gradients of all items that were copied out of an array to the array's."""
    for position, part_shadow in enumerate(part_shadows):
        return_element(part_shadow, base_shadow, position)


def mirror(value: Any, base: Any, base_shadow: Any) -> Any:
    """Return the shadow of ``value``, which NumPy made of ``base`` as a view or as a copy.

    It is the same view of ``base_shadow`` where the two share memory, else new zeros.
    """
    if isinstance(value, (list, tuple)):
        return type(value)([mirror(item, base, base_shadow) for item in value])
    if not isinstance(value, np.ndarray) or not isinstance(base, np.ndarray):
        return shadow(value) if not value is base else base_shadow  # noqa: E714
    if not isinstance(base_shadow, np.ndarray):
        return shadow(value)
    if owner(value) is not owner(base) or value.dtype != base.dtype:
        return shadow(value)
    if not has_layout(base_shadow, base):
        return shadow(value)
    whole = owner(base_shadow)
    offset = address_of(value) - address_of(base) + address_of(base_shadow) - address_of(whole)
    return view_of(whole, value.shape, offset, value.strides)


def mirrored_views(value: Any, bases: Any, shadows: Any) -> Any:
    """Return the shadow of each array in ``value`` that is a view of one of ``bases``; None for the others.

    Examples
    --------
    >>> import numpy as np
    >>> x, dx = np.ones(3), np.zeros(3)
    >>> mirrored_views([x[1:], np.ones(2)], (x,), (dx,))
    [array([0., 0.]), None]
    """
    if isinstance(value, (list, tuple)):
        return [mirrored_views(part, bases, shadows) for part in value]
    for base, held in zip(bases, shadows):
        if isinstance(base, np.ndarray) and isinstance(held, np.ndarray):
            image = mirror(value, base, held)
            if isinstance(image, np.ndarray) and np.may_share_memory(image, held):
                return image
    return None


def attribute_shadow(value: Any, base: Any, base_shadow: Any, name: str) -> Any:
    """Return the shadow of ``value``, which was read as ``base.name``; that of a method is its receiver's."""
    bound = isinstance(value, (types.MethodType, types.BuiltinMethodType))
    if bound and getattr(value, "__self__", None) is base:
        return base_shadow
    if isinstance(base_shadow, Shadow):
        if not hasattr(base_shadow, name):
            setattr(base_shadow, name, shadow(value))
        return getattr(base_shadow, name)
    if isinstance(base, tuple) and name in getattr(base, "_fields", ()) and isinstance(base_shadow, tuple):
        return base_shadow[base._fields.index(name)]
    if isinstance(base_shadow, dict) and isinstance(base, dict) and base.get(name) is value:
        return base_shadow[name]  # a dict whose items are attributes too
    if isinstance(base, np.ndarray):
        return mirror(value, base, base_shadow)
    return None

"""Changes of lists and dicts on a value and its shadow alike, and their undoing."""

from __future__ import annotations

import collections
import copy as _copy
import types
from typing import Any

import numpy as np

from srcad.errors import NoDerivativeError, UnsupportedError
from srcad.runtime.arrays import unbroadcast
from srcad.runtime.attributes import attributes_of
from srcad.runtime.containers import check_taken
from srcad.runtime.libraries import package_of
from srcad.runtime.memory import (
    Cell,
    Shadow,
    accumulate_shadow,
    element_shadow,
    is_instance,
    shadow,
)
from srcad.runtime.odd_operators import refuse_operator_by_name
from srcad.runtime.outliving import is_lasting, is_lasting_tangent, own_container
from srcad.runtime.taking import taken

__all__ = [
    "built_in_method",
    "carries",
    "check_kept",
    "check_kept_tangents",
    "container_call",
    "drained",
    "element_shadows",
    "is_moving",
    "no_shadow",
    "publish",
    "record_call",
    "restore",
    "return_copy",
    "sequence_gradient",
    "sequence_shadow",
    "shallow",
    "kept_shadow",
    "shallow_shadow",
    "skeleton",
    "refuse_repetition",
    "store_gradient",
    "stored_gradient",
]


def no_shadow(value: Any) -> Any:
    """Return the shadow of a container that carries no derivative: arrays, which may be changed there, have zeros."""
    if isinstance(value, (list, tuple)):
        return type(value)([no_shadow(item) for item in value]) if type(value) in (list, tuple) else None
    if isinstance(value, dict):
        return {key: no_shadow(item) for key, item in value.items()}
    return shadow(value) if is_instance(value) or isinstance(value, np.ndarray) else None


def sequence_shadow(values: Any, source: Any, source_shadow: Any) -> Any:
    """Return the shadow of ``values``, which iterates over ``source``."""
    if values is source:
        return source_shadow
    if isinstance(source, dict) or source_shadow is None:
        return [None] * len(values)
    return list(source_shadow)


def sequence_gradient(source: Any, image: Any) -> Any:
    """Return the gradient of ``source`` from the shadow of the sequence of its items."""
    return 0.0 if isinstance(source, dict) else taken(image)


def element_shadows(values: Any, base_shadow: Any) -> list[Any]:
    """Return the shadows of the items of ``values``, which were read one after the other."""
    if base_shadow is None:
        return [None] * len(values)
    if isinstance(base_shadow, dict):
        return [None] * len(values)
    return [element_shadow(item, base_shadow, i) for i, item in enumerate(values)]


_STORING = ("append", "insert", "appendleft", "setdefault")
_WITHOUT_NUMBERS = ("count", "index", "isdisjoint", "keys", "move_to_end")
"""The methods of containers whose results hold no item."""


def carries(image: Any) -> bool:
    """Tell whether a shadow can gather any gradient."""
    if isinstance(image, (list, tuple, collections.deque)):
        return any(carries(part) for part in image)
    if isinstance(image, dict):
        return any(carries(part) for part in image.values())
    return image is not None


def check_kept(values: Any, images: Any) -> None:
    """Refuse to store values with a derivative in a container that has no shadow, which lives outside of the program."""
    for value, image in zip(values, images):
        number = isinstance(value, (float, complex, np.inexact)) and isinstance(image, Cell)
        if number or isinstance(value, np.ndarray) and isinstance(image, np.ndarray):
            raise _outliving()


def check_kept_tangents(held: Any, method: str, tangents: Any) -> None:
    """Refuse in forward mode what `check_kept` refuses in reverse mode; ``held`` is the container's tangent."""
    if is_lasting_tangent(held) and any(map(is_moving, tangents)):
        if method in (*_STORING, "__setitem__", "extend", "update", "fill", "put", "itemset"):
            raise _outliving()


def is_moving(tangent: Any) -> bool:
    """Tell whether a tangent is not zero throughout."""
    if isinstance(tangent, (list, tuple)):
        return any(map(is_moving, tangent))
    if isinstance(tangent, dict):
        return any(map(is_moving, tangent.values()))
    if not isinstance(tangent, (np.ndarray, np.generic, float, complex, int)):
        return tangent is not None  # the tangent of an object
    return bool(np.any(tangent))


def _outliving() -> UnsupportedError:
    return UnsupportedError(
        "A value that carries a derivative is stored in memory that outlives the call, such as a list that belongs "
        "to a class.",
        "Make the list in '__init__', pass it as an argument, or return the new value.",
    )


def built_in_method(receiver: Any, name: str) -> bool:
    """Tell whether ``receiver.name`` is what Python's own lists, tuples, dicts and deques have.

    Examples
    --------
    >>> class Table(dict):
    ...     def keys(self): return sorted(super().keys())
    >>> built_in_method(Table(), "items"), built_in_method(Table(), "keys")
    (True, False)
    """
    if not isinstance(receiver, (list, tuple, dict, collections.deque)):
        return False
    of_python = package_of(type(receiver)) in ("builtins", "collections")
    return of_python or isinstance(getattr(type(receiver), name, None), types.MethodDescriptorType)


def container_call(
    base: Any,
    base_shadow: Any,
    method: str,
    args: tuple[Any, ...],
    shadows: tuple[Any, ...],
    options: dict[str, Any] | None = None,
    option_shadows: dict[str, Any] | None = None,
) -> tuple[Any, Any]:
    """Call a method of a list, dict or tuple, and its mirror image on the shadow.

    Returns
    -------
    value, shadow
        The result and its shadow.
    """
    options, option_shadows = options or {}, option_shadows or {}
    if isinstance(base, collections.Counter):
        if carries(shadows) or carries(option_shadows):
            raise UnsupportedError("A value that carries a derivative is counted in a Counter.",
                                   "Use a dict, or a defaultdict(float).")  # fmt: skip
        return getattr(base, method)(*args, **options), None
    if is_lasting(base_shadow) and method in _STORING:
        check_kept(args[-1:], shadows[-1:])
    if method in ("append", "extend", "insert", "appendleft", "extendleft") and base_shadow is not None:
        return _grown(base, base_shadow, method, args, shadows[-1])
    if method == "sort":
        return _sorted_in_place(base, base_shadow, options)
    if method == "remove":
        position = base.index(*args)
        if base_shadow is not None:
            del base_shadow[position]
        del base[position]
        return None, None
    if method == "update":
        return _updated(base, base_shadow, args, shadows, options, option_shadows)
    if method in ("get", "setdefault", "pop"):
        return _looked_up(base, base_shadow, method, args, shadows)
    if method in ("_replace", "_asdict") and isinstance(base, tuple):
        return record_call(base, base_shadow, method, options, option_shadows)
    if carries((base_shadow, *shadows)):
        refuse_operator_by_name(base, method)
    value = getattr(base, method)(*args, **options)
    if method in ("items", "keys", "popitem"):
        check_taken(value[:1] if method == "popitem" else base)
    if base_shadow is not None and method in ("values", "items"):
        images = [base_shadow.get(key) for key in base]
        return list(value), images if method == "values" else [(None, image) for image in images]
    return value, None if base_shadow is None else _image(base_shadow, method, args, value)


def _grown(base: Any, base_shadow: Any, method: str, args: tuple[Any, ...], held: Any) -> tuple[Any, None]:
    """Add one item or several to a list and to its shadow."""
    if method in ("extend", "extendleft"):
        items = list(args[-1])
        held = list(held) if isinstance(held, (list, tuple)) else element_shadows(items, held)
        getattr(base_shadow, method)(held)
        return getattr(base, method)(items), None
    where = args[:1] if method == "insert" else ()
    getattr(base_shadow, method)(*where, held)
    return getattr(base, method)(*args), None


def _image(base_shadow: Any, method: str, args: tuple[Any, ...], value: Any) -> Any:
    """Do to the shadow of a container what a method has done to the container; return the shadow of the result."""
    if method == "__getitem__":
        return base_shadow[args[0]]
    if method in ("popleft", "rotate"):
        return getattr(base_shadow, method)(*args)
    if method == "popitem":
        return None, base_shadow.pop(value[0], None)
    if method in ("clear", "reverse", "copy"):
        return getattr(base_shadow, method)()
    if method not in _WITHOUT_NUMBERS and not method.startswith("__") and carries((base_shadow,)):
        raise UnsupportedError(f"The method '.{method}' of a container has no derivative.",
                               "Read and store its items.")  # fmt: skip
    return None


def record_call(
    record: Any, own: Any, method: str, options: dict[str, Any], option_shadows: dict[str, Any]
) -> tuple[Any, Any]:
    """Call ``_replace`` or ``_asdict`` of a named tuple: the shadow of the result is that of its items."""
    images = own if isinstance(own, tuple) else (None,) * len(record)
    by_name = {**dict(zip(record._fields, images)), **option_shadows}
    value = getattr(record, method)(**options)
    return value, by_name if method == "_asdict" else tuple(by_name.values())


def _sorted_in_place(base: list[Any], base_shadow: Any, options: dict[str, Any]) -> tuple[None, None]:
    key = options.get("key")
    keys = [item if key is None else key(item) for item in base]
    order = sorted(range(len(base)), key=keys.__getitem__, reverse=bool(options.get("reverse", False)))
    base[:] = [base[i] for i in order]
    if base_shadow is not None:
        base_shadow[:] = [base_shadow[i] for i in order]
    return None, None


def _updated(
    base: Any,
    base_shadow: Any,
    args: Any,
    shadows: Any,
    options: dict[str, Any],
    option_shadows: dict[str, Any],
) -> tuple[None, None]:
    for other, image in zip(args, shadows):
        pairs = dict(other)
        base.update(pairs)
        if base_shadow is None:
            continue
        for position, key in enumerate(pairs):
            if isinstance(image, dict):
                base_shadow[key] = image.get(key)
            elif isinstance(image, (list, tuple)):
                base_shadow[key] = image[position][1]
            else:
                base_shadow[key] = None
    base.update(options)
    if base_shadow is not None:
        base_shadow.update(option_shadows)
    return None, None


def _looked_up(base: Any, base_shadow: Any, method: str, args: Any, shadows: Any) -> tuple[Any, Any]:
    if not isinstance(base, dict):
        value = base.pop(*args)
        return value, None if base_shadow is None else base_shadow.pop(*args)
    key, missing = args[0], args[0] not in base
    value = getattr(base, method)(*args)
    if base_shadow is None:
        return value, None
    default = shadows[1] if len(shadows) > 1 else None
    if missing:
        if method == "setdefault":
            base_shadow[key] = default
        return value, default
    image = base_shadow.pop(key, None) if method == "pop" else base_shadow.get(key)
    return value, image


def shallow(base: Any) -> Any:
    """Return a copy of a container, or of the attributes of an object, that later changes do not reach."""
    if isinstance(base, np.ndarray):
        return np.array(base)
    if isinstance(base, (list, dict, collections.deque)):
        return _copy.copy(base)
    return attributes_of(base)


def kept_shadow(image: Any, memo: dict[int, Any] | None = None) -> Any:
    """Return the shadows that the containers and objects of a shadow hold now, whatever is put into them later.

    Examples
    --------
    >>> whole = [Cell(), Cell()]
    >>> kept = kept_shadow(whole)
    >>> whole[0] = None
    >>> kept
    [Cell(0.0), Cell(0.0)]
    """
    memo = {} if memo is None else memo
    if id(image) in memo:
        return memo[id(image)]
    if isinstance(image, (list, tuple, collections.deque)):
        parts = memo[id(image)] = []
        parts += [kept_shadow(part, memo) for part in image]
        return parts
    if isinstance(image, dict):
        items = memo[id(image)] = {}
        items.update((key, kept_shadow(part, memo)) for key, part in image.items())
        return items
    if isinstance(image, Shadow):
        held = memo[id(image)] = Shadow()
        vars(held).update((key, kept_shadow(part, memo)) for key, part in vars(image).items())
        return held
    return image


def shallow_shadow(image: Any) -> Any:
    """Return a shadow of a shallow copy: a container of its own with the same parts."""
    if isinstance(image, Shadow):
        result = Shadow()
        vars(result).update(vars(image))
        return result
    return own_container(image) if isinstance(image, (list, dict, collections.deque)) else image


def publish(outside: Any, inside: Any) -> None:
    """Let what a function has captured see the changes that were made to a copy of it."""
    if isinstance(outside, np.ndarray) and isinstance(inside, np.ndarray):
        outside[...] = inside
    elif isinstance(outside, (list, dict, collections.deque)):
        restore(outside, shallow(inside))
    elif is_instance(outside):
        restore(outside, attributes_of(inside))


def restore(base: Any, saved: Any) -> None:
    """Give a container back what it held when ``saved`` was made of it."""
    if isinstance(base, np.ndarray):
        base[...] = saved
    elif isinstance(base, list):
        base[:] = saved
    elif isinstance(base, dict):
        base.clear()
        base.update(saved)
    elif isinstance(base, collections.deque):
        base.clear()
        base.extend(saved)
    elif saved is not None:
        for name in attributes_of(base).keys() - saved.keys():
            object.__delattr__(base, name)
        for name, item in saved.items():
            object.__setattr__(base, name, item)


def store_gradient(gradient: Any, index: Any) -> Any:
    """Return the gradient of what was stored at ``index``: of values stored at one place only the last has any."""
    if type(index) is np.ndarray and index.dtype.kind == "b":
        return gradient[index]  # a mask selects no place twice
    part = np.array(gradient[index])
    if isinstance(index, str):
        return part  # a field of a structured array
    numbers = np.arange(gradient.size).reshape(gradient.shape)[index]
    flat = np.ravel(numbers)
    winner = np.empty(gradient.size, dtype=np.intp)
    order = np.arange(flat.size)
    winner[flat] = order
    lost = np.reshape(winner[flat] != order, np.shape(part))
    if np.any(lost):
        part[lost] = 0
    return part


def refuse_repetition(base: Any) -> None:
    """Refuse to store into an array that shows one place several times: which value stays is not known."""
    if any(stride == 0 and size > 1 for stride, size in zip(base.strides, base.shape)):
        raise NoDerivativeError("A value is stored in an array that shows one place of memory several times, as the "
                                "result of broadcasting.", "Store it in a copy.")  # fmt: skip


def stored_gradient(gradient: Any, value: Any) -> Any:
    """Return the gradient of what was stored in an array, in the structure of the value: lists for lists."""
    if isinstance(gradient, np.void):
        raise UnsupportedError("A record of a structured array is stored as a whole.",
                               "Store its fields one by one: 'a[\"name\"][i] = value'.")  # fmt: skip
    if isinstance(value, (list, tuple)):
        whole = unbroadcast(gradient, np.zeros(np.shape(value)))
        return [stored_gradient(part, item) for part, item in zip(whole, value)]
    return unbroadcast(gradient, value)


def skeleton(image: Any, memo: dict[int, Any] | None = None) -> Any:
    """Return a shadow with containers of its own and the same cells and arrays in them.

    Objects may know each other, as those of a tree do that know their parents.
    """
    memo = {} if memo is None else memo
    if isinstance(image, (list, tuple)):
        return type(image)([skeleton(item, memo) for item in image])
    if isinstance(image, dict):
        return {key: skeleton(item, memo) for key, item in image.items()}
    if isinstance(image, Shadow):
        if id(image) not in memo:
            memo[id(image)] = result = Shadow()
            vars(result).update({name: skeleton(item, memo) for name, item in vars(image).items()})
        return memo[id(image)]
    if isinstance(image, collections.deque):
        return collections.deque([skeleton(item, memo) for item in image], image.maxlen)
    return image


def return_copy(image: Any, source: Any, seen: set[int] | None = None) -> None:
    """Add the gradient of a deep copy to the shadow of what was copied; memory that occurs twice counts once.

    Examples
    --------
    >>> import numpy as np
    >>> shared, source = np.ones(2), np.zeros(2)
    >>> return_copy([shared, shared], [source, source])
    >>> source
    array([1., 1.])
    """
    seen = set() if seen is None else seen
    if image is None or source is None or id(image) in seen:
        return
    seen.add(id(image))
    if isinstance(image, (list, tuple, collections.deque)):
        for part, other in zip(image, source):
            return_copy(part, other, seen)
    elif isinstance(image, dict):
        for key, part in image.items():
            return_copy(part, source.get(key), seen)
    elif isinstance(image, Shadow):
        for name, part in vars(image).items():
            return_copy(part, getattr(source, name, None), seen)
    else:
        accumulate_shadow(source, taken(image))


def drained(image: Any) -> Any:
    """Return the gradient that a shadow holds and leave zeros: memory that two arguments share counts once."""
    found = _copy.deepcopy(taken(image))
    _empty(image)
    return found


def _empty(image: Any) -> None:
    if isinstance(image, np.ndarray):
        image[...] = 0
    elif isinstance(image, Cell):
        image.g = 0.0
    elif isinstance(image, (list, tuple, collections.deque)):
        for part in image:
            _empty(part)
    elif isinstance(image, dict):
        for part in image.values():
            _empty(part)
    elif isinstance(image, Shadow):
        _empty(vars(image))

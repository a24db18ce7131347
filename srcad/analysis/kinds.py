"""What is known about a value before it exists: the lattice of kinds."""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

__all__ = [
    "ANY", "BOOL", "FLOAT", "FLOAT64", "FORM_OF_ARRAYS", "INT", "NEVER", "NONE", "NUMBER", "RANGE", "STR",
    "alternatives", "answer", "array", "bounded", "container", "Dims", "dims_of", "dims_unless_scalar", "function",
    "has_value", "holds_attribute", "holds_complex", "holds_numbers_alone", "instances_in", "is_differentiable",
    "is_double", "is_inside_its_like", "is_scalar", "is_whole", "join", "join_all", "join_bound", "join_dtypes",
    "Kind", "length", "length_class", "may_be_complex", "may_be_single", "may_be_whole", "may_have", "parts_of",
    "record", "scalar", "spreads_list",
]  # fmt: skip

Dims = tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """An element of the lattice.

    Attributes
    ----------
    name : str
        ``float`` (any scalar, real or complex), ``int``, ``bool``, ``str``, ``none``, ``array``,
        ``number`` (a scalar or an array), ``tuple``, ``list``, ``dict``, ``object``, ``function``,
        ``any``; ``never`` for what is not computed yet.
    ndim : int or None
        Of an array, where known.
    inexact : bool
        Whether an array may have a floating or complex dtype.
    items : tuple
        Of a tuple: the kinds of its elements; of a dict or object: (key, kind) pairs; of a list: the one
        element kind, or nothing for a list that is empty; of a closure, which is ``any``: those of the
        captured variables.
    value : object
        The function, the class of an object, the value of a literal number or flag.
    dims : tuple of str or None
        Of an array, one entry an axis: ``"1"`` (of length one), ``"N"`` (surely not of length one, but
        perhaps of zero) or ``"?"``.  Of ``number``: the axes that it has unless it is a scalar.  Of an integer or a
        list, one entry: what it is as a length.
    dtype : str or None
        Of numbers and arrays, where known: ``float64``, ``float`` (real and floating, of any
        precision), ``complex``, ``int`` (signed, of 32 bits at least, so that it becomes a double), ``bool``;
        of scalars and of ``number`` alone ``double``, which is ``float64`` or ``int``; ``mixed`` of what is complex
        in some runs and in others of another dtype, where None says nothing of complex numbers either way.
    optional : bool
        Of a variable that may be ``None`` instead, as before there is a value.
    rest : Kind or None
        Of a dict whose keys are known: what may have been stored under other keys; ``never`` for nothing.
    """

    name: str
    ndim: int | None = None
    inexact: bool = True
    items: tuple[Any, ...] | None = None
    value: Any = None
    dims: Dims | None = None
    dtype: str | None = None
    optional: bool = False
    rest: Kind | None = None

    def __init__(
        self,
        name: str,
        ndim: int | None = None,
        inexact: bool = True,
        items: tuple[Any, ...] | None = None,
        value: Any = None,
        dims: Dims | None = None,
        dtype: str | None = None,
        optional: bool = False,
        rest: Kind | None = None,
    ) -> None:
        # Thousands are made for a program, in a third of the time that the method of a frozen class takes.
        self.__dict__.update(
            name=name, ndim=ndim, inexact=inexact, items=items, value=value, dims=dims, dtype=dtype,
            optional=optional, rest=rest,
        )  # fmt: skip

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Kind):
            return NotImplemented
        return self.name == other.name and self._rest() == other._rest()

    def _rest(self) -> tuple[Any, ...]:
        """Return all but the name, which tells most kinds apart."""
        return (
            self.ndim, self.inexact, self.items, self.value, self.dims, self.dtype, self.optional, self.rest,
        )  # fmt: skip

    def __repr__(self) -> str:
        detail = [" ".join(self.dims)] if self.dims else [f"{self.ndim}d"] if self.ndim is not None else []
        detail += [self.dtype] if self.name in ("array", "float", "number") and self.dtype else []
        detail += [repr(item) for item in self.items or ()]
        detail += ["optional"] if self.optional else []
        return f"{self.name}[{', '.join(detail)}]" if detail else self.name


FLOAT = Kind("float")
FLOAT64 = Kind("float", dtype="float64")
INT = Kind("int", dtype="int")
BOOL = Kind("bool", dtype="bool")
STR = Kind("str")
NONE = Kind("none")
NUMBER = Kind("number")
ANY = Kind("any")
NEVER = Kind("never")
RANGE = Kind("tuple", value=range)
"""A ``range``: a tuple of integers, however many."""


FORM_OF_ARRAYS = frozenset(["dtype", "flags", "itemsize", "nbytes", "ndim", "shape", "size", "strides"])
"""The attributes of an array that say how it is laid out, and nothing of its numbers."""


def array(
    ndim: int | None = None, inexact: bool = True, dims: Iterable[str] | None = None, dtype: str | None = None
) -> Kind:
    """Return the kind of arrays; rank 0 is that of scalars."""
    known = tuple(dims) if dims is not None else ("?",) * ndim if ndim is not None else None
    inexact = inexact if dtype is None else dtype not in ("int", "bool")
    if known == ():
        return scalar(inexact, dtype)
    dtype = None if dtype == "double" else dtype
    return Kind("array", None if known is None else len(known), inexact, dims=known, dtype=dtype)


def scalar(inexact: bool = True, dtype: str | None = None) -> Kind:
    """Return the kind of scalars of a dtype."""
    if dtype == "bool":
        return BOOL
    return Kind("float" if inexact else "int", dtype=dtype)


def container(name: str, items: tuple[Any, ...] | None = None) -> Kind:
    """Return the kind of a tuple, list or dict."""
    return Kind(name, items=items)


def function(value: Any) -> Kind:
    """Return the kind of one known function, class or module."""
    return Kind("function", value=value)


def record(cls: type, items: tuple[Any, ...] | None) -> Kind:
    """Return the kind of an instance of ``cls``."""
    return Kind("object", items=items, value=cls)


def length_class(size: int) -> str:
    """Return what is remembered of the length of an axis."""
    return "1" if size == 1 else "N"


def length(kind: Kind) -> str:
    """Return the entry of an axis whose length a value of this kind gives."""
    if kind.name not in ("int", "bool"):
        return "?"
    if kind.value is not None:
        return length_class(int(kind.value)) if kind.value >= 0 else "?"
    return kind.dims[0] if kind.dims else "?"


def dims_of(kind: Kind) -> Dims | None:
    """Return an entry for each axis of a number or array; None where not even the rank is known."""
    if is_scalar(kind):
        return ()
    if kind.name != "array":
        return None
    return kind.dims if kind.dims is not None else ("?",) * kind.ndim if kind.ndim is not None else None


def dims_unless_scalar(kind: Kind) -> Dims | None:
    """Return what `dims_of` does, and of what may be a scalar the axes that it has elsewhere."""
    return kind.dims if kind.name == "number" else dims_of(kind)


def is_scalar(kind: Kind) -> bool:
    """Tell whether a value of this kind surely has rank 0."""
    return kind.name in ("float", "int", "bool")


def holds_numbers_alone(kind: Kind) -> bool:
    """Tell whether a value of this kind surely is a number, an array, or a plain tuple, list or dict of such."""
    if kind.name in ("tuple", "list", "dict") and kind.value is None and isinstance(kind.items, tuple):
        return all(map(holds_numbers_alone, parts_of(kind)))
    return is_scalar(kind) or kind.name in ("array", "number")


def is_whole(kind: Kind) -> bool:
    """Tell whether a value of this kind surely is a whole number, or a tuple or list of such, as shapes and axes are."""
    if kind.name in ("tuple", "list"):
        return isinstance(kind.items, tuple) and all(map(is_whole, kind.items))
    return kind.name in ("int", "bool", "none")


def may_be_whole(kind: Kind) -> bool:
    """Tell whether a number, or a tuple or list of numbers, may be whole, though it is followed like any other.

    Whole numbers in containers are numbers to differentiate by, and have no dtype.
    """
    if kind.name in ("tuple", "list") and isinstance(kind.items, tuple):
        return all(is_whole(item) or may_be_whole(item) for item in kind.items)
    return kind.name == "any" or kind.name == "float" and kind.dtype in (None, "int", "mixed")


def spreads_list(first: Kind, second: Kind) -> bool:
    """Tell whether an operator of two values may make an array of a list: the other one is of NumPy, and no count."""
    names = {first.name, second.name}
    return bool(names & {"list", "tuple"}) and bool(names & {"number", "array"})


def is_double(kind: Kind) -> bool:
    """Tell whether a value of this kind is surely a real number, or an array of real numbers, in double precision."""
    return kind.dtype == "float64" or kind.name == "float" and kind.dtype == "double"


def is_differentiable(kind: Kind) -> bool:
    """Tell whether a value of this kind may carry a derivative."""
    if kind.name == "array":
        return kind.inexact
    return kind.name not in ("int", "bool", "str", "none", "function")


def may_be_complex(kind: Kind) -> bool:
    """Tell whether a value of this kind may be, or may hold, a complex number."""
    if kind.name in ("tuple", "list") and kind.items is not None:
        return any(map(may_be_complex, kind.items))
    if kind.name == "float":
        return kind.dtype in ("complex", "mixed")
    if kind.name in ("array", "number"):
        return kind.dtype in (None, "complex", "mixed")
    return kind.name == "any"


def holds_complex(kind: Kind) -> bool:
    """Tell whether a value of this kind is, or holds, a complex number at least in some runs, for all that is known."""
    return kind.dtype in ("complex", "mixed") or any(map(holds_complex, parts_of(kind)))


def may_be_single(kind: Kind) -> bool:
    """Tell whether a value of this kind may be, or may hold, an array of less than double precision."""
    if kind.name in ("tuple", "list") and kind.items is not None:
        return any(map(may_be_single, kind.items))
    return kind.name == "any" or kind.name in ("array", "number") and kind.dtype in (None, "float", "mixed")


# -- the lattice -------------------------------------------------------------------------------------


def answer(kind: Kind, question: str) -> int | None:
    """Return what ``np.ndim`` or ``np.iscomplexobj`` says of a value of this kind; None where that is not known.

    >>> answer(array(2, dtype="float64"), "ndim"), answer(FLOAT64, "iscomplexobj"), answer(array(2), "iscomplexobj")
    (2, False, None)
    """
    if question == "ndim":
        return 0 if is_scalar(kind) else kind.ndim if kind.name == "array" else None
    if question != "iscomplexobj" or kind.name not in ("array", "float", "int", "bool", "number"):
        return None
    return None if kind.dtype in (None, "mixed") and may_be_complex(kind) else kind.dtype == "complex"


def join_dtypes(first: str | None, second: str | None) -> str | None:
    """Return the class of what has either dtype.

    >>> join_dtypes("float64", "float"), join_dtypes("float64", "bool"), join_dtypes("float64", "complex")
    ('float', None, 'mixed')
    """
    if first == second:
        return first
    if {first, second} & {"complex", "mixed"}:
        return "mixed"
    if {first, second} <= {"float64", "double"}:
        return "double"
    return "float" if {first, second} == {"float64", "float"} else None


def join(first: Kind | None, second: Kind | None) -> Kind:
    """Return the least kind above both; None and ``NEVER`` are the bottom."""
    if first is None or second is None:
        return second or first or ANY
    if first == second or second == NEVER:
        return first
    if first == NEVER:
        return second
    if first.optional or second.optional:
        found = join(replace(first, optional=False), replace(second, optional=False))
        return found if found == ANY else join_bound(found, NONE)
    names = {first.name, second.name}
    if names <= {"float", "int", "bool"}:
        return _join_scalars(first, second)
    if names == {"array"}:
        inexact, dtype = first.inexact or second.inexact, join_dtypes(first.dtype, second.dtype)
        return array(None, inexact, _join_dims(dims_of(first), dims_of(second)), dtype)
    if names <= {"float", "int", "bool", "array", "number"}:
        return _join_numbers(first, second)
    if len(names) == 1 and first.value is second.value and first.name in _CONTAINERS:
        dims, items = first.dims if first.dims == second.dims else None, _join_items(first, second)
        rest = None
        if items is not None and first.rest is not None and second.rest is not None:
            rest = join_bound(first.rest, second.rest)
        return Kind(first.name, items=items, value=first.value, dims=dims, rest=rest)
    return _either(first, second)


def alternatives(kind: Kind) -> tuple[Kind, ...]:
    """Return the kinds of the objects, or functions, or None, one of which a value of this kind is.

    Nothing where that is not known.

    >>> from argparse import Namespace
    >>> either = join(record(Namespace, ()), record(Exception, ()))
    >>> either.name, alternatives(either), alternatives(ANY)
    ('any', (object, object), ())
    """
    if kind.name in ("object", "function"):
        return (kind,)
    return kind.items or () if kind.value is _ONE_OF else ()


def instances_in(kind: Kind) -> Iterator[Kind]:
    """Yield the kinds of the objects that a value of this kind is or holds."""
    if kind.name == "object":
        yield kind
    for part in parts_of(kind):
        yield from instances_in(part)


def parts_of(kind: Kind) -> list[Kind]:
    """Return the kinds of what a container or an object holds, as far as they are known."""
    parts = [part[1] if isinstance(part, tuple) else part for part in kind.items or ()]
    return parts if kind.rest is None or kind.rest == NEVER else [*parts, kind.rest]


def may_have(kind: Kind, name: str) -> bool:
    """Tell whether what is of this kind may have an attribute, its own or its class's; None has none of the user's."""
    if kind.name == "none":
        return name.startswith("__")
    if kind.items is None or not isinstance(kind.value, type) or name in dict(kind.items):
        return True
    return any(name in vars(cls) or "__getattr__" in vars(cls) for cls in kind.value.__mro__)


def holds_attribute(kind: Kind, name: str) -> bool:
    """Tell whether an attribute surely is the object's own, if the object has it at all."""
    having = [one for one in alternatives(kind) if may_have(one, name)]
    return bool(having) and all(one.name == "object" and name in dict(one.items or ()) for one in having)


def _either(first: Kind, second: Kind) -> Kind:
    """Return the kind of what is an object of one of few classes, one of few functions, or None instead of them."""
    found: dict[Any, Kind] = {}
    for kind in (first, second):
        several = (NONE,) if kind == NONE else alternatives(kind)
        if not several:
            return ANY
        for one in several:
            key = one.name, one.value
            found[key] = join(found[key], one) if key in found else one
    names = {kind.name for kind in found.values()} - {"none"}
    if len(names) != 1 or len(found) > _MOST:
        return ANY
    return Kind("any", items=tuple(sorted(found.values(), key=_title)), value=_ONE_OF)


def _title(kind: Kind) -> tuple[Any, ...]:
    """Return what alternatives are sorted by, so that a join does not depend on the order."""
    home = getattr(kind.value, "__module__", None) or ""
    line = getattr(getattr(kind.value, "__code__", None), "co_firstlineno", 0)
    return kind.name, home, getattr(kind.value, "__qualname__", ""), line


_MOST = 8
_ONE_OF = object()


def join_bound(first: Kind | None, second: Kind | None) -> Kind:
    """Return the least kind above both for a variable, where ``None`` counts as a number that is not there yet.

    Whatever is done with it as with a number raises, in a derivative as in the function.

    >>> join_bound(NONE, FLOAT64), join_bound(array(dims=("N",), dtype="float64"), NONE), join_bound(INT, NONE)
    (float[float64, optional], number[N, float64, optional], float[int, optional])
    """
    if NONE in (first, second) and first is not None and second is not None:
        other = second if first == NONE else first
        if is_scalar(other):
            return Kind("float", dtype=other.dtype, optional=True)
        if other.name in ("array", "number"):
            return Kind("number", dims=dims_unless_scalar(other), dtype=other.dtype, optional=True)
    return join(first, second)


def join_all(kinds: Iterable[Kind]) -> Kind:
    """Return the least kind above all."""
    result = NEVER
    for kind in kinds:
        result = join(result, kind)
    return result


_CONTAINERS = ("tuple", "list", "dict", "object")


def _join_dims(first: Dims | None, second: Dims | None) -> Dims | None:
    if first is None or second is None or len(first) != len(second):
        return None
    return tuple(a if a == b else "?" for a, b in zip(first, second))


def _join_numbers(first: Kind, second: Kind) -> Kind:
    axes = [dims_unless_scalar(kind) for kind in (first, second) if not is_scalar(kind)]
    dims = axes[0] if len(axes) == 1 else _join_dims(*axes)
    doubles = first.dtype != second.dtype and {first.dtype, second.dtype} <= {"float64", "double", "int"}
    return Kind("number", dims=dims, dtype="double" if doubles else join_dtypes(first.dtype, second.dtype))


def _join_scalars(first: Kind, second: Kind) -> Kind:
    if first.name == second.name == "bool":
        return BOOL
    if "float" not in (first.name, second.name):
        same = length(first) if length(first) == length(second) != "?" else None
        return Kind("int", dims=(same,) if same else None, dtype=join_dtypes(first.dtype, second.dtype))
    doubles = {first.dtype, second.dtype} <= {"float64", "double", "int"}
    mixed = first.dtype != second.dtype
    return Kind("float", dtype="double" if doubles and mixed else join_dtypes(first.dtype, second.dtype))


def _join_items(first: Kind, second: Kind) -> tuple[Any, ...] | None:
    if first.items is None or second.items is None:
        return None
    if first.name == "list" and not (first.items and second.items):
        return first.items or second.items
    if first.name in ("dict", "object"):
        pairs, others = dict(first.items), dict(second.items)
        if first.name == "dict" and set(pairs) != set(others):
            return None
        if first.name == "object":
            return _join_attributes(first.value, pairs, others)
        return tuple((key, join_bound(kind, others[key])) for key, kind in pairs.items() if key in others)
    if len(first.items) != len(second.items):
        return None
    return tuple(join_bound(one, other) for one, other in zip(first.items, second.items))


def _join_attributes(cls: Any, first: dict[str, Kind], second: dict[str, Kind]) -> tuple[Any, ...]:
    """Return the attributes that either of two objects of a class has.

    Not those that only one of them has beside its class: of the other, the class's value is read.
    """
    both = {name: join_bound(kind, second.get(name, NEVER)) for name, kind in first.items()}
    both |= {name: kind for name, kind in second.items() if name not in first}
    shared = first.keys() & second.keys()
    return tuple((name, kind) for name, kind in both.items() if name in shared or not has_value(cls, name))


def has_value(cls: Any, name: str) -> bool:
    """Tell whether a class has an attribute under a name, other than the place of its instances' own."""
    if not isinstance(cls, type):
        return False
    owner = next((c for c in cls.__mro__ if name in vars(c)), None)
    return owner is not None and not isinstance(vars(owner)[name], types.MemberDescriptorType)


def bounded(kind: Kind, depth: int = 6, around: tuple[Any, ...] = ()) -> Kind:
    """Return the kind with what lies deeper than ``depth`` containers forgotten, so that none grows for ever.

    So are the attributes of an object inside of two of its class, which are ``around`` it: what is made of classes that
    hold each other, as trees are, would have a kind of thousands of parts.
    """
    if not kind.items and kind.rest is None:
        return kind
    if kind.value is _ONE_OF:
        return replace(kind, items=tuple(bounded(one, depth, around) for one in kind.items))
    if depth == 0 or is_inside_its_like(kind, around):
        return replace(kind, items=None, rest=None)
    inside = (*around, kind.value) if kind.name == "object" else around
    if kind.name in ("dict", "object"):
        rest = None if kind.rest is None else bounded(kind.rest, depth - 1, inside)
        items = tuple((key, bounded(k, depth - 1, inside)) for key, k in kind.items)
        return replace(kind, items=items, rest=rest)
    return replace(kind, items=tuple(bounded(k, depth - 1, inside) for k in kind.items))


def is_inside_its_like(kind: Kind, around: tuple[Any, ...]) -> bool:
    """Tell whether an object is inside of so many of its class, as in trees, that its attributes are not looked at."""
    return kind.name == "object" and around.count(kind.value) >= _MOST_AROUND


_MOST_AROUND = 2

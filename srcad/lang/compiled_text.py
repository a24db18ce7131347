"""Whether the text of a file is still that which a function was compiled from."""

from __future__ import annotations
import __future__

import dis
import functools
import types
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from typing import Any

__all__ = ["is_compiled_from", "is_same"]

_FUTURE = functools.reduce(
    int.__or__, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
)


_WITHOUT_MEANING = frozenset("CACHE EXTENDED_ARG NOP PRECALL PUSH_NULL RESUME".split())
_ALIKE = {"LOAD_METHOD": "LOAD_ATTR", "CALL_METHOD": "CALL_FUNCTION"}


def is_compiled_from(text: str, function: types.FunctionType) -> bool:
    """Tell whether a function may have been compiled from the text of its file; what cannot be told is taken for true.

    Where the import has rewritten the code, as pytest does with assertions, it must have all names and numbers of
    the text's.

    >>> from pathlib import Path
    >>> text = Path(is_same.__code__.co_filename).read_text()
    >>> is_compiled_from(text, is_same), is_compiled_from(text.replace("co_code", "co_stacksize"), is_same)
    (True, False)
    """
    code = function.__code__
    made = _functions_of(text, code.co_filename, code.co_flags & _FUTURE).get(
        (code.co_name, code.co_firstlineno)
    )
    if made is None:
        return True
    loader = function.__globals__.get("__loader__")
    rewritten = loader is not None and type(loader) is not SourceFileLoader
    return any(is_same(one, code) or rewritten and _is_within(one, code) for one in made)


def is_same(first: types.CodeType, second: types.CodeType) -> bool:
    """Tell whether two codes are the same instructions on the same operands, wherever they stand.

    >>> is_same((lambda x: 2 * x).__code__, (lambda x: 2 * x).__code__)
    True
    >>> is_same((lambda x: 2 * x).__code__, (lambda x: 2.0 * x).__code__)
    False
    """
    if (first.co_varnames, first.co_freevars) != (second.co_varnames, second.co_freevars):
        return False
    if (first.co_code, first.co_names) == (second.co_code, second.co_names):
        return _are_same_constants(first.co_consts, second.co_consts)
    ones, others = _instructions(first), _instructions(second)
    return len(ones) == len(others) and all(
        a[0] == b[0] and _is_same_constant(a[1], b[1]) for a, b in zip(ones, others)
    )


def _instructions(code: types.CodeType) -> list[tuple[str, Any]]:
    """Return what a code does, with the places that it jumps to counted in instructions.

    The same call of ``np.sum`` is compiled in one of two ways, as ``np`` is imported in the same text or not.
    """
    kept: list[dis.Instruction] = []
    place: dict[int, int] = {}
    for instruction in dis.get_instructions(code):
        place[instruction.offset] = len(kept)
        if instruction.opname not in _WITHOUT_MEANING:
            kept.append(instruction)
    found: list[tuple[str, Any]] = []
    for one in kept:
        jumps = one.opcode in dis.hasjrel or one.opcode in dis.hasjabs
        operand = place[one.argval] if jumps else one.argval if one.opcode in dis.hasconst else one.argrepr
        if one.opname in ("LOAD_GLOBAL", "LOAD_ATTR", "LOAD_METHOD"):
            operand = one.argval
        found.append((_ALIKE.get(one.opname, one.opname), operand))
    return found


def _are_same_constants(first: tuple[Any, ...], second: tuple[Any, ...]) -> bool:
    return len(first) == len(second) and all(map(_is_same_constant, first, second))


def _is_same_constant(first: Any, second: Any) -> bool:
    if isinstance(first, types.CodeType) and isinstance(second, types.CodeType):
        return is_same(first, second)
    if isinstance(first, tuple) and isinstance(second, tuple):
        return _are_same_constants(first, second)
    if isinstance(first, frozenset):
        return bool(first == second)
    return type(first) is type(second) and repr(first) == repr(second)  # of -0.0 and nan too


def _is_within(part: types.CodeType, whole: types.CodeType) -> bool:
    names = set(part.co_names) <= set(whole.co_names) and set(part.co_varnames) <= set(whole.co_varnames)
    numbers = (value for value in part.co_consts if isinstance(value, (int, float, complex)))
    return names and all(
        any(_is_same_constant(value, other) for other in whole.co_consts) for value in numbers
    )


@functools.lru_cache(maxsize=32)
def _functions_of(text: str, file: str, flags: int) -> dict[tuple[str, int], list[types.CodeType]]:
    """Return the codes of the functions of a file by name and line; none of a text that does not compile."""
    found: dict[tuple[str, int], list[types.CodeType]] = {}
    try:
        module = compile(text, file, "exec", flags=flags, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return found
    for code in _within(module):
        found.setdefault((code.co_name, code.co_firstlineno), []).append(code)
    return found


def _within(code: types.CodeType) -> Iterator[types.CodeType]:
    for value in code.co_consts:
        if isinstance(value, types.CodeType):
            yield value
            yield from _within(value)

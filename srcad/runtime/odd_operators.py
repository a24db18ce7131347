"""What operators do where no rule says it: called by name, as in ``[x, y].__add__(z)``, or on dates and times."""

from __future__ import annotations

from typing import Any

from srcad.errors import UnsupportedError
from srcad.runtime.libraries import OfLibrary

__all__ = ["refuse_objects_of_libraries", "refuse_operator_by_name"]

_ANSWERS = frozenset(
    f"__{title}__"
    for title in "bool ceil contains dir eq floor format ge getitem gt hash index int le len lt ne repr sizeof str "
    "trunc".split()
)
"""Methods that return no numbers with a derivative, and the one that containers follow."""


def refuse_operator_by_name(receiver: Any, method: str) -> None:
    """Refuse a call of a method that is meant to be called by an operator, where its result would have a derivative.

    >>> refuse_operator_by_name(1.0, "is_integer")
    >>> try: refuse_operator_by_name([1.0], "__add__")
    ... except UnsupportedError as error: print(error)
    The method '__add__' of a list is called by its name. Write the operator.
    """
    if method.startswith("__") and method not in _ANSWERS:
        raise UnsupportedError(f"The method '{method}' of a {type(receiver).__name__} is called by its name.",
                               "Write the operator.")  # fmt: skip
    if method in ("as_integer_ratio", "hex"):
        raise UnsupportedError("The numbers behind bytes and ratios are not followed.",
                               "Work on the number itself.")  # fmt: skip


def refuse_objects_of_libraries(*operands: Any) -> None:
    """Refuse an operator between a value with a derivative and a date, a time or the like.

    >>> from datetime import timedelta
    >>> try: refuse_objects_of_libraries(timedelta(seconds=1), 2.0)
    ... except UnsupportedError as error: print(error)
    A value with a derivative meets a timedelta, which has none. Compute with numbers.
    """
    for operand in operands:
        if isinstance(operand, OfLibrary):
            raise UnsupportedError(f"A value with a derivative meets a {type(operand).__name__}, which has none.",
                                   "Compute with numbers.")  # fmt: skip

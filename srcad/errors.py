"""The one family of exceptions that srcad raises, each with a place, a reason and a way out."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "ArgumentError",
    "GradientCheckError",
    "Location",
    "NoDerivativeError",
    "NoSourceError",
    "NonFiniteError",
    "OutputError",
    "SrcadError",
    "TapeError",
    "UnsupportedError",
    "characters",
]


@dataclass(frozen=True)
class Location:
    """A place in the user's source: file, 1-based line, 0-based column and the line's text."""

    file: str
    line: int
    column: int
    text: str
    end_column: int | None = None

    def excerpt(self) -> str:
        """Return the place in the form of a traceback entry, with a caret below the column if the line is known."""
        stripped = self.text.lstrip()
        if not stripped:
            return f'  File "{self.file}", line {self.line}'
        indent = len(self.text) - len(stripped)
        start = max(self.column - indent, 0)
        width = max((self.end_column or self.column + 1) - self.column, 1)
        caret = " " * start + "^" * min(width, max(len(stripped) - start, 1))
        return (
            f'  File "{self.file}", line {self.line}, column {self.column + 1}\n    {stripped}\n    {caret}'
        )


def characters(text: str, offset: int) -> int:
    """Return the column of a place that Python gives in bytes.

    >>> characters("é = f(x)", 5)
    4
    """
    return offset if text.isascii() else len(text.encode()[:offset].decode(errors="ignore"))


class SrcadError(Exception):
    """Base of every error that srcad itself raises.

    Parameters
    ----------
    reason : str
        A full sentence: what was wrong.
    hint : str, optional
        A full sentence: what to write instead.
    location : Location, optional
        The place in the user's source.
    """

    def __init__(self, reason: str, hint: str = "", location: Location | None = None) -> None:
        super().__init__(reason, hint, location)
        self.reason = reason
        self.hint = hint
        self.location = location

    def at(self, location: Location | None) -> SrcadError:
        """Return this error with a place, unless it has one."""
        if self.location is None:
            self.location = location
            self.args = (self.reason, self.hint, location)
        return self

    def __str__(self) -> str:
        sentence = f"{self.reason} {self.hint}".strip()
        return f"{sentence}\n{self.location.excerpt()}" if self.location else sentence


class UnsupportedError(SrcadError):
    """A construct of the program lies outside the language that srcad differentiates."""


class NoDerivativeError(SrcadError):
    """A function has neither source nor rule, or a rule refuses these options."""


class NoSourceError(SrcadError):
    """The source text of a function cannot be found."""


class ArgumentError(SrcadError, TypeError):
    """The arguments, or ``argnums``, do not fit the function."""


class OutputError(SrcadError, TypeError):
    """The function's result is not what the operator can differentiate."""


class GradientCheckError(SrcadError, AssertionError):
    """A derivative differs from its numerical approximation."""


class NonFiniteError(SrcadError, FloatingPointError):
    """A backward step has made a NaN or an infinity, under ``check_nans``."""


class TapeError(SrcadError, RuntimeError):
    """A gradient tape was used in a way that its state does not allow."""

"""Which parameters of a function ``argnums`` means: by position, from either end, or by name."""

from __future__ import annotations

import inspect
from typing import Any

from srcad.callables.derivatives import is_position
from srcad.callables.handed_on import names_by_position
from srcad.callables.places import place
from srcad.errors import ArgumentError

__all__ = ["Parameters"]

_BY_POSITION = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Parameters:
    """The parameters of a function some of whose arguments are bound already.

    Attributes
    ----------
    func : callable
        The function; ``closure`` is the nested one that it stands for, if any.
    signature : inspect.Signature
        Its signature; ``names`` are those of the parameters.
    before : tuple
        The arguments that are bound by position.
    """

    func: Any
    closure: Any
    signature: inspect.Signature
    names: list[str]
    before: tuple[Any, ...]
    _decorated: Any

    def title(self) -> str:
        """Return the name of the function in messages."""
        title = getattr(self.func, "__qualname__", "the nested function")
        return "<lambda>" if title.endswith(".<lambda>") else title

    def positional(self, count: int) -> tuple[str, ...]:
        """The names of the parameters that the first ``count`` arguments after those already bound belong to."""
        return tuple(dict.fromkeys(name for name, _ in self.positions(count)))

    def positions(self, count: int) -> list[tuple[str, int | None]]:
        """The parameter that each positional argument is bound to, and its place in that if it is ``*args``."""
        names = self.names[len(self.before) :]
        rest = next((k for k, name in enumerate(names) if self.gathers(name)), None)
        if rest is None:
            return [(name, None) for name in names[:count]]
        return [(names[min(k, rest)], None if k < rest else k - rest) for k in range(count)]

    def gathers(self, name: str) -> bool:
        """Tell whether a parameter is ``*args``."""
        return self.signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL

    def places(self, argnums: Any, bound: int = 0) -> tuple[int | None, ...]:
        """Return for each of ``argnums`` which element of the parameter it means; None if the whole of it."""
        found: list[int | None] = []
        for which in self.positioned(argnums, bound):
            position = int(which) + bound if is_position(which) and which >= 0 else -1
            found += (
                [element for _, element in self.positions(position + 1)[position:]]
                if position >= 0
                else [None]
            )
        return tuple(found)

    def positioned(self, argnums: Any, bound: int = 0) -> tuple[Any, ...]:
        """Return what ``argnums`` asks for, with positions for names that a decorator hands on by position.

        A negative position counts from the end of the parameters by position.
        """
        given = argnums if isinstance(argnums, tuple) else (argnums,)
        if any(is_position(which) and which < 0 for which in given):
            given = tuple(self._from_the_end(which, argnums, bound) for which in given)
        by_name = any(isinstance(which, str) and which not in self.names for which in given)
        if not by_name or self.closure is not None:
            return given
        known = names_by_position(self._decorated)[len(self.before) + bound :]
        return tuple(known.index(w) if w in known and w not in self.names else w for w in given)

    def _from_the_end(self, which: Any, argnums: Any, bound: int) -> Any:
        if not is_position(which) or which >= 0:
            return which
        kinds = [p.kind for p in self.signature.parameters.values()][len(self.before) + bound :]
        gathering = next(filter(self.gathers, self.names), None)
        if gathering is not None:
            raise ArgumentError(f"argnums={argnums!r} counts from the end, and '{self.title()}' takes any number of "
                                f"arguments by position, '*{gathering}'.",
                                f"Give a position from 0, or '{gathering}' for all that it gathers.",
                                place(self.func))  # fmt: skip
        count = sum(kind in _BY_POSITION for kind in kinds)
        return count + which if -count <= which else which

    def _way_to_name(self, which: Any) -> str:
        """Return what to give instead of a name that no parameter has."""
        parameters = self.signature.parameters.items()
        gathering = next((n for n, p in parameters if p.kind is inspect.Parameter.VAR_KEYWORD), None)
        if gathering is None or not isinstance(which, str):
            return "Give positions or names of parameters."
        return (
            f"What '**{gathering}' gathers is differentiated by as one dict: give '{gathering}', or a position where a "
            "decorator hands on what is passed by position."
        )

    def require_given(self, argnums: Any, value: Any, element: int | None) -> None:
        """Refuse an element of ``*args``, which gathers ``value``, that was not given."""
        if element is not None and element >= len(value):
            raise ArgumentError(f"argnums={argnums!r} asks for more arguments than '{self.title()}' was given.",
                                "Give positions of arguments that are passed by position.", place(self.func))  # fmt: skip

    def wanted(self, argnums: Any, bound: int = 0) -> tuple[str, ...]:
        """Return the names of the parameters that ``argnums`` asks for; the first ``bound`` will be bound later."""
        names = self.names[len(self.before) + bound :]
        found = []
        for which in self.positioned(argnums, bound):
            if isinstance(which, str) and which in self.names:
                found.append(which)
            elif self.places(which, bound) not in ((), (None,)):
                found += filter(self.gathers, self.names)  # which may gather the instance as well
            elif is_position(which) and 0 <= which < len(names):
                found.append(names[which])
            elif not is_position(which) and not isinstance(which, str):
                is_or_holds = "is" if which is argnums else "holds"
                raise ArgumentError(f"argnums={argnums!r} {is_or_holds} a {type(which).__name__}, and the parameters of "
                                    f"'{self.title()}' are {', '.join(names) or 'none'}.",
                                    "Give a position, a name or a tuple of these.", place(self.func))  # fmt: skip
            else:
                known = (
                    f"whose parameters are {', '.join(names)}" if names else "which has no parameters by name"
                )
                raise ArgumentError(
                    f"argnums={argnums!r} does not fit '{self.title()}', {known}.",
                    self._way_to_name(which),
                    place(self.func),
                )
        return tuple(found)

    def require_once(self, argnums: Any) -> None:
        """Refuse ``argnums`` that name a parameter twice, where each has a direction of its own."""
        parts = list(zip(self.wanted(argnums), self.places(argnums)))
        twice = next((name for k, (name, element) in enumerate(parts) if (name, element) in parts[:k]), None)
        if twice is not None:
            raise ArgumentError(f"argnums={argnums!r} names '{twice}' of '{self.title()}' twice.",
                                "Give one direction for each parameter.", place(self.func))  # fmt: skip

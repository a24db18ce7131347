"""Forward mode for the user: ``jvp`` and ``linearize``, and calls whose callee is known only at run time."""

from __future__ import annotations

import functools
import types
from typing import Any

from srcad.analysis.kinds import NUMBER, is_differentiable
from srcad.analysis.kinds_of_values import kind_of
from srcad.callables.compilation import compiled, followed, is_followed, when_forgotten
from srcad.callables.derivatives import Readable, Remade, WrittenOut
from srcad.callables.places import place
from srcad.callables.targets import (
    Target,
    explain,
    require_callable,
    require_complex,
    signature_of,
    split_aux,
)
from srcad.derive.request import Request
from srcad.errors import ArgumentError, UnsupportedError
from srcad.forward_pipeline import build_forward
from srcad.lang.recursion import with_deep_calls
from srcad.operators.shortcut import Shortcut
from srcad.pipeline import Code
from srcad.rules import registry
from srcad.runtime import clone, give_back, publish, share_memory, withhold
from srcad.runtime.sharing import check_writable, has_changed, shared_arrays
from srcad.runtime.tangent_copies import is_filled, shared_tangents
from srcad.runtime.tangents import zero_tangent
from srcad.runtime.user_tangents import as_tangent, tangent_result

__all__ = ["Jvp", "Pushforward", "jvp", "linearize"]

Argnums = int | str | tuple[int | str, ...]


def jvp(
    f: Any,
    primals: Any = None,
    tangents: Any = None,
    has_aux: bool = False,
    *,
    argnums: Argnums | None = None,
    holomorphic: bool = False,
    **kwargs: Any,
) -> Any:
    """Return the value of ``f`` and its derivative in a direction, in one run of generated forward code.

    Parameters
    ----------
    f : callable
        A function of numbers, arrays and containers of these, with a result of that kind.
    primals : tuple, optional
        The positional arguments.  Without them the `Jvp` itself is returned, whose ``source`` can be read.
    tangents : tuple
        A direction for each argument, of its structure and shape; None stands for zero.
    has_aux : bool
        ``f`` returns a pair, of which only the first is differentiated.
    argnums : int, str or tuple of these, optional
        The parameters that the tangents belong to, by position or name: ``tangents`` is then the direction of that
        parameter, under a tuple a tuple of directions.
    holomorphic : bool
        ``f`` is complex differentiable: the arguments to differentiate by are complex.
    **kwargs
        Arguments by name.

    Returns
    -------
    value
        ``f(*primals, **kwargs)``.
    tangent
        The derivative of the value, in its structure; None where it has none.
    auxiliary
        Under ``has_aux`` the second part of the result.

    Raises
    ------
    ArgumentError
        If the tangents do not fit the primals.
    SrcadError
        If the program cannot be differentiated.

    Examples
    --------
    >>> from srcad.operators import jvp
    >>> jvp(lambda x, y: x * y ** 2, (3.0, 2.0), (1.0, 0.0))
    (12.0, 4.0)
    >>> jvp(lambda x, *, y: x * y, (3.0,), 1.0, argnums="y", y=2.0)
    (6.0, 3.0)
    """
    if primals is None:
        return Jvp(f, has_aux)
    derivative = _latest_of(f, has_aux)
    if argnums is None and not holomorphic and not kwargs:
        return derivative(primals, tangents)
    return derivative.along(primals, kwargs, argnums, holomorphic, tangents)


def _latest_of(f: Any, has_aux: bool) -> Jvp:
    """Return the forward derivative of a function, which is kept for the functions that were asked for last."""
    if type(f) is not types.FunctionType:
        return Jvp(f, has_aux)
    found = _LATEST.get((f, has_aux))
    if found is None or found.target.signature is not signature_of(f):
        found = Jvp(f, has_aux)
        while len(_LATEST) >= _MOST_KEPT:
            _LATEST.pop(next(iter(_LATEST)))
        _LATEST[f, has_aux] = found
    return found


_LATEST: dict[tuple[types.FunctionType, bool], Jvp] = {}
_MOST_KEPT = 32
when_forgotten.append(_LATEST.clear)


class Jvp(WrittenOut, Readable, Remade):
    """The forward derivative of a function, compiled when it is first called: ``Jvp(f)(primals, tangents)``.

    Attributes
    ----------
    source : str
        The generated Python function of the latest call, before any call one for numbers.
    stages : dict of str
        The program after each stage: ``source``, ``normal``, ``forward`` and ``optimized``.
    mode : str
        ``"jvp"``, or ``"tangent"`` for the tangent alone, as the generated function returns it.
    """

    mode = "jvp"

    def __init__(self, f: Any, has_aux: bool = False) -> None:
        require_callable(f, "jvp")
        self.__wrapped__ = f
        self.has_aux = has_aux
        self.target = Target(f)
        self.latest: Code | None = None
        self.shortcut = Shortcut(self.target)
        self.recipe = type(self), (f, has_aux), {}

    @functools.cached_property
    def plain(self) -> Any:
        """The function that does the same."""
        f, has_aux = self.__wrapped__, self.has_aux
        if has_aux:
            return lambda primals, tangents: jvp(f, primals, tangents, True)
        return lambda primals, tangents: jvp(f, primals, tangents)

    def __call__(self, primals: Any, tangents: Any) -> Any:
        """Return the value and its tangent."""
        return with_deep_calls(self._call)(primals, tangents)

    def _call(self, primals: Any, tangents: Any) -> Any:
        self.require_pairs(primals, tangents)
        directions = self.directions(tuple(primals), tuple(tangents))
        pushforward = Pushforward(self, tuple(primals), {}, tuple(directions))
        outcome = pushforward(directions)
        pushforward.publish()
        if self.mode == "jvp" and share_memory((outcome[0], (primals, self.target.captured()))):
            return self._arranged(clone(outcome[0]), outcome[1], directions)
        if type(primals) is type(tangents) is tuple and self.latest is not None and not self.has_aux:
            self.shortcut.note(self, self.latest, primals, tangents, self.mode == "jvp")
        return outcome if self.mode == "tangent" else self._arranged(*outcome, directions)

    def _arranged(self, value: Any, tangent: Any, directions: Any) -> Any:
        """Return what the user gets."""
        if self.has_aux:
            first, aux = split_aux(self.target, value)
            return first, tangent_result(tangent[0], first, directions), aux
        return value, tangent_result(tangent, value, directions)

    def along(
        self, primals: Any, options: dict[str, Any], argnums: Any, holomorphic: bool, tangents: Any
    ) -> Any:
        """Return the value and its tangent, with arguments by name and tangents of chosen parameters."""
        return with_deep_calls(self._along)(primals, options, argnums, holomorphic, tangents)

    def _along(
        self, primals: Any, options: dict[str, Any], argnums: Any, holomorphic: bool, tangents: Any
    ) -> Any:
        self._require_tuple(primals)
        if argnums is None:
            self.require_pairs(primals, tangents)
            argnums = tuple(range(len(primals)))
        directions = self.chosen_directions("jvp", argnums, tuple(primals), options, tangents)
        if holomorphic:
            target = self.target
            values = target.bind(tuple(primals), options)
            require_complex(target, target.wanted(argnums), target.places(argnums), values)
        pushforward = Pushforward(self, tuple(primals), options, tuple(directions))
        value, tangent = pushforward(directions)
        pushforward.publish()
        if share_memory((value, (primals, options, self.target.captured()))):
            value = clone(value)
        return self._arranged(value, tangent, directions)

    def chosen_directions(
        self, title: str, argnums: Any, args: tuple[Any, ...], options: dict[str, Any], tangents: Any
    ) -> dict[str, Any]:
        """Return the tangents of the parameters that ``argnums`` names, in the runtime's form, by name."""
        target = self.target
        wanted, places = target.wanted(argnums), target.places(argnums)
        target.require_once(argnums)
        tangents = tangents if isinstance(argnums, tuple) else (tangents,)
        if not isinstance(tangents, (tuple, list)) or len(tangents) != len(wanted):
            raise ArgumentError(f"{title} of '{target.title()}' needs a tuple of {len(wanted)} vectors.",
                                "Give one for each of argnums.", place(target.func))  # fmt: skip
        bound = dict(zip(target.names, target.bind(args, options)))
        _require_no_tape(target, args)
        found: dict[str, Any] = {}
        for name, element, tangent in zip(wanted, places, tangents):
            value = bound[name]
            if is_followed(value) or is_followed(tangent):
                raise followed(target, name)
            if element is None:
                found[name] = zero_tangent(value) if tangent is None else self.direction(name, value, tangent)
                continue
            target.require_given(argnums, value, element)
            parts = list(found.get(name, zero_tangent(value)))
            if tangent is not None:
                parts[element] = self.direction(name, value[element], tangent)
            found[name] = tuple(parts)
        return found

    def _require_tuple(self, primals: Any) -> None:
        if not isinstance(primals, (tuple, list)):
            raise ArgumentError("jvp takes a tuple of arguments and a tuple of tangents.",
                                "Write jvp(f, (x,), (dx,)).", place(self.target.func))  # fmt: skip

    def require_pairs(self, primals: Any, tangents: Any) -> None:
        """Refuse what are not two tuples of one length."""
        self._require_tuple(primals)
        self._require_tuple(tangents)
        if len(primals) != len(tangents):
            raise ArgumentError(f"There are {len(primals)} arguments and {len(tangents)} tangents.",
                                "Give one tangent for each argument; None stands for zero.",
                                place(self.target.func))  # fmt: skip

    def directions(self, primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> dict[str, Any]:
        """Return the tangents of the parameters, in the runtime's form, by name."""
        _require_no_tape(self.target, primals, tangents)
        found: dict[str, Any] = {}
        positions = self.target.positions(len(primals))
        for (name, element), value, tangent in zip(positions, primals, tangents):
            if element is not None:
                part = zero_tangent(value) if tangent is None else self.direction(name, value, tangent)
                found[name] = (*found.get(name, ()), part)
            elif tangent is not None and not _is_still(value, tangent):
                found[name] = self.direction(name, value, tangent)
        return found

    def direction(self, name: str, value: Any, tangent: Any) -> Any:
        """Return a user's tangent of one argument in the runtime's form."""
        try:
            return as_tangent(tangent, value)
        except (ValueError, TypeError) as error:
            raise ArgumentError(f"The tangent of '{name}' does not fit: {error}.",
                                "Give it the structure and shape of the argument.",
                                place(self.target.func)) from None  # fmt: skip

    def compiled(self, values: tuple[Any, ...], wanted: tuple[str, ...]) -> Code:
        """Return the code for arguments of these kinds and tangents of the parameters in ``wanted``."""
        self.latest = compiled(self.target, values, wanted, self.mode)
        return self.latest

    def _code(self) -> Code:
        if self.latest is None and self.target.inner is not None:
            return self.compiled(tuple(1.0 for _ in self.target.names), tuple(self.target.names))
        if self.latest is None:
            target = self.target
            own = [(name, NUMBER) for name in target.names]
            captured = [(n, kind_of(v)) for n, v in zip(target.captured_names(), target.captured())]
            func = target.closure.function if target.closure is not None else target.func
            self.latest = build_forward(Request(func, (*own, *captured), tuple(target.names), self.mode))
        return self.latest


def _require_no_tape(target: Target, primals: tuple[Any, ...], tangents: tuple[Any, ...] = ()) -> None:
    """Refuse values that a tape follows, whose steps here it would not see."""
    for (name, _), *values in zip(target.positions(len(primals)), primals, tangents or primals):
        if any(map(is_followed, values)):
            raise followed(target, name)


def _is_still(value: Any, tangent: Any) -> bool:
    """Tell whether an argument is an integer that only counts: its tangent is zero."""
    return type(value) is int and type(tangent) in (int, float) and not tangent


class Pushforward:
    """A function at one point, ready for any number of directions.

    Parameters
    ----------
    derivative : Jvp
        The forward derivative.
    args, options
        The arguments.
    wanted : tuple of str
        The parameters that have tangents.
    """

    def __init__(self, derivative: Jvp, args: Any, options: dict[str, Any], wanted: tuple[str, ...]) -> None:
        self.target = target = derivative.target
        values = target.bind(args, options)
        self.everything = (*values, *target.captured())
        self.names = [*target.names, *target.captured_names()]
        self.code = derivative.compiled(values, wanted)
        self.shared = self.code.changes_arguments and share_memory(self.everything)
        self.wanted = wanted
        if target.inner is not None and share_memory(self.everything):
            primal = target.inner.target
            if compiled(primal, values, wanted, "jvp", aliased=True).changes_arguments:
                raise UnsupportedError(f"Two arguments of '{primal.title()}' share memory that it may change, and its "
                                       "gradient is differentiated.", "Pass a copy of one of them.",
                                       place(primal.func))  # fmt: skip
        if self.shared:
            self.wanted = tuple(
                n for n, v in zip(self.names, self.everything) if is_differentiable(kind_of(v))
            )
            self.code = derivative.latest = compiled(
                target, values, self.wanted, derivative.mode, aliased=True
            )

    def __call__(self, directions: dict[str, Any]) -> Any:
        """Return the value and its tangent, in the runtime's form, or what the mode of the derivative asks for."""
        everything = self.everything
        self._require_writable()
        withheld = []
        for value in self._changed_captured().values():
            withheld.append(withhold(value))  # until this frame ends, which a comprehension's would be
        if self.code.changes:
            everything, directions = clone(everything), clone(directions)
        self.worked_on = dict(zip(self.names, everything))
        if self.shared:
            values = [v for n, v in zip(self.names, everything) if n in self.wanted]
            given = [directions.get(n, zero_tangent(v)) for n, v in zip(self.wanted, values)]
            directions = dict(zip(self.wanted, shared_tangents(values, given)))
        groups = (
            []
            if self.shared or not self.code.changes_arguments
            else self._overlapping(everything, directions)
        )
        try:
            outcome = self.code.entries[0](*everything, *[directions[n] for n in self.wanted])
        except BaseException as error:
            explain(self.target, error)
            raise error
        finally:
            for each in withheld:
                give_back(each)
        if has_changed(groups):
            raise UnsupportedError(f"Two arrays that '{self.target.title()}' is given share memory that it changes, and "
                                   "they move in different directions.", "Pass a copy of one of them.",
                                   place(self.target.func))  # fmt: skip
        return outcome

    def publish(self) -> None:
        """Let captured variables see the changes that were made to copies of them."""
        for name, outside in self._changed_captured().items():
            publish(outside, self.worked_on[name])

    def _changed_captured(self) -> dict[str, Any]:
        """The captured variables that the function may change."""
        names = self.code.changed_arguments
        captured = self.target.captured_names() if names else ()
        return {n: v for n, v in zip(self.names, self.everything) if n in captured and n in names}

    def _require_writable(self) -> None:
        """Refuse what is read-only where the function may catch the error of a store in it."""
        if not self.code.catches_errors:
            return
        changed = [v for n, v in zip(self.names, self.everything) if n in self.code.changed_arguments]
        try:
            for value in changed:
                check_writable(value, self.target.title())
        except UnsupportedError as error:
            raise error.at(place(self.target.func)) from None

    def _overlapping(self, everything: Any, directions: dict[str, Any]) -> list[Any]:
        """Let the directions of arrays that overlap within one argument overlap too.

        Returns
        -------
        list
            Those arrays that have different directions where they overlap, which may not change.
        """
        found = []
        for name, value in zip(self.names, everything):
            groups = shared_arrays((value,)) if name in directions else []
            if groups:
                (image,) = shared_tangents([value], [directions[name]])
                if is_filled(image, directions[name]):
                    directions[name] = image
                else:
                    found += groups
        return found


def linearize(
    f: Any,
    *primals: Any,
    argnums: Argnums | None = None,
    has_aux: bool = False,
    holomorphic: bool = False,
    **kwargs: Any,
) -> tuple[Any, ...]:
    """Return the value of ``f`` and the function that maps tangents to the tangent of the value.

    Parameters
    ----------
    f : callable
        The function.
    *primals, **kwargs
        Its arguments.
    argnums : int, str or tuple of these, optional
        The parameters to differentiate with respect to, by position or name; by default the positional arguments.
    has_aux : bool
        ``f`` returns a pair, of which only the first is differentiated.
    holomorphic : bool
        ``f`` is complex differentiable: the arguments to differentiate by are complex.

    Returns
    -------
    value
        ``f(*primals, **kwargs)``.
    f_jvp : callable
        ``f_jvp(*tangents)``, with one tangent for each positional argument, or for each of ``argnums``; to be called
        with any number of directions.
    auxiliary
        Under ``has_aux`` the second part of the result.

    Notes
    -----
    The arguments are kept; the function is run again in each direction, and reads the variables around it as they are
    then.  The pullback of `vjp` keeps all that it needs, and runs nothing again.

    Examples
    --------
    >>> from srcad.operators import linearize
    >>> value, f_jvp = linearize(lambda x: x ** 3, 2.0)
    >>> value, f_jvp(1.0), f_jvp(0.5)
    (8.0, 12.0, 6.0)
    """
    derivative = _latest_of(f, has_aux)
    _require_no_tape(derivative.target, primals)
    kept, options = clone(primals), clone(kwargs)
    chosen = _as_tuple(argnums, len(primals))
    plain = argnums is None and not holomorphic and not kwargs
    count = len(chosen)
    places = () if plain or holomorphic or kwargs else _places(derivative.target, chosen, len(primals))

    def push(tangents: tuple[Any, ...]) -> Any:
        if plain:
            return derivative(kept, tangents)
        if places and len(tangents) == count and not any(t is None for t in tangents):
            return derivative(kept, tuple([None if k < 0 else tangents[k] for k in places]))
        if len(tangents) != count:
            raise ArgumentError(f"There are {count} arguments to differentiate by and {len(tangents)} tangents.",
                                "Give one tangent for each; None stands for zero.",
                                place(derivative.target.func))  # fmt: skip
        return derivative.along(kept, options, chosen, holomorphic, tangents)

    points = kept if plain else [kept[places.index(k)] for k in range(count)] if places else None
    zeros = (None,) * count if points is None else tuple(tangent_result(zero_tangent(p), p) for p in points)
    value, _, *aux = push(zeros)

    def f_jvp(*tangents: Any) -> Any:
        return push(tangents)[1]

    return value, f_jvp, *aux


def _as_tuple(argnums: Any, count: int) -> tuple[int | str, ...]:
    if argnums is None:
        return tuple(range(count))
    return argnums if isinstance(argnums, tuple) else (argnums,)


def _places(target: Target, argnums: tuple[int | str, ...], count: int) -> tuple[int, ...]:
    """Return for each of ``count`` arguments by position which of ``argnums`` it is, -1 for none.

    Nothing where one of ``argnums`` is no such argument.
    """
    target.require_once(argnums)
    parts = list(zip(target.wanted(argnums), target.places(argnums)))
    positions = target.positions(count)
    if not set(parts) <= set(positions):
        return ()
    return tuple(parts.index(part) if part in parts else -1 for part in positions)


registry.refuse(
    "In a function that is differentiated, the derivative in a direction is jvp(f, (x,), (dx,)).", Jvp
)

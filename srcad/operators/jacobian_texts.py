"""Jacobians written out as Python functions, to be differentiated again: one call of forward mode for each column."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from srcad.analysis.kinds import Kind
from srcad.callables.structures import is_object
from srcad.errors import UnsupportedError
from srcad.lang import texts
from srcad.runtime.attributes import attributes_of

__all__ = ["columns_text", "function_of", "is_written_out", "structures_text"]

_serial = itertools.count(1)
_NUMBERS = (float, int, complex, np.ndarray, np.generic)


def columns_text(
    everything: dict[str, Any], points: dict[str, Any], wanted: tuple[str, ...], several: bool, changes: bool
) -> str:
    """Return the Python function that computes Jacobians by calls of ``forward``, the code of forward mode.

    The arguments in ``points`` are numbers and arrays, and so is the result.
    """
    lines = [f"def jacobian({', '.join(everything)}):"]
    copied = {n for n, v in everything.items() if changes and isinstance(v, np.ndarray)}
    primal = ", ".join(f"np.copy({n})" if n in copied else n for n in everything)
    zeros = {n: f"np.zeros_like({n})" if isinstance(v, np.ndarray) else "0.0" for n, v in points.items()}
    for name, value in points.items():
        unit = f"unit_of_{name}" if isinstance(value, np.ndarray) else "1.0"
        directions = ", ".join(unit if n == name else zeros[n] for n in points)
        if not isinstance(value, np.ndarray):
            lines.append(f"    jac_{name} = forward({primal}, {directions})[1]")
            continue
        lines += [
            f"    columns_of_{name} = []",
            f"    for k in range({value.size}):",
            f"        unit_of_{name} = np.reshape(np.eye(1, {value.size}, k), {value.shape})",
            f"        columns_of_{name}.append(forward({primal}, {directions})[1])",
            f"    whole_{name} = np.stack(columns_of_{name}, axis=-1)",
            f"    jac_{name} = np.reshape(whole_{name}, np.shape(columns_of_{name}[0]) + {value.shape})",
        ]
    result = ", ".join(f"jac_{name}" for name in wanted)
    lines.append(f"    return ({result},)" if several else f"    return {result}")
    return "\n".join(lines) + "\n"


# -- arguments and results that are containers -----------------------------------------------------------


def is_written_out(value: Any) -> bool:
    """Tell whether an argument consists of numbers, arrays, lists, tuples, dicts and objects of these, and options."""
    if isinstance(value, tuple) and hasattr(value, "_fields") or type(value) in (list, tuple):
        return all(map(is_written_out, value))
    if type(value) is dict:
        return all(isinstance(key, (str, int)) for key in value) and all(map(is_written_out, value.values()))
    if is_object(value):
        return all(map(is_written_out, attributes_of(value).values()))
    return isinstance(value, (*_NUMBERS, str, type(None)))


def structures_text(
    everything: dict[str, Any],
    points: dict[str, Any],
    places: tuple[tuple[str, int | None], ...],
    several: bool,
    changes: bool,
    has_aux: bool,
    returned: Kind,
) -> str:
    """Return the Python function that computes Jacobians of containers by calls of ``forward``.

    Parameters
    ----------
    everything, points
        All arguments and captured values, and those to differentiate by, by name.
    places : tuple
        The results: the name of an argument, and the element of it if it is ``*args``.
    several, changes, has_aux
        The result is a tuple; the program changes memory; it returns auxiliary output.
    returned : Kind
        What is known about the value of the function, without auxiliary output.
    """
    entries = [entry for n, point in points.items() for entry in _leaves(point, n)]
    objects = {
        path: f"made_{k}" for k, path in enumerate(p for n, v in everything.items() for p in _objects(v, n))
    }
    primal = ", ".join(
        _copied(v, n, objects) if changes and is_written_out(v) else n for n, v in everything.items()
    )
    first = "[0]" if has_aux else ""
    lines = [
        f"def jacobian({', '.join(everything)}):",
        *(
            line
            for n, v in everything.items()
            for path, item in _objects(v, n).items()
            for line in _maker_lines(objects[path], path, item)
        ),
        f"    found = forward({primal}, {_directions(points, '', objects)})",
        f"    value = found[0]{first}",
    ]
    for number, (path, leaf) in enumerate(entries):
        unit = "unit" if isinstance(leaf, np.ndarray) else "1.0"
        directions = _directions(points, path, objects, unit)
        lines += _tangent_lines(number, leaf, f"forward({primal}, {directions})[1]{first}")

    def structure(text_of: Callable[[int], str]) -> str:
        """Return the structure of the arguments with an expression for each of their numbers and arrays."""
        at = {path: text_of(number) for number, (path, _) in enumerate(entries)}
        inner = {
            n: _display(p, n, lambda leaf, path: at.get(path, "None"), objects) for n, p in points.items()
        }
        chosen = [inner[n] if k is None else f"{inner[n]}[{k}]" for n, k in places]
        return f"({', '.join(chosen)},)" if several else chosen[0]

    parameters = ", ".join(f"part_{number}" for number in range(len(entries)))
    lines += [f"    def structure({parameters}):", f"        return {structure(lambda k: f'part_{k}')}"]
    whole = _assembled_text(returned, "", entries, structure)
    lines.append(f"    return {whole}, found[0][1]" if has_aux else f"    return {whole}")
    return "\n".join(lines) + "\n"


def _copied(value: Any, name: str, objects: dict[str, str]) -> str:
    """Return the expression for an argument with copies of its arrays."""
    return _display(
        value, name, lambda leaf, path: f"np.copy({path})" if isinstance(leaf, np.ndarray) else path, objects
    )


def _tangent_lines(number: int, leaf: Any, tangent: str) -> list[str]:
    """Return the statements that compute the derivative by one number, or that by each entry of an array."""
    if not isinstance(leaf, np.ndarray):
        return [f"    part_{number} = {tangent}"]
    return [
        f"    columns_{number} = []",
        f"    for k in range({leaf.size}):",
        f"        unit = np.reshape(np.eye(1, {leaf.size}, k), {leaf.shape})",
        f"        columns_{number}.append({tangent})",
    ]


def _assembled_text(
    kind: Kind, path: str, entries: list[tuple[str, Any]], structure: Callable[[Callable[[int], str]], str]
) -> str:
    """Return the expression of the Jacobian of the part of the value at ``path``, of which a kind is known.

    ``entries`` are the numbers and arrays of the arguments, each after the expression that reads it.
    """
    paths, leaves = [read for read, _ in entries], [leaf for _, leaf in entries]
    if kind.name == "tuple" and kind.items is not None:
        parts = [
            _assembled_text(item, f"{path}[{k}]", entries, structure) for k, item in enumerate(kind.items)
        ]
        if kind.value is not None:
            return f"type(value{path})({', '.join(parts)})"
        return f"({''.join(part + ', ' for part in parts)})"
    if kind.name == "dict" and kind.items is not None and kind.value is None:
        items = [
            f"{key!r}: {_assembled_text(item, f'{path}[{key!r}]', entries, structure)}"
            for key, item in kind.items
        ]
        return f"{{{', '.join(items)}}}"
    if kind.name in ("str", "none", "bool"):
        return "None"

    def columns(k: int) -> str:
        return f"[column{path} for column in columns_{k}]"

    if kind.name in ("float", "int", "array", "number") and not kind.optional:
        return structure(
            lambda k: (
                f"np.reshape(np.stack({columns(k)}, axis=-1), np.shape(value{path}) + {leaves[k].shape})"
                if isinstance(leaves[k], np.ndarray)
                else f"part_{k}{path}"
            )
        )
    parts = [
        f"stacked(value{path}, {columns(k)}, {paths[k]})"
        if isinstance(leaf, np.ndarray)
        else f"part_{k}{path}"
        for k, leaf in enumerate(leaves)
    ]
    return f"assembled(value{path}, [{', '.join(parts)}], structure)"


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield the numbers and arrays of an argument, each with the expression that reads it."""
    if isinstance(value, (list, tuple)):
        for k, item in enumerate(value):
            yield from _leaves(item, f"{path}[{k}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, f"{path}[{key!r}]")
    elif is_object(value):
        for name, item in attributes_of(value).items():
            yield from _leaves(item, f"{path}.{name}")
    elif isinstance(value, _NUMBERS) and not isinstance(value, bool):
        yield path, value


def _objects(value: Any, path: str) -> dict[str, Any]:
    """Return the objects in an argument, by the expression that reads them."""
    found: dict[str, Any] = {}
    if isinstance(value, (list, tuple)):
        for k, item in enumerate(value):
            found |= _objects(item, f"{path}[{k}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            found |= _objects(item, f"{path}[{key!r}]")
    elif is_object(value) and is_written_out(value):
        found[path] = value
        for name, item in attributes_of(value).items():
            found |= _objects(item, f"{path}.{name}")
    return found


def _maker_lines(title: str, path: str, value: Any) -> list[str]:
    """Return the function that makes an object like ``value`` of other attributes."""
    names = list(attributes_of(value))
    parameters = ", ".join(f"part_{k}" for k in range(len(names)))
    return [
        f"    def {title}({parameters}):",
        f"        made = copy.copy({path})",
        *(f"        object.__setattr__(made, {name!r}, part_{k})" for k, name in enumerate(names)),
        "        return made",
    ]


def _display(value: Any, path: str, text_of: Callable[[Any, str], str], objects: dict[str, str]) -> str:
    """Return the expression of a structure like ``value`` with other leaves; ``objects`` names what makes objects."""
    if path in objects:
        parts = [
            _display(item, f"{path}.{name}", text_of, objects) for name, item in attributes_of(value).items()
        ]
        return f"{objects[path]}({', '.join(parts)})"
    if isinstance(value, (list, tuple)):
        parts = [_display(item, f"{path}[{k}]", text_of, objects) for k, item in enumerate(value)]
        if hasattr(value, "_fields"):
            return f"type({path})({', '.join(parts)})"
        return f"[{', '.join(parts)}]" if isinstance(value, list) else f"({''.join(p + ', ' for p in parts)})"
    if isinstance(value, dict):
        parts = [_display(item, f"{path}[{key!r}]", text_of, objects) for key, item in value.items()]
        items = [f"{key!r}: {part}" for key, part in zip(value, parts)]
        return f"{{{', '.join(items)}}}"
    return text_of(value, path)


def _directions(points: dict[str, Any], chosen: str, objects: dict[str, str], unit: str = "1.0") -> str:
    """Return the tangents of the arguments: zero but for the leaf that is read by ``chosen``."""

    def text_of(leaf: Any, path: str) -> str:
        if path == chosen:
            return unit
        return f"np.zeros({leaf.shape})" if isinstance(leaf, np.ndarray) else "0.0"

    return ", ".join(_display(point, name, text_of, objects) for name, point in points.items())


def stacked(out: Any, columns: Any, by: Any) -> Any:
    """Return the derivative of a structure by an array, from its columns."""
    if isinstance(out, dict):
        return {key: stacked(out[key], [column[key] for column in columns], by) for key in out}
    if isinstance(out, (list, tuple)):
        return [stacked(out[k], [column[k] for column in columns], by) for k in range(len(out))]
    if not isinstance(out, _NUMBERS) and hasattr(out, "__dict__"):
        made = copy.copy(out)
        for name in vars(out):
            columns_of_name = [getattr(column, name) for column in columns]
            object.__setattr__(made, name, stacked(getattr(out, name), columns_of_name, by))
        return made
    if not isinstance(out, _NUMBERS) or not columns:
        return np.zeros(np.shape(out) + np.shape(by)) if isinstance(out, _NUMBERS) else None
    return np.reshape(np.stack(columns, axis=-1), np.shape(out) + np.shape(by))


def assembled(out: Any, parts: Any, structure: Any) -> Any:
    """Return ``out`` with the structure of the arguments for each leaf; each of ``parts`` is a structure like ``out``."""
    if isinstance(out, dict):
        return {key: assembled(out[key], [part[key] for part in parts], structure) for key in out}
    if isinstance(out, tuple) and hasattr(out, "_fields"):
        items = [assembled(out[k], [part[k] for part in parts], structure) for k in range(len(out))]
        return type(out)(*items)
    if isinstance(out, tuple):
        return tuple([assembled(out[k], [part[k] for part in parts], structure) for k in range(len(out))])
    if isinstance(out, list):
        return [assembled(out[k], [part[k] for part in parts], structure) for k in range(len(out))]
    if isinstance(out, (str, bool, type(None))):
        return None
    if not isinstance(out, _NUMBERS) and hasattr(out, "__dict__"):
        made = copy.copy(out)
        for name in vars(out):
            parts_of_name = [getattr(part, name) for part in parts]
            object.__setattr__(made, name, assembled(getattr(out, name), parts_of_name, structure))
        return made
    if not isinstance(out, _NUMBERS):
        raise UnsupportedError("A Jacobian of a function that returns an object with __slots__ is itself differentiated.",
                               "Return arrays, lists, tuples or dicts.")  # fmt: skip
    return structure(*parts)


def function_of(text: str, forward: Any) -> Any:
    """Return the function whose text is given, with its source to be found.

    It is kept with the generated function ``forward``, so that what is derived from it is found again.
    """
    known: dict[str, Any] = vars(forward).setdefault("jacobians", {})
    if text not in known:
        known[text] = _made(text, forward)
    return known[text]


def _made(text: str, forward: Any) -> Any:
    file = f"<srcad jacobian {next(_serial)}>"
    texts.keep(file, text)
    namespace: dict[str, Any] = {
        "np": np, "copy": copy, "forward": forward, "stacked": stacked, "assembled": assembled,
        "__name__": "srcad_generated.jacobian",
    }  # fmt: skip
    exec(compile(text, file, "exec"), namespace)
    return namespace["jacobian"]

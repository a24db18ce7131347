"""How a cotangent is summed down to an operand that was broadcast, where the kinds tell."""

from __future__ import annotations

from dataclasses import dataclass

from srcad.analysis.kinds import Kind, dims_of, dims_unless_scalar, is_scalar

__all__ = ["Reduction", "unbroadcast_axes"]


@dataclass(frozen=True)
class Reduction:
    """The sum that undoes a broadcast.

    Attributes
    ----------
    dropped : tuple of int
        Axes to sum which the operand does not have: the leading ones.
    kept : tuple of int
        Axes to sum which the operand has with length one, as axes of the cotangent, so before any is dropped.
    whole : bool
        The operand is a scalar, and all is summed.
    """

    dropped: tuple[int, ...] = ()
    kept: tuple[int, ...] = ()
    whole: bool = False

    @property
    def is_identity(self) -> bool:
        """Whether nothing is to be done."""
        return not (self.dropped or self.kept or self.whole)


def unbroadcast_axes(cotangent: Kind, operand: Kind) -> Reduction | None:
    """Return how the gradient of an elementwise result is summed to that of one operand; None if unknown.

    An axis of the operand that is not of length one was not broadcast, since NumPy would have raised:
    nothing is summed there, whatever is known of the result.  An axis of length one was broadcast if the
    result's is surely longer or empty, and was not if that is of length one as well.  Where the
    result may be complex and the operand real, more than a sum is needed, so that is unknown too.

    Parameters
    ----------
    cotangent : Kind
        The kind of the elementwise operation's result, which is that of its gradient.
    operand : Kind
        The kind of the operand.

    Examples
    --------
    >>> from srcad.analysis.kinds import array
    >>> matrix = array(dims=("N", "N"), dtype="float64")
    >>> unbroadcast_axes(matrix, array(dims=("N",), dtype="float64"))
    Reduction(dropped=(0,), kept=(), whole=False)
    >>> unbroadcast_axes(matrix, array(dims=("N", "1"), dtype="float64")).kept
    (1,)
    >>> unbroadcast_axes(matrix, array(2, dtype="float64")) is None
    True
    """
    if operand.dtype != "complex" and cotangent.dtype not in ("float64", "float", "double", "int", "bool"):
        return None
    small = dims_of(operand)
    # What was made of an array is no scalar.
    large = dims_unless_scalar(cotangent) if small else dims_of(cotangent)
    if large is None or small is None or len(small) > len(large):
        return None
    if is_scalar(operand):
        return Reduction(whole=bool(large))
    extra = len(large) - len(small)
    kept = []
    for position, (result, own) in enumerate(zip(large[extra:], small), extra):
        if own == "N" or own == result == "1":
            continue
        if own == "1" and result == "N":
            kept.append(position)
        elif result != "1":
            return None
    return Reduction(tuple(range(extra)), tuple(kept))

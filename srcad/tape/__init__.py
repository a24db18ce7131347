"""Derivatives by recording: NumPy code as it runs, differentiated by the same rules as compiled code."""

from srcad.rules import registry
from srcad.tape.compiled import apply
from srcad.tape.gradient_tape import GradientTape
from srcad.tape.second_opinion import pulled_back
from srcad.tape.values import Traced, Variable

__all__ = ["GradientTape", "Traced", "Variable", "apply", "pulled_back"]

registry.refuse(
    "A tape is opened in a function that is differentiated from its source. Take the inner derivative by srcad.grad, or "
    "the outer one by another tape.",
    GradientTape,
)
registry.refuse(
    "A variable of the tape is made in a function that is differentiated from its source. Use the value itself.",
    Variable,
)

"""Derivatives by recording: NumPy code as it runs, differentiated by the same rules as compiled code."""

from srcad.tape.calls import apply
from srcad.tape.gradient_tape import GradientTape
from srcad.tape.second_opinion import pulled_back
from srcad.tape.values import Traced, Variable

__all__ = ["GradientTape", "Traced", "Variable", "apply", "pulled_back"]

"""Operators on functions beyond the gradient: forward mode, Jacobians, Hessians and products with them."""

from srcad.operators.forward import Jvp, jvp, linearize

__all__ = ["Jvp", "jvp", "linearize"]

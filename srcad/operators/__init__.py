"""Operators on functions beyond the gradient: forward mode, Jacobians, Hessians and products with them."""

from srcad.api import grad, value_and_grad
from srcad.operators import (
    composition,
    deeper_attributes,
    deeper_reverse,
    inside,
    on_tape,
    resolved,
    symmetric,
    transposition,
)
from srcad.operators.forward import Jvp, jvp, linearize
from srcad.operators.jacobians import hessian, jacfwd, jacobian, jacrev
from srcad.operators.products import elementwise_grad, ggnvp, hvp

__all__ = [
    "Jvp",
    "elementwise_grad",
    "ggnvp",
    "hessian",
    "hvp",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "linearize",
    "inside",
]

composition.install((grad, value_and_grad, hessian, jacfwd, jacobian, jacrev))
transposition.install()
on_tape.install()
deeper_attributes.install()
deeper_reverse.install_handlers()
resolved.install()
symmetric.install_products()

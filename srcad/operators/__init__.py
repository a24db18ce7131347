"""Operators on functions beyond the gradient: forward mode, Jacobians, Hessians and products with them."""

from srcad.api import grad, value_and_grad
from srcad.operators import composition, inside, on_tape, symmetric
from srcad.operators.deeper import attributes as deeper_attributes
from srcad.operators.deeper import reverse as deeper_reverse
from srcad.operators.forward import Jvp, jvp, linearize
from srcad.operators.jacobians import hessian, jacfwd, jacobian, jacrev
from srcad.operators.products import elementwise_grad, ggnvp, hvp
from srcad.operators.resolved import calls as resolved_calls
from srcad.operators.resolved import transposition
from srcad.operators.sparse_jacobians import column_colors, jacobian_pattern, sparse_hessian, sparse_jacobian

__all__ = [
    "Jvp",
    "column_colors",
    "elementwise_grad",
    "ggnvp",
    "hessian",
    "hvp",
    "jacfwd",
    "jacobian",
    "jacobian_pattern",
    "jacrev",
    "jvp",
    "linearize",
    "inside",
    "sparse_hessian",
    "sparse_jacobian",
]

composition.install((grad, value_and_grad, hessian, jacfwd, jacobian, jacrev))
transposition.install()
on_tape.install()
deeper_attributes.install()
deeper_reverse.install_handlers()
resolved_calls.install()
symmetric.install_products()

"""srcad: derivatives of plain Python and NumPy programs, as Python that one can read."""

from srcad import tape, tree
from srcad.api import Derivative, grad, value_and_grad, vjp
from srcad.check import check_grads
from srcad.errors import SrcadError
from srcad.operators import (
    Jvp,
    elementwise_grad,
    ggnvp,
    hessian,
    hvp,
    jacfwd,
    jacobian,
    jacrev,
    jvp,
    linearize,
)
from srcad.tape import GradientTape, Variable

__all__ = [
    "Derivative",
    "GradientTape",
    "Jvp",
    "SrcadError",
    "Variable",
    "check_grads",
    "elementwise_grad",
    "ggnvp",
    "grad",
    "hessian",
    "hvp",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "linearize",
    "tape",
    "tree",
    "value_and_grad",
    "vjp",
]

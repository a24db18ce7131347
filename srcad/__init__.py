"""srcad: derivatives of plain Python and NumPy programs, as Python that one can read."""

from srcad import tape, tree
from srcad.api import Derivative, grad, value_and_grad, vjp
from srcad.check import check_grads
from srcad.custom import CustomFunction, custom_jvp, custom_vjp, def_jvp, def_vjp
from srcad.errors import SrcadError
from srcad.hooks import backward, on_backward, stop_gradient
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
    "CustomFunction",
    "Derivative",
    "GradientTape",
    "Jvp",
    "SrcadError",
    "Variable",
    "backward",
    "check_grads",
    "custom_jvp",
    "custom_vjp",
    "def_jvp",
    "def_vjp",
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
    "on_backward",
    "stop_gradient",
    "tape",
    "tree",
    "value_and_grad",
    "vjp",
]

"""srcad: derivatives of plain Python and NumPy programs, as Python that one can read."""

from srcad import tape, tree
from srcad.api import Derivative, grad, value_and_grad, vjp
from srcad.check import check_grads
from srcad.checkpointing.functions import checkpoint
from srcad.checkpointing.loops import checkpoint_loop
from srcad.custom import CustomFunction, custom_jvp, custom_vjp, def_jvp, def_vjp
from srcad.errors import SrcadError
from srcad.hooks import backward, on_backward, stop_gradient
from srcad.implicit import custom_fixed_point, custom_root
from srcad.operators import (
    Jvp,
    column_colors,
    elementwise_grad,
    ggnvp,
    hessian,
    hvp,
    jacfwd,
    jacobian,
    jacobian_pattern,
    jacrev,
    jvp,
    linearize,
    sparse_hessian,
    sparse_jacobian,
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
    "checkpoint",
    "checkpoint_loop",
    "column_colors",
    "custom_fixed_point",
    "custom_jvp",
    "custom_root",
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
    "jacobian_pattern",
    "jacrev",
    "jvp",
    "linearize",
    "on_backward",
    "sparse_hessian",
    "sparse_jacobian",
    "stop_gradient",
    "tape",
    "tree",
    "value_and_grad",
    "vjp",
]

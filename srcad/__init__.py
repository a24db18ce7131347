"""srcad: derivatives of plain Python and NumPy programs, as Python that one can read."""

from srcad.api import Derivative, grad, value_and_grad, vjp
from srcad.check import check_grads
from srcad.errors import SrcadError

__all__ = ["Derivative", "SrcadError", "check_grads", "grad", "value_and_grad", "vjp"]

"""srcad: derivatives of plain Python and NumPy programs, as Python that one can read."""

from srcad.api import Derivative, grad, value_and_grad, vjp
from srcad.errors import SrcadError

__all__ = ["Derivative", "SrcadError", "grad", "value_and_grad", "vjp"]

"""What generated code and the derivative rules call as ``rt``: plain NumPy.

A function is listed once, in the ``__all__`` of the module that defines it.
"""

import importlib
from types import ModuleType

from srcad.runtime import operators as operators
from srcad.runtime.arrays import *
from srcad.runtime.calls import *
from srcad.runtime.choices import *
from srcad.runtime.comparison import *
from srcad.runtime.containers import *
from srcad.runtime.copies import *
from srcad.runtime.differences import *
from srcad.runtime.exceptions import *
from srcad.runtime.fourier import *
from srcad.runtime.given_rules import *
from srcad.runtime.held import *
from srcad.runtime.interpolation import *
from srcad.runtime.iteration import *
from srcad.runtime.linear_algebra import *
from srcad.runtime.memory import *
from srcad.runtime.mirrored import *
from srcad.runtime.named_tuples import *
from srcad.runtime.order import *
from srcad.runtime.outliving import *
from srcad.runtime.padding import *
from srcad.runtime.products import *
from srcad.runtime.rearranging import *
from srcad.runtime.reductions import *
from srcad.runtime.sample_paths import *
from srcad.runtime.scipy_callbacks import kept_function as kept_function
from srcad.runtime.sets import *
from srcad.runtime.sharing import *
from srcad.runtime.special import *
from srcad.runtime.statistics import *
from srcad.runtime.stores import *
from srcad.runtime.structure import *
from srcad.runtime.taking import *
from srcad.runtime.tangents import *
from srcad.runtime.undoing import *
from srcad.runtime.whole import *
from srcad.runtime.withheld import *

_OPTIONAL = (
    "scipy_fft",
    "scipy_integrate",
    "scipy_interpolate",
    "scipy_linalg",
    "scipy_ndimage",
    "scipy_optimize",
    "scipy_panels",
    "scipy_signal",
    "scipy_sparse",
    "scipy_special",
    "scipy_stats",
)


def __getattr__(name: str) -> ModuleType:
    """Import what stands on SciPy when it is first asked for."""
    if name in _OPTIONAL:
        return importlib.import_module(f"srcad.runtime.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""What ``numpy.ctypeslib`` makes of arrays shares their memory in a form that is not followed."""

from __future__ import annotations

import numpy.ctypeslib as ctypeslib

from srcad.rules.registry import refuse

refuse(
    "Memory that is shared with ctypes is not followed: compute with the array itself.",
    ctypeslib.as_array, ctypeslib.as_ctypes, ctypeslib.load_library, ctypeslib.ndpointer,
)  # fmt: skip

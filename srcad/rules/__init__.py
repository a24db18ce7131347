"""The derivative rules, by topic; importing this package fills the registry."""

from srcad.rules import (
    constants,
    fft,
    joining,
    linalg,
    linalg_factors,
    linalg_norms,
    linalg_runtime,
    products,
    reductions,
    runtime_functions,
    scalars,
    selection,
    shape,
    ufuncs,
)

__all__ = [
    "constants",
    "fft",
    "joining",
    "linalg",
    "linalg_factors",
    "linalg_norms",
    "linalg_runtime",
    "products",
    "reductions",
    "runtime_functions",
    "scalars",
    "selection",
    "shape",
    "ufuncs",
]

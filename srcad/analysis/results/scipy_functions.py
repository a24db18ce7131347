"""The results of SciPy's functions, which are known by name: SciPy itself need not be there."""

from __future__ import annotations

from collections.abc import Callable

from srcad.analysis.kinds import ANY, BOOL, FLOAT, INT, NUMBER, Kind, array, container
from srcad.analysis.results.shaped import Call, as_array, integer, number, promote

__all__ = ["scipy_result"]

_PIVOTS = array(None, False, None, "int")


def _number(call: Call) -> Kind:
    """One number or array."""
    return NUMBER


def _several(*kinds: Kind) -> Callable[[Call], Kind]:
    return lambda call: container("tuple", kinds)


def _one_unless(position: int, name: str, others: tuple[Kind, ...] | None = None) -> Callable[[Call], Kind]:
    """A number, and more where a flag asks for it: a tuple of these, or what is not known."""

    def result(call: Call) -> Kind:
        flag = integer(call.get(position, name), False)
        if flag in (False, 0):
            return NUMBER
        return container("tuple", (NUMBER, *others)) if flag is True and others is not None else ANY

    return result


def _decomposition(call: Call) -> tuple[Kind, Kind]:
    """What factors of a matrix may hold, and what is real in any case."""
    operand = as_array(call.get(0, "a") or ANY)
    dtype = {"int": "float64", "bool": "float64"}.get(operand.dtype or "", operand.dtype)
    like = Kind("number", dtype=dtype)
    return number(like), number(Kind("number", dtype="float" if dtype == "complex" else dtype))


def cho_factor(call: Call) -> Kind:
    """Return the kind of a Cholesky factor and of whether it is the lower one."""
    return container("tuple", (_decomposition(call)[0], BOOL))


def lu_factor(call: Call) -> Kind:
    """Return the kind of the LU factors in one matrix, and of the pivots."""
    return container("tuple", (_decomposition(call)[0], _PIVOTS))


def qr(call: Call) -> Kind:
    """Return the kind of the QR factors, of which ``mode="r"`` gives one, with the pivots where asked for."""
    factor = _decomposition(call)[0]
    given = call.get(3, "mode")
    mode = "full" if given is None else call.texts.get("mode", call.texts.get(3))
    pivoting = integer(call.get(4, "pivoting"), False)
    if mode not in ("full", "r", "economic") or pivoting not in (False, True):
        return ANY
    factors = (factor,) if mode == "r" else (factor, factor)
    return container("tuple", (*factors, _PIVOTS) if pivoting else factors)


def svd(call: Call) -> Kind:
    """Return the kind of the singular value decomposition, or of the singular values alone."""
    factor, values = _decomposition(call)
    computed = integer(call.get(2, "compute_uv"), True)
    if computed is False:
        return values
    return container("tuple", (factor, values, factor)) if computed is True else ANY


def eigh(call: Call) -> Kind:
    """Return the kind of eigenvalues and eigenvectors, or of the eigenvalues alone."""
    alone = integer(call.get(3, "eigvals_only"), False)
    operands = [k for k in (call.get(0, "a"), call.get(1, "b")) if k is not None and k.name != "none"]
    dtype = promote([as_array(k) for k in operands])
    dtype = {"int": "float64", "bool": "float64", "double": "float64"}.get(dtype or "", dtype)
    values = Kind("number", dtype="float" if dtype == "complex" else dtype)
    if alone is True:
        return values
    return container("tuple", (values, Kind("number", dtype=dtype))) if alone is False else ANY


def eig(call: Call) -> Kind:
    """Return the kind of eigenvalues and eigenvectors, which may be complex."""
    left, right = integer(call.get(2, "left"), False), integer(call.get(3, "right"), True)
    if left not in (False, True) or right not in (False, True):
        return ANY
    count = 1 + left + right
    return container("tuple", (NUMBER,) * count) if count > 1 else NUMBER


def _quad(call: Call) -> Kind:
    """The kind of a real integral and its error."""
    plain = integer(call.get(4, "full_output"), 0) in (0, False) and "complex_func" not in call.keywords
    return container("tuple", (FLOAT, FLOAT)) if plain else ANY


_RESULTS: dict[str, Callable[[Call], Kind] | None] = {
    "scipy.integrate.odeint": _one_unless(6, "full_output"),
    "scipy.integrate.quad": _quad,
    "scipy.integrate.solve_ivp": None,
    "scipy.interpolate.make_interp_spline": None,
    "scipy.interpolate.splev": None,
    "scipy.linalg.cho_factor": cho_factor,
    "scipy.linalg.eig": eig,
    "scipy.linalg.eigh": eigh,
    "scipy.linalg.lu_factor": lu_factor,
    "scipy.linalg.qr": qr,
    "scipy.linalg.svd": svd,
    "scipy.optimize.bisect": _one_unless(7, "full_output"),
    "scipy.optimize.brenth": _one_unless(7, "full_output"),
    "scipy.optimize.brentq": _one_unless(7, "full_output"),
    "scipy.optimize.fsolve": _one_unless(4, "full_output"),
    "scipy.optimize.minimize": None,
    "scipy.optimize.minimize_scalar": None,
    "scipy.optimize.newton": _one_unless(9, "full_output"),
    "scipy.optimize.ridder": _one_unless(7, "full_output"),
    "scipy.optimize.root": None,
    "scipy.optimize.root_scalar": None,
    "scipy.optimize.toms748": _one_unless(8, "full_output"),
    "scipy.sparse.cg": _several(NUMBER, INT),
    "scipy.special.logsumexp": _one_unless(4, "return_sign", (NUMBER,)),
}


def scipy_result(module: str, name: str, call: Call) -> Kind:
    """Return the kind of a call of a function with a rule of SciPy: if nothing else is known, of a number."""
    path = f"{'.'.join(module.split('.')[:2])}.{name}"
    rule = _RESULTS.get(path, _number)
    return ANY if rule is None else rule(call)

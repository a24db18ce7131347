"""Derivatives of ``scipy.special``, by topic; this module names what is constant and what is refused."""

from __future__ import annotations

import scipy.special

from srcad.rules import (  # noqa: F401  (their rules are wanted)
    scipy_special_bessel,
    scipy_special_entropy,
    scipy_special_errors,
    scipy_special_gamma,
    scipy_special_polynomials,
)
from srcad.rules.registry import constant, refuse


def _named(names: str) -> list:
    """Return the functions of these names that the installed SciPy has."""
    return [getattr(scipy.special, name) for name in names.split() if hasattr(scipy.special, name)]


constant(
    *_named("""
    gammasgn round bernoulli euler factorial2 factorialk stirling2 geterr seterr test
    ai_zeros bei_zeros beip_zeros ber_zeros berp_zeros bi_zeros erf_zeros fresnel_zeros fresnelc_zeros
    fresnels_zeros jn_zeros jnjnp_zeros jnp_zeros jnyn_zeros kei_zeros keip_zeros kelvin_zeros ker_zeros
    kerp_zeros y0_zeros y1_zeros y1p_zeros yn_zeros ynp_zeros
    c_roots h_roots he_roots l_roots p_roots ps_roots s_roots t_roots ts_roots u_roots us_roots
    roots_chebyc roots_chebys roots_chebyt roots_chebyu roots_hermite roots_hermitenorm roots_laguerre
    roots_legendre roots_sh_chebyt roots_sh_chebyu roots_sh_legendre
    """)
)

refuse(
    "The nodes and weights of this quadrature have no derivative in the parameters of the weight function; "
    "compute them outside and pass them in.",
    *_named("""
    cg_roots j_roots js_roots la_roots roots_gegenbauer roots_genlaguerre roots_jacobi roots_sh_jacobi
    """),
)

refuse(
    "A polynomial object of scipy.special has no derivative; evaluate with the function of the same family, "
    "such as scipy.special.eval_legendre(n, x).",
    *_named("""
    chebyc chebys chebyt chebyu gegenbauer genlaguerre hermite hermitenorm jacobi laguerre legendre
    sh_chebyt sh_chebyu sh_jacobi sh_legendre eval_sh_jacobi lpmv legendre_p legendre_p_all assoc_legendre_p
    assoc_legendre_p_all sph_legendre_p sph_legendre_p_all sph_harm_y sph_harm_y_all lqmn lqn
    """),
)

refuse(
    "The derivative of this distribution function is not known in closed form or not covered; use the function "
    "of scipy.special that it is made of (gammainc, betainc, ndtr) or a density of scipy.stats.",
    *_named("""
    bdtri bdtrik bdtrin btdtria btdtrib chdtri chdtriv chndtr chndtridf chndtrinc chndtrix fdtr fdtrc fdtri
    fdtridfd gdtr gdtrc gdtria gdtrib gdtrix kolmogi kolmogorov nbdtr nbdtrc nbdtri nbdtrik nbdtrin ncfdtr
    ncfdtri ncfdtridfd ncfdtridfn ncfdtrinc nctdtr nctdtridf nctdtrinc nctdtrit nrdtrimn nrdtrisd pdtri pdtrik
    smirnov smirnovi stdtridf tklmbda
    """),
)

refuse(
    "This function of scipy.special has no derivative rule; write it in terms of functions that have one, or "
    "give its derivative with srcad.def_vjp.",
    *_named("""
    agm airye besselpoly diric ellip_harm ellip_harm_2 ellip_normal elliprc elliprd elliprf elliprg elliprj
    itairy kelvin lmbda log_wright_bessel mathieu_a mathieu_b mathieu_cem mathieu_even_coef mathieu_modcem1
    mathieu_modcem2 mathieu_modsem1 mathieu_modsem2 mathieu_odd_coef mathieu_sem modfresnelm modfresnelp
    obl_ang1 obl_ang1_cv obl_cv obl_cv_seq obl_rad1 obl_rad1_cv obl_rad2 obl_rad2_cv pbdn_seq pbdv pbdv_seq
    pbvv pbvv_seq pbwa pro_ang1 pro_ang1_cv pro_cv pro_cv_seq pro_rad1 pro_rad1_cv pro_rad2 pro_rad2_cv
    riccati_jn riccati_yn voigt_profile wright_bessel
    """),
)

"""Forward mode through a loop: a tangent beside each variable, and nothing to save."""


def forward_sqrt(a):
    x = a
    while abs(x * x - a) > 1e-12 * a:
        x = 0.5 * (x + a / x)
    return x


ARGUMENTS = (2.0,)
TANGENTS = (1.0,)


# ------------------------------ its derivative ------------------------------

def forward_sqrt_jvp(a, da):
    x = a
    dx = da
    while abs(x * x - a) > 1e-12 * a:
        t5 = a / x
        dt6 = dx + (da / x - dx * (t5 / x))
        x = 0.5 * (x + t5)
        dx = dt6 * 0.5
    return x, dx

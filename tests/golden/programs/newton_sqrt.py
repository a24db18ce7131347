"""A loop that runs until it has converged."""


def newton_sqrt(a):
    x = a
    while abs(x * x - a) > 1e-12 * a:
        x = 0.5 * (x + a / x)
    return x


ARGUMENTS = (2.0,)


# ------------------------------ its derivative ------------------------------

def dnewton_sqrt(a):
    x_history = []
    t5_history = []
    x = a
    trips = 0
    while abs(x * x - a) > 1e-12 * a:
        trips = trips + 1
        t5 = a / x
        x_history.append(x)
        x = 0.5 * (x + t5)
        t5_history.append(t5)
    dx = 1.0
    da = 0.0
    for _ in range(trips):
        t5 = t5_history.pop()
        # line 7: x = 0.5 * (x + a / x)
        dt6 = dx * 0.5
        x = x_history.pop()
        da += dt6 / x
        dx = dt6 - dt6 * (t5 / x)
    # line 5: x = a
    da += dx
    return da

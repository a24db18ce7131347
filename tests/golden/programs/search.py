"""A break, and an else for the loop that ran to its end."""


def search(x, thresholds):
    for t in thresholds:
        if x < t:
            result = t - x * x
            break
    else:
        result = 2.0 * x
    return result


ARGUMENTS = (0.7, (0.2, 0.5, 1.0, 2.0))


# ------------------------------ its derivative ------------------------------

from srcad import runtime as rt


def dsearch(x, thresholds):
    broken = False
    for i in range(len(thresholds)):
        t = thresholds[i]
        if x < t:
            broken = True
            break
    if broken:
        result = t - x * x
    else:
        result = 2.0 * x
    dresult = rt.seed(result)
    if broken:
        # line 7: result = t - x * x
        dx = -(dresult * (2 * x))
    else:
        # line 10: result = 2.0 * x
        dx = dresult * 2.0
    return rt.fitted(dx, x)

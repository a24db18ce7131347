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
    t2_history = []
    seq = rt.sequence(thresholds)
    t1 = len(seq)
    broken = False
    trips = 0
    for i in range(t1):
        trips = trips + 1
        t = seq[i]
        t2 = x < t
        if t2:
            result = t - x * x
            broken = True
            t2_history.append(t2)
            break
        else:
            t2_history.append(t2)
    if not broken:
        result = 2.0 * x
    dresult = rt.seed(result)
    if broken:
        dx = 0.0
    else:
        # line 10: result = 2.0 * x
        dx = dresult * 2.0
        dresult = 0.0
    for i in reversed(range(t1)[:trips]):
        t2 = t2_history.pop()
        if t2:
            # line 7: result = t - x * x
            t8 = dresult * x
            dx -= t8
            dx -= t8
            dresult = 0.0
    return rt.fitted(dx, x)

"""A filter: four numbers from each step are needed again."""

import math


def kalman(drift, noise, observations):
    mean, variance, loss = 0.0, 1.0, 0.0
    for y in observations:
        variance = variance + drift
        total = variance + noise
        error = y - mean
        loss += 0.5 * (math.log(total) + error * error / total)
        gain = variance / total
        mean += gain * error
        variance *= 1.0 - gain
    return loss


ARGUMENTS = (0.1, 0.5, (0.3, 0.8, 0.6, 1.1))
ARGNUMS = (0, 1)


# ------------------------------ its derivative ------------------------------

import math
from srcad import runtime as rt


def dkalman(drift, noise, observations):
    variance_history = []
    history = []
    mean = 0.0
    variance = 1.0
    loss = 0.0
    t = len(observations)
    for i in range(t):
        y = observations[i]
        variance = variance + drift
        total = variance + noise
        error = y - mean
        t3 = error * error / total
        loss = loss + 0.5 * (math.log(total) + t3)
        gain = variance / total
        mean = mean + gain * error
        t7 = 1.0 - gain
        variance_history.append(variance)
        variance = variance * t7
        history.append((error, gain, t3, t7, total))
    dloss = rt.seed(loss)
    ddrift = 0.0
    dmean = 0.0
    dnoise = 0.0
    dvariance = 0.0
    for error, gain, t3, t7, total in reversed(history):
        # line 15: variance *= 1.0 - gain
        variance = variance_history.pop()
        dt7 = dvariance * variance
        dvariance = dvariance * t7
        # line 14: mean += gain * error
        derror = dmean * gain
        dgain = dmean * error - dt7
        # line 13: gain = variance / total
        dtotal = -(dgain * (gain / total))
        dvariance += dgain / total
        # line 12: loss += 0.5 * (math.log(total) + error * error / total)
        dt4 = dloss * 0.5
        dt2 = dt4 / total
        dtotal -= dt4 * (t3 / total)
        derror += dt2 * (2 * error)
        dtotal += dt2
        # line 11: error = y - mean
        dmean -= derror
        # line 10: total = variance + noise
        dvariance += dtotal
        dnoise += dtotal
        # line 9: variance = variance + drift
        ddrift += dvariance
    return rt.fitted(ddrift, drift), rt.fitted(dnoise, noise)

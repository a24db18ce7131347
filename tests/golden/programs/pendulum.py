"""The leapfrog method, and how the final angle depends on length and start."""

import math


def pendulum(length, angle, steps):
    speed = 0.0
    h = 0.05
    for _ in range(steps):
        speed -= h * 9.81 / length * math.sin(angle)
        angle += h * speed
    return angle


ARGUMENTS = (1.2, 0.5, 20)
ARGNUMS = (0, 1)


# ------------------------------ its derivative ------------------------------

import math


def dpendulum(length, angle, steps):
    angle_history = []
    history = []
    speed = 0.0
    for _ in range(steps):
        t1 = 0.49050000000000005 / length
        t2 = math.sin(angle)
        speed = speed - t1 * t2
        angle_history.append(angle)
        angle = angle + 0.05 * speed
        history.append((t1, t2))
    dangle = 1.0
    dlength = 0.0
    dspeed = 0.0
    for t1, t2 in reversed(history):
        # line 11: angle += h * speed
        angle = angle_history.pop()
        dspeed += dangle * 0.05
        # line 10: speed -= h * 9.81 / length * math.sin(angle)
        dt3 = -dspeed
        dangle += dt3 * t1 * math.cos(angle)
        dlength -= dt3 * t2 * (t1 / length)
    return dlength, dangle

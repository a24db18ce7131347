"""A named tuple as the state of a simulation, replaced in each step."""

from typing import NamedTuple

import numpy as np


class Pendulum(NamedTuple):
    angle: float
    speed: float
    time: float = 0.0

    def step(self, dt):
        speed = self.speed - dt * np.sin(self.angle)
        return self._replace(angle=self.angle + dt * speed, speed=speed, time=self.time + dt)


def pendulum_state(angle, speed):
    state = Pendulum(angle, speed)
    while state.time < 1.0:
        state = state.step(0.1)
    return state.angle**2 + 0.5 * state.speed**2


ARGUMENTS = (0.4, 0.1)


# ------------------------------ its derivative ------------------------------

import numpy as np
from tests.golden.programs import pendulum_state


def dpendulum_state(angle, speed):
    t1_1_history = []
    state = pendulum_state.Pendulum(angle, speed, 0.0)
    trips = 0
    while True:
        t = state.time
        if t < 1.0:
            trips = trips + 1
            t1_1 = state.angle
            speed_1 = state.speed - 0.1 * np.sin(t1_1)
            t6_1 = t1_1 + 0.1 * speed_1
            state = pendulum_state.Pendulum(t6_1, speed_1, t + 0.1)
            t1_1_history.append(t1_1)
        else:
            break
    # line 22: return state.angle**2 + 0.5 * state.speed**2
    dstate = [2 * state.angle, 0.5 * (2 * state.speed), 0.0]
    for _ in range(trips):
        t1_1 = t1_1_history.pop()
        # line 15: return self._replace(angle=self.angle + dt * speed, speed=speed, time=self.tim...
        dt6_1 = dstate[0]
        dspeed_1 = dstate[1] + dt6_1 * 0.1
        # line 14: speed = self.speed - dt * np.sin(self.angle)
        dstate = [dt6_1 - dspeed_1 * 0.1 * np.cos(t1_1), dspeed_1, dstate[2]]
    # line 19: state = Pendulum(angle, speed)
    dangle = dstate[0]
    return dangle

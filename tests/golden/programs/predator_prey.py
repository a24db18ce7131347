"""A system of differential equations, with a helper function that is inlined."""

import numpy as np


def _rate(state, birth, death):
    prey, hunters = state
    return np.array([prey * (birth - hunters), hunters * (prey - death)])


def predator_prey(birth, death, steps):
    state = np.array([1.0, 0.5])
    for _ in range(steps):
        middle = state + 0.05 * _rate(state, birth, death)
        state = state + 0.1 * _rate(middle, birth, death)
    return state[0]


ARGUMENTS = (1.1, 0.4, 10)
ARGNUMS = (0, 1)


# ------------------------------ its derivative ------------------------------

import numpy as np


def dpredator_prey(birth, death, steps):
    history = []
    state = np.array([1.0, 0.5])
    for _ in range(steps):
        prey, hunters = state
        t6 = birth - hunters
        t2_1 = prey - death
        state_2 = state + 0.05 * np.array([prey * t6, hunters * t2_1])
        prey_1, hunters_1 = state_2
        t7 = birth - hunters_1
        t2_2 = prey_1 - death
        state = state + 0.1 * np.array([prey_1 * t7, hunters_1 * t2_2])
        t29 = hunters, hunters_1, prey, prey_1, state_2, t2_1, t2_2, t6, t7
        history.append(t29)
    # line 16: return state[0]
    dstate = np.zeros(state.shape)
    dstate[0] = 1.0
    dbirth = 0.0
    ddeath = 0.0
    for _ in reversed(range(steps)):
        hunters, hunters_1, prey, prey_1, state_2, t2_1, t2_2, t6, t7 = history.pop()
        # line 15: state = state + 0.1 * _rate(middle, birth, death)
        dt3 = dstate * 0.1
        # line 8: return np.array([prey * (birth - hunters), hunters * (prey - death)])
        dt1_2 = dt3[0]
        dt3_2 = dt3[1]
        dhunters_1 = dt3_2 * t2_2
        dt2_2 = dt3_2 * hunters_1
        ddeath -= dt2_2
        dt7 = dt1_2 * prey_1
        dbirth += dt7
        dhunters_1 -= dt7
        # line 7: prey, hunters = state
        dstate_2 = np.zeros(state_2.shape)
        dstate_2[0] = dt2_2 + dt1_2 * t7
        dstate_2[1] = dhunters_1
        # line 14: middle = state + 0.05 * _rate(state, birth, death)
        dstate += dstate_2
        dt3 = dstate_2 * 0.05
        # line 8: return np.array([prey * (birth - hunters), hunters * (prey - death)])
        dt1_1 = dt3[0]
        dt3_1 = dt3[1]
        dhunters = dt3_1 * t2_1
        dt2_1 = dt3_1 * hunters
        ddeath -= dt2_1
        dt6 = dt1_1 * prey
        dbirth += dt6
        dhunters -= dt6
        # line 7: prey, hunters = state
        dstate[0] += dt2_1 + dt1_1 * t6
        dstate[1] += dhunters
    return dbirth, ddeath

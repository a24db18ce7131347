"""A dict that carries a state through a loop."""


def damped(stiffness, steps):
    state = {"position": 1.0, "speed": 0.0}
    for _ in range(steps):
        state["speed"] -= 0.1 * (stiffness * state["position"] + 0.2 * state["speed"])
        state["position"] += 0.1 * state["speed"]
    return state["position"]


ARGUMENTS = (2.0, 10)


# ------------------------------ its derivative ------------------------------

from srcad import runtime as rt


def ddamped(stiffness, steps):
    history = []
    state = {"position": 1.0, "speed": 0.0}
    dstate = {"position": None, "speed": None}
    for _ in range(steps):
        t = state["position"]
        t_shadow = rt.element_shadow(t, dstate, "position")
        t1 = stiffness * t
        t2 = state["speed"]
        t2_shadow = rt.element_shadow(t2, dstate, "speed")
        t5 = 0.1 * (t1 + 0.2 * t2)
        t9_shadow = rt.element_shadow(t2, dstate, "speed")
        t10 = t2 - t5
        t10_shadow = rt.shadow(t10)
        state["speed"] = t10
        dstate["speed"] = t10_shadow
        t6 = state["speed"]
        t6_shadow = rt.element_shadow(t6, dstate, "speed")
        t7 = 0.1 * t6
        t11 = state["position"]
        t11_shadow = rt.element_shadow(t11, dstate, "position")
        t12 = t11 + t7
        t12_shadow = rt.shadow(t12)
        state["position"] = t12
        dstate["position"] = t12_shadow
        t21 = t, t10_shadow, t11_shadow, t12_shadow, t2_shadow, t6_shadow, t9_shadow, t_shadow
        history.append(t21)
    t8_shadow = rt.element_shadow(state["position"], dstate, "position")
    # line 9: return state["position"]
    rt.accumulate_shadow(t8_shadow, 1.0)
    dstiffness = 0.0
    for _ in reversed(range(steps)):
        (t, t10_shadow, t11_shadow, t12_shadow, t2_shadow, t6_shadow, t9_shadow,
            t_shadow) = history.pop()
        # line 8: state["position"] += 0.1 * state["speed"]
        dt12 = rt.taken(t12_shadow)
        rt.accumulate_shadow(t11_shadow, dt12)
        rt.accumulate_shadow(t6_shadow, dt12 * 0.1)
        # line 7: state["speed"] -= 0.1 * (stiffness * state["position"] + 0.2 * state["speed"])
        dt10 = rt.taken(t10_shadow)
        rt.accumulate_shadow(t9_shadow, dt10)
        dt4 = -(dt10 * 0.1)
        rt.accumulate_shadow(t2_shadow, dt4 * 0.2)
        dstiffness += dt4 * t
        rt.accumulate_shadow(t_shadow, dt4 * stiffness)
    return dstiffness

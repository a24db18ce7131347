"""An object with a method that changes it; the gradient has the same attributes."""

from dataclasses import dataclass


@dataclass
class Particle:
    position: float
    speed: float

    def kick(self, force, step):
        self.speed += force * step
        self.position += self.speed * step


def particle(p, stiffness):
    for _ in range(10):
        p.kick(-stiffness * p.position, 0.1)
    return 0.5 * (p.speed**2 + stiffness * p.position**2)


ARGUMENTS = (Particle(1.0, 0.5), 2.0)
ARGNUMS = (0, 1)


# ------------------------------ its derivative ------------------------------

from srcad import runtime as rt


def dparticle(p, stiffness):
    p_argument = p
    p = rt.clone(p)
    dp = rt.shadow(p)
    dp_argument = rt.skeleton(dp)
    history = []
    for _ in range(10):
        t = -stiffness
        t58 = dp, None
        t59 = {}
        t60 = {}
        t61 = rt.call(rt.operators.getattr, None, (p, "position"), t58, t59, t60)
        t1, dt1, pullback_9 = t61
        t_shadow = rt.shadow(t)
        t53 = {}
        t54 = {}
        t55 = rt.call(rt.operators.mul, None, (t, t1), (t_shadow, dt1), t53, t54)
        t2, dt2, pullback_8 = t55
        t48 = {}
        t49 = {}
        t50 = rt.call_method(p, dp, "kick", (t2, 0.1), (dt2, None), t48, t49)
        unused, unused_shadow, pullback_7 = t50
        history.append((pullback_7, pullback_8, pullback_9, t_shadow))
    t43 = {}
    t44 = {}
    t45 = rt.call(rt.operators.getattr, None, (p, "speed"), (dp, None), t43, t44)
    t3, dt3, pullback_6 = t45
    t38 = {}
    t39 = {}
    t40 = rt.call(rt.operators.pow, None, (t3, 2), (dt3, None), t38, t39)
    t4, dt4, pullback_5 = t40
    t33 = {}
    t34 = {}
    t35 = rt.call(rt.operators.getattr, None, (p, "position"), (dp, None), t33, t34)
    t5, dt5, pullback_4 = t35
    t28 = {}
    t29 = {}
    t30 = rt.call(rt.operators.pow, None, (t5, 2), (dt5, None), t28, t29)
    t6, dt6, pullback_3 = t30
    stiffness_shadow = rt.shadow(stiffness)
    t21 = stiffness_shadow, dt6
    t22 = {}
    t23 = {}
    t24 = rt.call(rt.operators.mul, None, (stiffness, t6), t21, t22, t23)
    t7, dt7, pullback_2 = t24
    t17 = {}
    t18 = {}
    t19 = rt.call(rt.operators.add, None, (t4, t7), (dt4, dt7), t17, t18)
    t8, dt8, pullback_1 = t19
    t12 = {}
    t13 = {}
    t14 = rt.call(rt.operators.mul, None, (0.5, t8), (None, dt8), t12, t13)
    t9, dt9, pullback = t14
    seed = rt.seed(t9)
    rt.seed_shadow(dt9, seed)
    # line 19: return 0.5 * (p.speed**2 + stiffness * p.position**2)
    pullback()
    pullback_1()
    pullback_2()
    dstiffness = rt.taken(stiffness_shadow)
    pullback_3()
    pullback_4()
    pullback_5()
    pullback_6()
    for _ in reversed(range(10)):
        pullback_7, pullback_8, pullback_9, t_shadow = history.pop()
        # line 18: p.kick(-stiffness * p.position, 0.1)
        pullback_7()
        pullback_8()
        dt = rt.taken(t_shadow)
        pullback_9()
        dstiffness = dstiffness - dt
    t65 = rt.taken(dp_argument)
    return rt.finish(t65, p_argument), rt.fitted(dstiffness, stiffness)

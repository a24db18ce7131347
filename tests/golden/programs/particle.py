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
        t1 = p.position
        t1_shadow = dp.position
        t11_shadow = dp.speed
        t12 = p.speed + t * t1 * 0.1
        t12_shadow = rt.shadow(t12)
        p.speed = t12
        dp.speed = t12_shadow
        t1_1_shadow = dp.speed
        t13_shadow = dp.position
        t14 = p.position + p.speed * 0.1
        t14_shadow = rt.shadow(t14)
        p.position = t14
        dp.position = t14_shadow
        t29 = t, t1, t11_shadow, t12_shadow, t13_shadow, t14_shadow, t1_1_shadow, t1_shadow
        history.append(t29)
    t3 = p.speed
    t3_shadow = dp.speed
    t5 = p.position
    t5_shadow = dp.position
    t6 = t5 ** 2
    dt9 = rt.seed(0.5 * (t3 ** 2 + stiffness * t6))
    # line 19: return 0.5 * (p.speed**2 + stiffness * p.position**2)
    dt8 = dt9 * 0.5
    dstiffness = dt8 * t6
    rt.accumulate_shadow(t5_shadow, dt8 * stiffness * (2 * t5))
    rt.accumulate_shadow(t3_shadow, dt8 * (2 * t3))
    for _ in reversed(range(10)):
        (t, t1, t11_shadow, t12_shadow, t13_shadow, t14_shadow, t1_1_shadow,
            t1_shadow) = history.pop()
        # line 13: self.position += self.speed * step
        dt14 = rt.taken(t14_shadow)
        rt.accumulate_shadow(t13_shadow, dt14)
        rt.accumulate_shadow(t1_1_shadow, dt14 * 0.1)
        # line 12: self.speed += force * step
        dt12 = rt.taken(t12_shadow)
        rt.accumulate_shadow(t11_shadow, dt12)
        dforce = dt12 * 0.1
        # line 18: p.kick(-stiffness * p.position, 0.1)
        rt.accumulate_shadow(t1_shadow, dforce * t)
        dstiffness -= dforce * t1
    t31 = rt.gathered(dp_argument)
    return rt.finish(t31, p_argument), rt.fitted(dstiffness, stiffness)

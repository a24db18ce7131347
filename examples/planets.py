"""Aim a probe at Mars: objects that pull each other, and Newton's method on the launch through their derivative.

Bodies are objects with methods that change them, as simulations are written.  The launch velocity is corrected with
the Jacobian of where the probe arrives.  Run it with ``python examples/planets.py``.
"""

import numpy as np

from srcad import jacobian

GRAVITY = 4.0 * np.pi**2  # of the sun, in astronomical units and years


class Body:
    """A body with a position and a velocity, which it changes in place."""

    def __init__(self, position, velocity, mass=0.0):
        self.position = position
        self.velocity = velocity
        self.mass = mass

    def feel(self, others, step):
        """Change the velocity by the pull of the sun and of other bodies."""
        self.velocity -= step * GRAVITY * self.position / np.sum(self.position**2) ** 1.5
        for other in others:
            between = other.position - self.position
            self.velocity += step * GRAVITY * other.mass * between / (np.sum(between**2) + 1e-6) ** 1.5

    def move(self, step):
        """Change the position."""
        self.position += step * self.velocity


def circling(radius, angle, mass):
    """Return a planet on a circle around the sun."""
    direction = np.array([np.cos(angle), np.sin(angle)])
    speed = np.sqrt(GRAVITY / radius)
    return Body(radius * direction, speed * np.array([-direction[1], direction[0]]), mass)


def miss(launch, years=0.7, steps=200):
    """Return by how much a probe launched from near the earth misses Mars."""
    earth, mars = circling(1.0, 0.0, 3.0e-6), circling(1.524, 0.8, 3.2e-7)
    probe = Body(earth.position * 1.02, earth.velocity + launch)
    step = years / steps
    for _ in range(steps):
        probe.feel([earth, mars], step)
        for planet in (earth, mars):
            planet.feel([], step)
        for body in (earth, mars, probe):
            body.move(step)
    return probe.position - mars.position


def aim(launch, corrections=6):
    """Correct the launch by Newton's method; return it and the distance before each correction."""
    arrival = jacobian(miss)
    distances = []
    for _ in range(corrections):
        off = miss(launch)
        distances.append(float(np.linalg.norm(off)))
        launch = launch - np.linalg.solve(arrival(launch), off)
    return launch, distances


def main():
    """Aim, and print how far the probe passes after each correction."""
    launch, distances = aim(np.array([0.5, 0.6]))
    for correction, distance in enumerate(distances):
        print(f"correction {correction}: passes at {distance * 1.496e8:15.3f} km")
    print(f"launch velocity: {launch[0]:.6f}, {launch[1]:.6f} astronomical units a year")


if __name__ == "__main__":
    main()

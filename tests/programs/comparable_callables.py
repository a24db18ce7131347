"""Callable objects that define how they are compared: nobody compares them but the program."""

import numpy as np

from tests.programs.corpus import program


class Recorder:
    def __init__(self, scale):
        self.scale = scale
        self.seen = []

    def __call__(self, value):
        self.seen.append(self.scale * value)
        return value * value

    def __eq__(self, other):
        return self.scale == other.scale and len(self.seen) == len(other.seen)

    def __hash__(self):
        return 1


@program(0.7, np.array([0.5, 2.0]))
def recorders_in_a_list(x, scales):
    recorders = [Recorder(scale) for scale in scales]
    for recorder in recorders:
        x = recorder(x)
    same = recorders[0] == recorders[1]
    return x + sum(v * v for r in recorders for v in r.seen) + (1.0 if same else 2.0) * x

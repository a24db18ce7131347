"""Programs that ask for the version of Python beside what they keep in lists."""

import sys

from tests.programs.corpus import program


@program(0.5)
def versions_beside_lists(x):
    items = [x, 2.0 * x]
    power = x**3 if sys.version_info >= (3, 8) else x * x * x
    items.append(power)
    return items[0] * items[1] + items[2]

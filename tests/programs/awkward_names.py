"""Names whose gradients would be words of Python: of `el` it would be `del`, of `ef` `def`, of `ict` `dict`."""

from tests.programs.corpus import program


@program(0.4, 1.3)
def element_called_el(el, x):
    total = 0.0
    for ef in [el, x, el * x]:
        el = el * ef + 1.0
        total += el
    return total


@program(0.4, 1.3)
def el(x, y):
    return x * x * y


@program(0.4, 1.3)
def ict(x, y):
    return dict(a=x * y)["a"] ** 2

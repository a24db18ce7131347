"""Operators as functions, under which generated code asks for them where their meaning is known at run time."""

from builtins import delattr, getattr, setattr
from operator import (
    add,
    and_,
    delitem,
    floordiv,
    getitem,
    iadd,
    iand,
    ifloordiv,
    ilshift,
    imatmul,
    imod,
    imul,
    invert,
    ior,
    ipow,
    irshift,
    isub,
    itruediv,
    ixor,
    lshift,
    matmul,
    mod,
    mul,
    neg,
    or_,
    pos,
    pow,
    rshift,
    setitem,
    sub,
    truediv,
    xor,
)

__all__ = [
    "add", "and_", "delattr", "delitem", "floordiv", "getattr", "getitem", "iadd", "iand", "ifloordiv", "ilshift",
    "imatmul", "imod", "imul", "invert", "ior", "ipow", "irshift", "isub", "itruediv", "ixor", "lshift", "matmul",
    "mod", "mul", "neg", "or_", "pos", "pow", "rshift", "setattr", "setitem", "sub", "truediv", "xor",
]  # fmt: skip

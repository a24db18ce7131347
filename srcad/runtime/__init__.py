from srcad.runtime.calls import Closure, call, call_method, closure, seed, set_resolver
from srcad.runtime.containers import (
    accumulate,
    add,
    attribute_gradient,
    copy,
    finish,
    keys,
    owned,
    sequence,
    zeros_like,
)

"""Operations whose function, class or method is known only when the program runs, in reverse mode.

`calls` is the entry: it takes every such operation, as generated code hands it over by ``rt.call``, to one of the others.
"""

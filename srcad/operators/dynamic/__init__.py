"""Operations that are resolved when the program runs, in forward mode: of plain code, and of generated reverse-mode code.

`calls` is the counterpart of `srcad.dynamic.calls`.  What reverse mode resolves has shadows and pullbacks, which get
tangents in `over_reverse`.
"""

"""Operations that are resolved when the program runs, in forward mode: the counterpart of `srcad.dynamic`."""

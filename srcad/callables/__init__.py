"""From a user's function to a callable that compiles a derivative when it is called, and finds it again.

`targets` is what a user hands over, `compilation` the cache of what was compiled for it, `dispatch` the short way from a
repeated call into that cache; `derivatives` is what all that operators return has in common.
"""

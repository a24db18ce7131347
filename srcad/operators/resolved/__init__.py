"""Reverse and forward mode of operations that forward mode has resolved when its code ran."""

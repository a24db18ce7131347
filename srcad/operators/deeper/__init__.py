"""Forward mode that is applied more than once to operations which are resolved when the program runs."""

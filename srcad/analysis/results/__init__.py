"""The kinds of the results of operations and functions, by topic."""

"""Checks whether every name in an expression is known, and whether its place can read it."""

"""A tracking plan held against an export, or inferred from it."""

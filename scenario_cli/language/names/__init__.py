"""Whether every name in an expression is known, and what each place may read."""

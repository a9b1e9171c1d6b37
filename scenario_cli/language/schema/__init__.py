"""Whether a file has the shape of its schema, and how its faults are said."""

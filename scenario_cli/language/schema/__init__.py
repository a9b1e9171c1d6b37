"""Checks whether a file has the shape of its schema, and words its faults."""

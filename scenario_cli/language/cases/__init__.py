"""Test files to cases: forms, names, tables of values."""

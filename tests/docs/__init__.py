"""Tests of the documentation: its examples are run, and the shown results are compared."""

"""Benchmarks, run by hand: `python -m tests.benchmarks.replay`. No test asserts a time."""

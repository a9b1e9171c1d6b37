"""Guarantees of a store when a process is killed at any point: nothing is done twice, and nothing is lost."""

"""Finds where the files of a project name things, and what can be written at a place."""

"""Compiles a project into a program, once, before anything runs."""

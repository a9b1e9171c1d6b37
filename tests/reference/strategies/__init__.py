"""Hypothesis strategies for parts of projects and logs."""

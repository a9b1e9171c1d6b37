"""Scenarios where data is missing."""

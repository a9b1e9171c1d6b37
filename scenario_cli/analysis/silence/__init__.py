"""Scenarios with missing data."""

"""Compares a tracking plan with an export, or infers it from one."""

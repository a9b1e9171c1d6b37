"""Segments with their sizes, and the contacts of one."""

"""The differences in meaning between two versions of a project. Runs nothing.

Start in `whole.py`.
"""

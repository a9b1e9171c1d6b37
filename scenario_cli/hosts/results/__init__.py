"""Counting what scenarios achieve over a log. Words and layout are in `reports.results`."""

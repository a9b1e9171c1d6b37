"""Counts the results of scenarios over a log. Words and layout are in `reports.results`."""

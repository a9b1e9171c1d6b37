"""What still works where data is missing."""

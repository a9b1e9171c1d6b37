"""Reports on the content of exports and on rows that could not be used."""

"""What holds for a store whatever happens to the process: nothing is done twice, and nothing is forgotten."""

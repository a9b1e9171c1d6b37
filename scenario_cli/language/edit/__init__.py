"""Changes to YAML text that keep comments and layout. Writes no file."""

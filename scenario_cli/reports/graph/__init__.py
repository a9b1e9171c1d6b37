"""A scenario's picture, a module for each format."""

"""Nodes to the model, a module for each kind of file. Resolves no name."""

"""Pure functions over the model: what follows from a scenario's text without running it."""

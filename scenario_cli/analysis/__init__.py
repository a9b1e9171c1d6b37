"""Pure functions over the model: facts that follow from a scenario's text without running it."""

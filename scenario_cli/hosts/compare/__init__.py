"""Both sides of a change replayed over one log, and the differences for its contacts."""

"""Both sides of a change replayed over one log, and what differs for its contacts."""

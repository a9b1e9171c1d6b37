"""What an export holds and what could not be used of it."""

"""A replay's result as text, JSON and a page."""

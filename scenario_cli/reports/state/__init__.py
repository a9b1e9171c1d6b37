"""The content of a store, as text and as JSON."""

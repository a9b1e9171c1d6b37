"""What is in a store, as text and as JSON."""

"""Results as text: one renderer per format. Calculates nothing and reads no file."""

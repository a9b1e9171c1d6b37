"""Results as text: one renderer a format. Works nothing out and reads no file."""

"""Messages as their readers see them, as text and as a page."""

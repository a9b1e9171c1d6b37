"""One contact's story as text and JSON."""

"""Hands over what is in the outbox of a store: by mail, by webhook, in files."""

"""Hands over the outbox of a store: by mail, by webhook, in files."""

"""The store of a nightly run: contacts' states, what was read, and the outbox, in one SQLite file."""

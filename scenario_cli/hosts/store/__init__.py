"""The store of a nightly run: contacts' states, the inputs read, and the outbox, in one SQLite file."""

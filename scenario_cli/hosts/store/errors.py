"""The error that stops work on a store."""

from __future__ import annotations


class StoreError(Exception):
    """The job cannot be done: `message` is the reason, `hint` the remedy."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

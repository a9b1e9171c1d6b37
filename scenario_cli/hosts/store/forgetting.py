"""Knows a contact who was forgotten by a hash alone, so that an old file does not bring them back."""

from __future__ import annotations

import hashlib


def hash_of(salt: str, contact_id: str) -> str:
    """The hash that stays of a contact who was forgotten."""
    return hashlib.sha256(f"forgotten\0{salt}\0{contact_id}".encode()).hexdigest()

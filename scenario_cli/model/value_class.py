"""The decorator of the model's values and of what is worked out from them: reading a project makes thousands."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen=False, **options):
        """`dataclasses.dataclass`, whose frozen values are made in a fifth of the time, and their classes in less.

        A frozen dataclass sets each of its fields by a call. Here the type checker alone refuses to change one; values
        are compared, hashed and shown as ever.
        """
        return dataclasses.dataclass(unsafe_hash=frozen, **options)

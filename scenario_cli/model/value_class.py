"""The decorator of values of which reading a project makes thousands: places, nodes, exits, parts of expressions."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen, slots, order=False):
        """`dataclasses.dataclass`, whose frozen values are made in a fifth of the time.

        A frozen dataclass sets each of its fields by a call. Here a type checker alone refuses to change one; values
        are compared, hashed and shown as ever.
        """
        return dataclasses.dataclass(slots=slots, order=order, unsafe_hash=frozen)

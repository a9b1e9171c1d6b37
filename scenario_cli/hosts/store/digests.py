"""Digests of the beginnings of a stream, in one pass."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import BinaryIO

from scenario_cli.hosts.store.read_inputs import Mark

_CHUNK = 1 << 20
_DIGEST_BYTES = 20


def marks_of(stream: BinaryIO, sizes: Iterable[int], end: int | None = None) -> list[Mark]:
    """The digests of the first bytes, one for each of the sizes, and last of the first `end`.

    Without `end`, the last digest is of all bytes. Sizes beyond the end are left out.
    """
    stops = sorted(size for size in set(sizes) if size > 0 and (end is None or size < end))
    marks: list[Mark] = []
    digest, position = hashlib.blake2b(digest_size=_DIGEST_BYTES), 0
    for stop in [*stops, end]:
        while stop is None or position < stop:
            chunk = stream.read(_CHUNK if stop is None else min(_CHUNK, stop - position))
            if not chunk:
                break
            digest.update(chunk)
            position += len(chunk)
        if stop is not None and position < stop:
            break
        if not marks or marks[-1][0] != position:
            marks.append((position, digest.hexdigest()))
    if not marks or marks[-1][0] != position:
        marks.append((position, digest.hexdigest()))
    return marks

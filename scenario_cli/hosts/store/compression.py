"""Packs states for the disk: with Zstandard and a dictionary of the common parts of the first states.

A single state hardly gets smaller; with the dictionary it takes a sixth, for some microseconds more than reading it.
The first byte is the kind of packing, so that rows from before the dictionary can still be read.
"""

from __future__ import annotations

from collections.abc import Sequence

import zstandard

from scenario_cli.hosts.store.shared_parts import impersonal

_PACKED = 0x5A  # no format of a state that is not packed begins with this byte
_DICTIONARY_BYTES = 128 * 1024
_FEWEST_SAMPLES = 200  # with fewer states, common parts cannot be found
_MOST_SAMPLES = 2_000
_LEVEL = 6  # a tenth smaller than 3; higher levels gain nothing


class States:
    """Packs and unpacks the states of one store. Without a dictionary they stay as they are."""

    def __init__(self, dictionary: bytes | None) -> None:
        self.has_dictionary = dictionary is not None
        if dictionary is not None:
            data = zstandard.ZstdCompressionDict(dictionary)
            data.precompute_compress(level=_LEVEL)
            self._compressor = zstandard.ZstdCompressor(
                level=_LEVEL, dict_data=data, write_checksum=True, write_dict_id=False
            )
            self._decompressor = zstandard.ZstdDecompressor(dict_data=data)

    def packed(self, state: bytes) -> bytes:
        """The state as it is written; a packed state stays unchanged."""
        if not self.has_dictionary or state[0] == _PACKED:
            return state
        return bytes((_PACKED,)) + self._compressor.compress(state)

    def unpacked(self, written: bytes) -> bytes:
        """The state that `encoding` reads. Raises `ValueError` if it is damaged."""
        if written[:1] != bytes((_PACKED,)):
            return written
        if not self.has_dictionary:
            raise ValueError("a state is compressed, but the store has no dictionary")
        try:
            return self._decompressor.decompress(memoryview(written)[1:])
        except zstandard.ZstdError as error:
            raise ValueError(f"a state is damaged: {error}") from None


def trained(states: Sequence[bytes]) -> bytes | None:
    """A dictionary of the common parts of states, without any part of one contact alone; None for too few states."""
    if len(states) < _FEWEST_SAMPLES:
        return None
    step = max(len(states) // _MOST_SAMPLES, 1)
    try:
        return zstandard.train_dictionary(_DICTIONARY_BYTES, [*impersonal(states[::step])]).as_bytes()
    except zstandard.ZstdError:  # they are too small to have anything in common
        return None

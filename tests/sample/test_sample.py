"""The shipped log is what its generator writes."""

from __future__ import annotations

import gzip
from pathlib import Path

from scenario_cli.shipped import shipped
from tests.sample.generate import write_sample


def test_the_shipped_log_and_contacts_are_what_the_generator_writes(tmp_path: Path) -> None:
    write_sample(tmp_path)
    data = shipped("scenarios") / "data"
    # Compared unpacked: compression differs from one zlib to another.
    assert gzip.decompress((tmp_path / "events.jsonl.gz").read_bytes()) == gzip.decompress(
        (data / "events.jsonl.gz").read_bytes()
    )
    assert (tmp_path / "contacts.csv").read_bytes() == (data / "contacts.csv").read_bytes()

"""The shipped log is what its generator writes."""

from __future__ import annotations

import gzip
from pathlib import Path

from scenario_cli.shipped import shipped
from tests.sample.generate import write_sample


def test_the_shipped_log_contacts_and_tables_are_what_the_generator_writes(tmp_path: Path) -> None:
    write_sample(tmp_path)
    data = shipped("scenarios") / "data"
    # Compared unpacked: compression differs from one zlib to another.
    assert gzip.decompress((tmp_path / "events.jsonl.gz").read_bytes()) == gzip.decompress(
        (data / "events.jsonl.gz").read_bytes()
    )
    for name in ("contacts.csv", "products.csv", "categories.csv", "airports.csv"):
        assert (tmp_path / name).read_bytes() == (data / name).read_bytes()

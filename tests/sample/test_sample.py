"""The shipped log is what its generator writes."""

from __future__ import annotations

import gzip
from pathlib import Path

from scenario_cli.shipped import shipped
from tests.sample.generate import write_sample


def test_the_shipped_log_contacts_and_tables_are_what_the_generator_writes(tmp_path: Path) -> None:
    write_sample(tmp_path)
    project = shipped("scenarios")
    log = Path("data") / "events.jsonl.gz"
    # Compared unpacked: compression differs from one zlib to another.
    assert gzip.decompress((tmp_path / log).read_bytes()) == gzip.decompress((project / log).read_bytes())
    for name in ("data/contacts.csv", "tables/products.csv", "tables/categories.csv", "tables/airports.csv"):
        assert (tmp_path / name).read_bytes() == (project / name).read_bytes()

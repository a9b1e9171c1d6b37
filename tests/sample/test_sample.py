"""The shipped log equals its generator's output."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from scenario_cli.shipped import shipped
from tests.sample import generate


def test_the_shipped_log_contacts_and_tables_are_what_the_generator_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Compared unpacked, because compression differs between versions of zlib; so nothing is compressed for it.
    monkeypatch.setattr(generate, "compress", partial(gzip.compress, compresslevel=0))
    generate.write_sample(tmp_path)
    project = shipped("scenarios")
    log = Path("data") / "events.jsonl.gz"
    assert gzip.decompress((tmp_path / log).read_bytes()) == gzip.decompress((project / log).read_bytes())
    for name in ("data/contacts.csv", "tables/products.csv", "tables/categories.csv", "tables/airports.csv"):
        assert (tmp_path / name).read_bytes() == (project / name).read_bytes()


def test_each_telephone_number_and_address_is_one_contacts() -> None:
    with (shipped("scenarios") / "data" / "contacts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for column in ("phone", "email", "push_token"):
        shared = {value: count for value, count in Counter(row[column] for row in rows).items() if value and count > 1}
        assert shared == {}, column

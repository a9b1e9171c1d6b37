"""The reference tables of the shipped project, as exports of its catalogue and travel systems."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.sample.catalogue import AIRPORTS, ALL_PRODUCTS, CATEGORIES


def write_tables(folder: Path) -> None:
    """Writes `products.csv`, `categories.csv` and `airports.csv` into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(
        folder / "products.csv",
        ("sku", "name", "name_fr", "category", "price", "next_sku", "above_sku", "case_sku"),
        (
            (p.sku, p.name, p.name_fr, p.category, f"{p.price / 100:.2f}", p.next_sku, p.above_sku, p.case_sku)
            for p in ALL_PRODUCTS
        ),
    )
    _write(
        folder / "categories.csv",
        ("category", "title", "title_fr", "popular_1", "popular_2", "popular_3", "lasts_days", "goes_with"),
        ((c.category, c.title, c.title_fr, *c.popular, c.lasts_days or "", c.goes_with) for c in CATEGORIES),
    )
    _write(
        folder / "airports.csv",
        ("iata", "name", "city", "city_fr", "lat", "lon"),
        ((a.iata, a.name, a.city, a.city_fr, a.lat, a.lon) for a in AIRPORTS),
    )


def _write(file: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    file.write_bytes(text.getvalue().encode())

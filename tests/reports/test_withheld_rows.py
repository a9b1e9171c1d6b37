"""Rows that could not be used are shown without a person's data: whatever the columns, the keys and the damage."""

from __future__ import annotations

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from scenario_cli.model.export import Cells, Sample
from scenario_cli.reports.exports.withheld import shown_sample

COLUMNS = (
    "Billing Name", "Nom", "Prénom", "Vorname", "Nachname", "Straße", "Geburtsdatum", "date_of_birth", "first_name",
    "Telefon", "Calle", "shippingAddress", "customer.email", "IBAN", "ip", "zip", "Anschrift",
)  # fmt: skip
OTHERS = ("contact_id", "event", "timestamp", "plan", "product_name", "total", "email_optin")

letters = st.text("abcdefghijklmnopqrstuvwxyzäöüßéèłñ", min_size=5, max_size=12)
words = st.lists(letters.map(str.title), min_size=1, max_size=3).map(" ".join)
births = st.dates().map(str)
numbers = st.integers(10**9, 10**11).map(str)
# Values that only the name of their column betrays.
named = st.dictionaries(st.sampled_from(COLUMNS), st.one_of(words, births, numbers), min_size=1, max_size=5)


def iban(country: str, account: int) -> str:
    bare = f"{account:018}"
    check = 98 - int(bare + "".join(str(int(letter, 36)) for letter in country) + "00") % 97
    return f"{country}{check:02}{bare}"


shaped = st.one_of(
    st.builds("{}.{}@{}.example".format, letters, letters, letters),
    st.builds("+{}".format, st.integers(10**9 + 1, 10**12)),
    st.builds("{} rue {}".format, st.integers(1, 400), letters.map(str.title)),
    st.builds("{}straße {}".format, letters.map(str.title), st.integers(1, 400)),
    st.builds("{} {} Street".format, st.integers(1, 400), letters.map(str.title)),
    st.builds("192.{}.{}.{}".format, *([st.integers(10, 255)] * 3)),
    st.builds(iban, st.sampled_from(["DE", "FR", "ES"]), st.integers(10**16, 10**18 - 1)),
    st.builds("Frau {}".format, letters.map(str.title)),
)


def shown(row: str, cells: Cells | None) -> str:
    return shown_sample(Sample("log", 1, row, cells)).excerpt


def leaks(text: str, values: dict[str, str]) -> list[str]:
    return [value for value in values.values() if value in text]


@settings(max_examples=60, deadline=None)
@given(named, shaped, st.sampled_from([",", ";", "\t"]))
@example({"Prénom": "Élodie", "Geburtsdatum": "1971-04-12", "Nom": "Dupont"}, "Calle Mayor 12", ",")
def test_a_row_of_a_csv_shows_no_value_of_a_person(values: dict[str, str], free: str, delimiter: str) -> None:
    row = {**dict.fromkeys(OTHERS, "pro"), **values, "remark": free}
    text = delimiter.join(row.values())
    found = shown(text, Cells(tuple(row), tuple(row.values()), delimiter))
    assert not leaks(found, {**values, "remark": free})
    assert found.split(delimiter)[:4] == ["pro"] * 4
    # With a field too many nothing tells which column is whose.
    broken = shown(f"x{delimiter}{text}", Cells(tuple(row), ("x", *row.values()), delimiter))
    assert not leaks(broken, {**values, "remark": free})


@settings(max_examples=60, deadline=None)
@given(named, shaped, st.integers(0, 60))
@example({"IBAN": "Ana"}, "1 rue Ana", 0)
def test_a_row_of_json_shows_no_value_of_a_person(values: dict[str, str], free: str, cut: int) -> None:
    record = {**dict.fromkeys(OTHERS, "pro"), "remark": free, "traits": {**values, "list": [dict(values)]},
              "address": {"line": values[next(iter(values))], "lines": [[next(iter(values.values()))]]}}  # fmt: skip
    for kind in (None, (",", ":")):
        text = json.dumps(record, ensure_ascii=False, separators=kind)
        assert not leaks(shown(text, None), {**values, "remark": free})
        begun = text[: len(text) - cut]
        assert not leaks(shown(begun, None), {**values, "remark": free})


def test_what_tells_of_nobody_is_shown() -> None:
    row = ("c1", "order", "2025-03-01T10:00:00Z", "pro", "Lamp", "19.90", "yes")
    assert shown(",".join(row), Cells(OTHERS, row, ",")) == ",".join(row)
    text = json.dumps(dict(zip(OTHERS, row, strict=True)))
    assert shown(text, None) == text
    broken = Cells(("contact_id", "timestamp", "Nom"), ("c1", "2025-03-01 10:00", "Dupont", "7"), ";")
    assert shown("", broken) == "***;2025-03-01 10:00;***;7"

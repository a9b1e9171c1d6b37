"""Nothing that looks like a person's data leaves a command that reads an export without --show-data."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from scenario_cli.cli.app import app
from scenario_cli.model.personal_data import names_a_person

PERSONAL = {
    "Billing Name": "Ana Martin", "Nom": "Dupont", "Prénom": "Élodie", "Vorname": "Jürgen", "Nachname": "Müller",
    "Straße": "Hauptstraße 5", "Geburtsdatum": "1971-04-12", "date_of_birth": "1983-09-30", "Telefon": "0301234567",
    "Calle": "Calle Mayor 12", "Apellido": "García", "remark": "12 rue de la Paix", "seen": "192.168.17.4",
    "account": "DE89370400440532013000", "reply": "ana.martin@example.com", "caller": "+33 6 12 34 56 78",
    "note": "Frau Schneider",
}  # fmt: skip
KEYS = ["eva@example.org", "33698765432"]


# What stands around the values in each file, so that rows of every format are shown as unusable.
DAMAGE = {"a.csv": "no timestamp", "b.jsonl": "no contact id", "c.parquet": "unreadable timestamp", "d.csv": "broken"}


def rows(damage: str) -> list[dict[str, str]]:
    """Forty sound rows, two of them of another person, and one that cannot be used."""
    other = {key: f"{value}x" if key in ("Nom", "Vorname") else value for key, value in PERSONAL.items()}
    found = [
        {"contact_id": f"c{number % 2}", "event": "order", "timestamp": f"2025-03-01T10:{number:02}:00Z", "plan": "pro",
         **(PERSONAL if number % 2 else other), "birthday": "14/03/1990", **dict.fromkeys(KEYS, "1")}
        for number in range(40)
    ]  # fmt: skip
    lost = {"no timestamp": "timestamp", "no contact id": "contact_id", "unreadable timestamp": "timestamp"}
    if damage in lost:
        found.append({**found[1], lost[damage]: "soon" if damage == "unreadable timestamp" else ""})
    return found


def written(name: str, damage: str, folder: Path) -> None:
    every = rows(damage)
    if name.endswith(".csv"):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(every[0])
            writer.writerows(row.values() for row in every)
            if damage == "broken":
                writer.writerow([*every[1].values(), "one too many"])
        return
    lines = folder / ("rows.txt" if name.endswith(".parquet") else name)
    lines.write_text("".join(json.dumps({**row, "traits": PERSONAL}) + "\n" for row in every), encoding="utf-8")
    if name.endswith(".parquet"):
        read = f"SELECT * FROM read_json('{lines}', format='newline_delimited')"
        duckdb.execute(f"COPY ({read}) TO '{folder / name}' (FORMAT parquet)")
        lines.unlink()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("personal")
    (folder / "data").mkdir()
    for name, damage in DAMAGE.items():
        written(name, damage, folder / "data")
    (folder / "project.yaml").write_text("project: shop\ntimezone: UTC\nexports: {events: data}\n")
    # Types that no value has: each of them would be an example of a misfit.
    declared = ", ".join(f'"{name}": integer' for name in PERSONAL)
    (folder / "events.yaml").write_text(
        f"events: {{order: {{properties: {{{declared}, birthday: date}}}}}}\n", encoding="utf-8"
    )
    (folder / "s.yaml").write_text(
        "scenario: s\nstatus: live\ntrigger: {event: order}\nstates: {a: {after: {1d: {end: done}}}}\n"
    )
    return folder


@pytest.mark.parametrize("command", [
    ("events", "inspect", "--format", "text"), ("events", "inspect", "--format", "json"),
    ("events", "infer", "--format", "yaml"), ("events", "infer", "--format", "json"),
    ("events", "check", "--format", "text", "--strict"), ("events", "check", "--format", "json", "--strict"),
    ("dry-run", "--format", "text"), ("dry-run", "--format", "json"),
], ids=" ".join)  # fmt: skip
def test_personal_data_is_withheld(command: tuple[str, ...], project: Path) -> None:
    result = CliRunner().invoke(app, [*command, "--project", str(project), "-q"])
    assert result.exit_code in (0, 1), result.output
    if command[1] == "inspect" or command[0] == "dry-run":
        assert all(f"{name}:" in result.output or f'{name}"' in result.output for name in DAMAGE)
    assert not [value for value in (*PERSONAL.values(), "14/03/1990", *KEYS) if value in result.output]


@pytest.mark.parametrize(
    "name", ["product_name", "email_optin", "campaign", "nom_produit", "mobile_os", "zipped", "cap"]
)
def test_other_columns_are_shown(name: str) -> None:
    assert not names_a_person(name)

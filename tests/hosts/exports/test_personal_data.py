"""Nothing that looks like a person's data is in an inspection or an inferred plan without --show-data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scenario_cli.cli.events import app
from scenario_cli.model.personal_data import names_a_person

PERSONAL = {
    "Email": "ana.b@example.com",
    "contact": "+33 6 12 34 56 78",
    "Billing Name": "Ana Bergstrom",
    "Nom": "Delacroix",
    "Prénom": "Clémentine",
    "Vorname": "Friedhelm",
    "Straße": "Lindenallee 77",
    "Geburtsdatum": "1971-08-23",
    "note": "12 rue des Martyrs",
    "where": "203.0.113.77",
    "pays to": "DE89 3702 0044 0532 0130 00",
    "card": "4111 1111 1111 1111",
    "zip_code": "75018",
}
# Every row has them, few are different: they would be an enum.
OTHER = {"plan": "premium", "email_optin": "true", "product_name": "Lamp"}


@pytest.mark.parametrize("command", ["inspect", "infer"])
@pytest.mark.parametrize("format_", ["text", "json"])
def test_no_output_holds_personal_data(tmp_path: Path, command: str, format_: str) -> None:
    path = tmp_path / "log.jsonl"
    lines = []
    for number in range(90):
        row = {key: value if number % 2 else value[::-1] + "x" for key, value in {**PERSONAL, **OTHER}.items()}
        keyed = {"ana.b@example.com": "v", "33612345678": "v"}
        lines.append({"contact_id": number % 7, "event": "e", "timestamp": 1_700_000_000 + number, **row, **keyed})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    shown = CliRunner().invoke(app, [command, str(path), "--format", format_, "--quiet"], catch_exceptions=False).output
    leaked = [value for value in (*PERSONAL.values(), "33612345678") if value in shown]
    assert leaked == []
    assert "Lamp" in shown, "a value that tells of nobody is shown"
    assert "Lamp" in shown


@pytest.mark.parametrize("name", ["email_optin", "product_name", "city", "amount", "campaign"])
def test_names_about_other_things_are_not_personal(name: str) -> None:
    assert not names_a_person(name)

"""`events inspect`, `infer` and `check` show nothing that looks like personal data without --show-data."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scenario_cli.cli.app import app
from scenario_cli.model.personal_data import names_a_person
from tests.rows import rows

PERSONAL = {
    "Billing Name": "Ana Martin", "Nom": "Dupont", "Prénom": "Élodie", "Vorname": "Jürgen", "Nachname": "Müller",
    "Straße": "Hauptstraße 5", "Geburtsdatum": "1971-04-12", "date_of_birth": "1983-09-30", "Telefon": "0301234567",
    "Calle": "Calle Mayor 12", "Apellido": "García", "remark": "12 rue de la Paix", "seen": "192.168.17.4",
    "account": "DE89370400440532013000", "reply": "ana.martin@example.com", "caller": "+33 6 12 34 56 78",
    "note": "Frau Schneider", "card": "4111 1111 1111 1111", "zip_code": "75018", "contact": "+33 6 98 76 54 32",
}  # fmt: skip
KEYS = ["eva@example.org", "33698765432"]


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("personal") / "log.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["contact_id", "event", "timestamp", "plan", *PERSONAL, *KEYS])
        for number in range(60):
            writer.writerow(["c1", "order", f"2025-03-01T10:{number:02}:00Z", "pro", *PERSONAL.values(), "1", "1"])
            second = [f"{value}x" if key in ("Nom", "Vorname") else value for key, value in PERSONAL.items()]
            writer.writerow(["c2", "order", f"2025-03-02T10:{number:02}:00Z", "free", *second, "1", "1"])
        writer.writerow(["c3", "order", "soon", "pro", *PERSONAL.values(), "1", "1"])
    return path


@pytest.mark.parametrize("command", [("inspect", "text"), ("inspect", "json"), ("infer", "yaml"), ("infer", "json")])
def test_personal_data_is_withheld(command: tuple[str, str], export: Path) -> None:
    shown = CliRunner().invoke(app, ["events", command[0], str(export), "--format", command[1], "-q"]).stdout
    masked = set(PERSONAL) - {"Telefon"}
    lines = [line for line in shown.splitlines() if "log.csv:" not in line and '"excerpt"' not in line]
    assert not [PERSONAL[name] for name in masked if PERSONAL[name] in "\n".join(lines)]
    assert not [key for key in KEYS if key in shown]
    assert "pro" in shown


@rows(
    "name", ["product_name", "email_optin", "campaign", "nom_produit", "mobile_os", "zipped", "cap", "city", "amount"]
)
def test_other_columns_are_shown(name: str) -> None:
    assert not names_a_person(name)

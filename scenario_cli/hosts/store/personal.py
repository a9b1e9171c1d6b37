"""All data of a store about a contact, to be given to the contact: state, table rows, kept inputs, plan rows,
attempts.
"""

from __future__ import annotations

from typing import Any

from scenario_cli.engine.identity import written
from scenario_cli.engine.plain_values import value_of
from scenario_cli.hosts.store.database import Store
from scenario_cli.hosts.store.encoding import decoded_value
from scenario_cli.hosts.store.known_contact import state_of
from scenario_cli.hosts.store.plan_rows import read_row
from scenario_cli.model.json_value import json_value


def stored_values(store: Store, contact: str) -> dict[str, Any]:
    """The tables' data about a contact, as JSON can write it. Raises `StoreError` if a state cannot be read.

    In `state` instants are microseconds since 1970, as in the store.
    """
    row = store.execute("SELECT state, listed FROM contacts WHERE contact = ?", (contact,)).fetchone()
    kept = store.execute("SELECT at, kind, content FROM kept WHERE contact = ? ORDER BY at, id", (contact,))
    return {
        "state": json_value(value_of(state_of(store, contact, row[0]))) if row is not None else None,
        "contacts_table": _listed(store, row[1]) if row is not None else None,
        "kept": [
            {"at": written(at), "kind": kind, "content": json_value(value_of(decoded_value(content)))}
            for at, kind, content in kept
        ],
        "anonymous_ids": [
            {"id": anonymous, "since": written(at)}
            for anonymous, at in store.execute(
                "SELECT anonymous, at FROM links WHERE contact = ? ORDER BY at, anonymous", (contact,)
            )
        ],
        "outbox": _rows(store, contact),
    }


def _listed(store: Store, listed: bytes | None) -> Any:
    return None if listed is None else json_value(value_of(decoded_value(store.states.unpacked(listed))))


def _rows(store: Store, contact: str) -> list[dict[str, Any]]:
    attempts: dict[int, list[dict[str, Any]]] = {}
    for row, began, ended, result, answer in store.execute(
        "SELECT a.outbox, a.began, a.ended, a.result, a.answer FROM outbox o JOIN attempts a ON a.outbox = o.id "
        "WHERE o.contact = ? ORDER BY a.id",
        (contact,),
    ):
        attempts.setdefault(row, []).append(
            {"began": _instant(began), "ended": _instant(ended), "result": result, "answer": answer}
        )
    return [
        {"run": run, "status": status, "answer": answer, "changed_at": _instant(changed_at), "row": read_row(row),
         "attempts": attempts.get(id_, [])}
        for id_, run, status, answer, changed_at, row in store.execute(
            "SELECT id, run, status, answer, changed_at, row FROM outbox WHERE contact = ? ORDER BY id", (contact,)
        )
    ]  # fmt: skip


def _instant(at: int | None) -> str | None:
    return None if at is None else written(at)

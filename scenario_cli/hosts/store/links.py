"""Remembers from run to run the owners of anonymous ids, and the ids that were given up for others."""

from __future__ import annotations

import json
from collections.abc import Iterable

from scenario_cli.events.identity import KnownLinks
from scenario_cli.events.staged import StagedLog
from scenario_cli.hosts.store.database import Store
from scenario_cli.hosts.store.forgetting import forgotten_in

_NAMED = 3


def known_links(store: Store) -> KnownLinks:
    """The links of the earlier runs."""

    def owners_of(anonymous_ids: list[str]) -> Iterable[tuple[str, int, str]]:
        return store.execute(
            "SELECT anonymous, at, contact FROM links WHERE anonymous IN (SELECT value FROM json_each(?))",
            (json.dumps(anonymous_ids),),
        )

    return KnownLinks(owners_of, store.execute("SELECT given_up, kept FROM aliases ORDER BY at, id").fetchall())


def record_links(store: Store, log: StagedLog | None) -> None:
    """Remembers the links of a log, except those of forgotten contacts."""
    if log is None or not log.has_links:
        return
    forgotten = forgotten_in(store)
    for batch in log.links():
        store.execute_many(
            "INSERT OR REPLACE INTO links SELECT ?1, ?2, ?3 WHERE ?3 IS NOT"
            " (SELECT contact FROM links WHERE anonymous = ?1 AND at <= ?2 ORDER BY at DESC LIMIT 1)",
            [link for link in batch if link[2] not in forgotten],
        )
    store.execute_many(
        "INSERT INTO aliases (given_up, at, kept) SELECT ?1, ?2, ?3 WHERE NOT EXISTS"
        " (SELECT 1 FROM aliases WHERE given_up = ?1 AND at = ?2 AND kept = ?3)",
        [alias for alias in log.aliases() if alias[0] not in forgotten and alias[2] not in forgotten],
    )


def merged_contacts(store: Store, log: StagedLog | None) -> list[str]:
    """A note on contacts that the store knows and whose ids a log gives up: two states do not become one."""
    if log is None or not log.has_links:
        return []
    given_up = sorted({alias[0] for alias in log.aliases()})
    ids = [id_ for id_ in given_up if store.value("SELECT 1 FROM contacts WHERE contact = ?", (id_,)) is not None]
    if not ids:
        return []
    more = f" and {len(ids) - _NAMED:,} more" if len(ids) > _NAMED else ""
    return [
        f"an alias gives up the ids of contacts whom the store knows ({', '.join(ids[:_NAMED])}{more}): what they do "
        "from now on is the other's; what they did, and their journeys, stay with the old id"
    ]

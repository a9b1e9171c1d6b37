"""The description of a tool's exports: the place of each of our fields. Reads nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sql:
    """An SQL expression. A column is in braces, `{user.id}`, and is its text, NULL where the file lacks it;
    `{file:key}` is what a `key=value` folder of the file's path says."""

    template: str


# Columns looked at in turn, row by row (dots lead into objects), or an expression over columns.
ValuePath = tuple[str, ...] | Sql


@dataclass(frozen=True, slots=True)
class Tables:
    """A tool's tables in a warehouse: one file each, in which an event of a kind of its own has a table of its own.

    A file is one of them where it has none of the columns `raw`. `event` is the event's name in it; `calls` goes from
    tables that do not name the event to its name, `others` from tables without events to what each holds and how to
    use it, with `{file}` for its name.
    """

    raw: frozenset[str]
    event: ValuePath
    calls: Mapping[str, str]
    others: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """One tool's exports.

    `name` is what `--source` takes, `title` what messages call it, `also` other names for it. `signs` are sets
    of columns: where a file has all of one set it is unmistakably of this tool.

    A property is looked for in `objects`, then in `pairs` (lists of `{key, value}`), then in a column of its own
    name (`prefix` before it), then under its other names in `renamed`, then in the objects `behind`. Objects in
    `encoded` are texts that hold JSON. A `*` at the end of an object's name stands for whatever follows.

    `timezone` is that of timestamps without one. `header` are the columns of files that name none. `wrapped` goes
    from the key of a document under which the records are in a list to SQL for a record, over `item` and
    `document`. `end_mark` is a line that the tool writes where it breaks an export off. `tables` are those of the
    tool's warehouse, where they differ from its records.
    """

    name: str
    title: str
    signs: tuple[frozenset[str], ...]
    contact_id: ValuePath
    event: ValuePath
    timestamp: ValuePath
    event_id: ValuePath = ()
    anonymous_id: ValuePath = ()
    previous_id: ValuePath = ()
    objects: tuple[str, ...] = ()
    encoded: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    prefix: str = ""
    renamed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    behind: tuple[str, ...] = ()
    timezone: str = "UTC"
    header: tuple[str, ...] = ()
    wrapped: Mapping[str, str] = field(default_factory=dict)
    end_mark: str = ""
    also: tuple[str, ...] = ()
    tables: Tables | None = None


def signs(*columns: str) -> tuple[frozenset[str], ...]:
    """Each text names the columns of one set, with blanks between."""
    return tuple(frozenset(text.split()) for text in columns)

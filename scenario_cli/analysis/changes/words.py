"""Words for values of the model, as sentences about changes use them; `backticks` mark names and code."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass
from datetime import date
from typing import Any

from scenario_cli.analysis.labels import duration_words, wait_words
from scenario_cli.model.canonical import canonical
from scenario_cli.model.changes import Change, Kind
from scenario_cli.model.expression import Expression, Literal
from scenario_cli.model.scenario import Target
from scenario_cli.model.source import Name
from scenario_cli.model.waits import Duration, Wait


def code(text: object) -> str:
    return f"`{text}`"


def listed(names: Iterable[object], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    texts = list(map(str, names))
    return f"{', '.join(texts[:-1])} {last} {texts[-1]}" if len(texts) > 1 else "".join(texts)


def source(expression: Expression) -> str:
    return " ".join(expression.source.split())


def share(part: float) -> str:
    return f"{100 * part:.4g}%"


def target_words(target: Target) -> str:
    return code(target.state) if target.state is not None else f"the end `{target.outcome}`"


def words(value: Any) -> str:
    """A value in words: names and expressions as code, lengths of time written out, nothing as `none`."""
    match value:
        case None | () | "":
            return "none"
        case bool():
            return "yes" if value else "no"
        case Expression():
            return code(source(value))
        case Literal():
            return words(value.value)
        case Name() | str():
            return code(value)
        case Duration():
            return duration_words(value) or "no time"
        case Wait():
            return value.text
        case Target():
            return target_words(value)
        case date():
            return value.isoformat()
        case int() | float():
            return f"{value:,}" if isinstance(value, int) else f"{value:g}"
        case tuple() | list() | frozenset():
            return listed(map(words, value))
        case Mapping():
            return ", ".join(f"{code(key)}: {words(part)}" for key, part in value.items()) or "none"
    meaning = canonical(value) if is_dataclass(value) else value
    return code(json.dumps(meaning, ensure_ascii=False, default=str))


def was(after: str, before: str) -> str:
    """`2 days (was 1 day)`."""
    return f"{after} (was {before})"


def change(where: tuple[str, ...], text: str, before: str = "", after: str = "", kind: Kind = "changed") -> Change:
    return Change(kind, where, text, before, after)


def valued(where: tuple[str, ...], subject: str, before: Any, after: Any) -> Change:
    """`subject: after (was before)`, for values without a sentence of their own."""
    old, new = words(before), words(after)
    return change(where, f"{subject}: {was(new, old)}", old, new)


def plain_wait(wait: Wait) -> bool:
    """Whether a wait is only a length of time."""
    return bool(wait.duration) and not (wait.days or wait.values) and wait.at is None and not wait.cron


def waited(wait: Wait, state: str) -> str:
    """The end of a wait that begins in a state: `2 days`, `at the next 10:00 after `reminder``."""
    if plain_wait(wait) and wait.duration is not None:
        return duration_words(wait.duration)
    return wait_words(wait, state)

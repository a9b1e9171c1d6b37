"""Names that changed while their content did not, and meanings in which old names are written as the new ones.

An old name that the new version lacks is nowhere in it, so writing it as the new name is safe.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from functools import reduce
from typing import Any, TypeVar

from scenario_cli.model.canonical import canonical
from scenario_cli.model.value_class import dataclass

# The fields of meanings that hold a name of a kind.
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "event": ("event", "absent", "since"),
    "scenario": ("scenario", "scenarios"),
    "segment": ("segment",),
    "attribute": ("attribute",),
    "state": ("state", "of", "first"),
    "template": ("template",),
    "channel": ("channel", "channels"),
    "program": ("program", "programs"),
}

# The form of a name of each kind in expressions: `{}` is the name.
_FORMS: Mapping[str, str] = {
    "metric": r"(\bmetric\.){}\b",
    "segment": r"(\bsegment\.){}\b",
    "attribute": r"(\bcontact\.){}\b",
    "property": r"((?:\.|\[\s*|=\s*)['\"]?){}\b",
    "table": r"(\blookup\(\s*['\"]){}\b",
}
_QUOTED = r"(['\"]){}(?=['\"])"  # events, states, scenarios and templates are texts in an expression

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Renames:
    """New names by old ones, for each kind of name."""

    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, kind: str) -> Mapping[str, str]:
        return self.names.get(kind, {})

    def also(self, kind: str, names: Mapping[str, str]) -> Renames:
        """These renames and others of a kind."""
        return replace(self, names={**self.names, kind: {**self.of(kind), **names}}) if names else self

    def meaning(self, value: Any) -> Any:
        """The meaning of a value of the old version, with new names."""
        meaning = canonical(value)
        return self._renamed(meaning, "") if any(self.names.values()) else meaning

    def same(self, old: Any, new: Any) -> bool:
        """Whether a value of the old version and a value of the new version mean the same."""
        return bool(self.meaning(old) == self.new_meaning(new))

    def new_meaning(self, value: Any) -> Any:
        """The meaning of a value of the new version.

        A property that has another name can be under its old one in another event. So both names are written as
        one on both sides, which is safe as no event has both.
        """
        properties = self.of("property")
        return Renames({"property": properties}).meaning(value) if properties else canonical(value)

    def text(self, text: str) -> str:
        """An expression or a template of the old version, with new names."""
        for kind, names in self.names.items():
            for old, new in names.items():
                pattern = _FORMS.get(kind, _QUOTED).replace("{}", re.escape(old))
                text = re.sub(pattern, lambda match, new=new: f"{match[1]}{new}", text)  # type: ignore[misc]
        return text

    def _renamed(self, meaning: Any, key: str) -> Any:
        if isinstance(meaning, dict):
            return {
                self._name(key, name) if key in ("states", "properties") else name: (
                    self.text(part) if name == "expression" else self._renamed(part, name)
                )
                for name, part in meaning.items()
            }
        if isinstance(meaning, list):
            return [self._renamed(part, key) for part in meaning]
        return self._name(key, meaning) if isinstance(meaning, str) else meaning

    def _name(self, key: str, name: str) -> str:
        if key in ("states", "properties"):
            return self.of({"states": "state", "properties": "property"}[key]).get(name, name)
        kinds = [kind for kind, keys in _FIELDS.items() if key in keys]
        return reduce(lambda current, kind: self.of(kind).get(current, current), kinds, name)


NO_RENAMES = Renames()


def renamed(
    kind: str,
    old: Mapping[str, T],
    new: Mapping[str, T],
    renames: Renames = NO_RENAMES,
    content: Callable[[T], Any] = lambda value: value,
) -> dict[str, str]:
    """New names by old ones: a removed entry whose content appears under an added name.

    A removed entry can refer to other entries of its kind that were renamed as well.
    """
    declared = renames.of(kind)
    removed = [name for name in old if name not in new and name not in declared]
    fresh = [name for name in new if name not in old and name not in declared.values()]
    if not removed or not fresh:
        return {}
    hidden_before = renames.also(kind, dict.fromkeys(removed, "?"))
    hidden_after = Renames({kind: dict.fromkeys(fresh, "?")})
    new_names: dict[str, str] = {}
    contents = {name: _nameless(hidden_after.meaning(content(new[name]))) for name in fresh}
    for name in removed:
        before = _nameless(hidden_before.meaning(content(old[name])))
        matches = [other for other in contents if contents[other] == before]
        if matches:
            new_names[name] = matches[0]
            del contents[matches[0]]
    return new_names


def _nameless(meaning: Any) -> Any:
    return {key: part for key, part in meaning.items() if key != "name"} if isinstance(meaning, dict) else meaning


@dataclass(frozen=True, slots=True)
class Named:
    """The entries of two mappings, by their change; `pairs` have an old name and the new one."""

    pairs: tuple[tuple[str, str], ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]


def by_name(old: Mapping[str, object], new: Mapping[str, object], names: Mapping[str, str]) -> Named:
    """The entries by name; `names` are new names by old ones."""
    after = {name: names.get(name, name) for name in old}
    pairs = tuple((before, name) for before, name in after.items() if name in new)
    added: Sequence[str] = [name for name in new if name not in set(after.values())]
    return Named(pairs, tuple(added), tuple(name for name in old if after[name] not in new))

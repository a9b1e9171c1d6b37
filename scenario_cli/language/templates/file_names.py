"""The kind of a file below templates/ by its name, and the correct name of others.

`name.channel.j2` or `name.channel.locale.j2`; any other file is there to be included. Reads no file.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from scenario_cli.model.diagnostic import Diagnostic, Severity, nearest
from scenario_cli.model.source import whole_file
from scenario_cli.model.value_class import dataclass

_LOCALE = re.compile(r"[a-z]{2,3}([-_][A-Za-z]{2,4})?")
_ENDINGS = ("html", "htm", "txt", "text", "md", "jinja", "jinja2", "j2", "tpl", "tmpl", "liquid", "hbs", "mjml", "twig")


@dataclass(frozen=True, slots=True)
class FileName:
    """The template that a file is meant to be, None if it is none; `fault` gives the fault of its name.

    A `doubtful` fault applies only to a file that no other file includes.
    """

    template: tuple[str, str, str | None] | None = None
    fault: Diagnostic | None = None
    doubtful: bool = False


def file_name(relative: str, file: str, channels: Collection[str], head: bool) -> FileName:
    """The kind of the file at a path below templates/. `channels` are those of the project; `head`: the file begins
    with front matter, as a message does."""
    folder, _, base = relative.rpartition("/")
    parts = base.split(".")
    prefix = f"{folder}/" if folder else ""

    def fault(message: str, right: str, severity: Severity = "error") -> Diagnostic:
        code = "MSG007" if severity == "error" else "MSG008"
        return Diagnostic(code, f"'{base}' {message}", whole_file(file), severity, f"rename it to '{right}'")

    ending, parts = parts[-1], parts[:-1]
    channel_at = next((index for index, part in enumerate(parts) if index and part in channels), None)
    if ending != "j2":
        known_ending = ending.lower() in _ENDINGS
        if not known_ending or channel_at is None or len(parts) not in (2, 3):
            return FileName()
        ordered = _ordered(parts, channel_at)
        right = ".".join(part for part in ordered if part) + ".j2"
        template_key = (prefix + ordered[0], ordered[1], ordered[2])
        return FileName(
            template_key, fault(f"is not a template: template names end in '.j2', not in '.{ending}'", right), True
        )
    if len(parts) == 1 and not head:
        return FileName()
    if len(parts) == 1:
        return FileName(None, fault("has no channel in its name", f"{parts[0]}.<channel>.j2", "warning"), True)
    if not all(parts):
        return FileName(None, fault("has an empty part between two points", "name.channel.j2", "warning"), True)
    if len(parts) == 2:
        template_key = (prefix + parts[0], parts[1], None)
        if parts[1] in channels or not channels:
            return FileName(template_key)
        intended_channel = nearest(parts[1], channels) or "<channel>"
        return FileName(template_key, fault(f"names an unknown channel, '{parts[1]}'",
                                     f"{parts[0]}.{intended_channel}.j2", "warning"), True)  # fmt: skip
    if len(parts) > 3:
        return FileName(None, fault("has too many parts", f"{parts[0]}.<channel>.<language>.j2", "warning"), True)
    if channel_at == 2 and parts[1] not in channels:
        right = f"{parts[0]}.{parts[2]}.{parts[1]}.j2"
        return FileName((prefix + parts[0], parts[2], parts[1]), fault("names the language before the channel", right))
    if parts[2] in channels:
        return FileName((prefix + parts[0], parts[1], None),
                        fault("names two channels", f"{parts[0]}.{parts[1]}.j2"))  # fmt: skip
    template_key = (prefix + parts[0], parts[1], parts[2])
    if _LOCALE.fullmatch(parts[2]):
        return FileName(template_key)
    if parts[1] not in channels:
        return FileName()
    right = f"{parts[0]}.{parts[1]}.{_short(parts[2])}.j2"
    return FileName(template_key, fault(f"names an unknown language, '{parts[2]}'", right))


def _ordered(parts: list[str], channel_at: int) -> tuple[str, str, str | None]:
    locales = [part for index, part in enumerate(parts) if index not in (0, channel_at)]
    return parts[0], parts[channel_at], locales[0] if locales else None


_LANGUAGES = {
    "english": "en", "eng": "en", "french": "fr", "francais": "fr", "français": "fr", "german": "de", "deutsch": "de",
    "spanish": "es", "espanol": "es", "español": "es", "italian": "it", "italiano": "it", "dutch": "nl",
    "nederlands": "nl", "portuguese": "pt", "polish": "pl",
}  # fmt: skip


def _short(language: str) -> str:
    lower = language.lower()
    return _LANGUAGES.get(lower, lower if _LOCALE.fullmatch(lower) else "<language>")

"""The files of a new project: project.yaml, a policy, and one scenario of the library with all that it needs and the
shipped log; or, of an empty one, no scenario and no event.

Works out files. Writes them in a temporary folder alone.
"""

from __future__ import annotations

import json
import re
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from scenario_cli.language.edit.entries import cut, entry, put
from scenario_cli.language.format.layout import format_text
from scenario_cli.language.kinds import kind_of
from scenario_cli.language.library import (
    SCHEMAS,
    Change,
    changes_to_take,
    for_editors,
    shipped_library,
    with_words,
    yaml_of,
)
from scenario_cli.language.project import load_model
from scenario_cli.shipped import shipped

FIRST = "cart_abandonment"  # sends by every channel that the policy is about
_ATTRIBUTES = ("timezone", "locale")  # the executor reads them in any project
_CHANNEL = "email"
_LOG = ("data/contacts.csv", "data/events.jsonl.gz")
_ABOUT_EMPTY = "# Change the clock, the language and the channel into your own; add scenarios with 'scenario new'."
# Without conditions on reactivity, which would bring the events of a whole shop into the plan.
_POLICY = """\
# What may hold back or drop a marketing message beyond consent and address, which the channels declare.
# A change here touches every scenario.
policy:
  quiet_hours:
    - {channels: [push, sms], from: "21:00", to: "08:00"}   # a phone beside a bed stays silent
    - {channels: [sms], on: sun}
  caps:
    - {max: 2, per: day}                    # whatever the channel
    - {max: 2, per: month, channels: [sms]}
    - {max: 4, per: 7d, channels: [email]}  # beyond that people unsubscribe
  on_cap: drop
  on_quiet: delay
  max_hold: 1d                              # older than that, a reminder is no longer one
"""
_OF_PHONES = re.compile(r"  quiet_hours:\n(    .*\n)+|.*\[sms\].*\n")
_ABOUT = "# Made from the sample shop: change names, channels, programs and the tracking plan into your own."


def starter(name: str, empty: bool = False) -> list[Change]:
    """The files of a new project of that name, each as new. An `empty` project has only the attributes of one channel
    from the sample shop.
    """
    with tempfile.TemporaryDirectory(prefix="scenario-") as folder:
        root = Path(folder).resolve()
        files = dict(_foundation(root, name, empty))
        for path, content in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
        if not empty:
            library = shipped_library()
            target = load_model(root).project
            for change in changes_to_take(library, library.scenarios[FIRST], target, FIRST):
                files[change.path] = change.content
    return [Change(path, _laid_out(path, content)) for path, content in files.items()]


def schema_files() -> list[Change]:
    """The schemas that an editor completes and checks a project's files by."""
    return [
        Change(f"{SCHEMAS}/{path.name}", path.read_bytes())
        for path in sorted(shipped("schemas").glob("*.schema.json"))
        if ".output." not in path.name
    ]


def _laid_out(path: str, content: bytes) -> bytes:
    """A YAML file in canonical layout: entries that were copied one by one have no order yet."""
    kind = kind_of(Path(path))
    text = format_text(content.decode(), kind, path).text if kind is not None else None
    return content if text is None else text.encode()


def _foundation(root: Path, name: str, empty: bool) -> Iterator[tuple[str, bytes]]:
    """The files that a new project has before its scenario; `root` is the folder they are written to."""
    source = shipped("scenarios")
    for schema in schema_files():
        (root / SCHEMAS).mkdir(exist_ok=True)
        (root / schema.path).write_bytes(schema.content)
        yield schema.path, schema.content
    for file in ("project.yaml", "policy.yaml", "events.yaml"):
        text = (source / file).read_text(encoding="utf-8")
        if file == "project.yaml":
            text = _own_project(text, name, empty)
        elif file == "events.yaml":
            text = _empty_plan(text, empty)
        else:
            policy = _OF_PHONES.sub("", _POLICY) if empty else _POLICY
            text = text.partition("\n")[0] + "\n" + policy  # after the line for editors
        yield file, for_editors(root, file, text).encode()
    if empty:
        return
    for path in _LOG:
        yield path, (source / path).read_bytes()


def _own_project(text: str, name: str, empty: bool) -> str:
    """The shipped project.yaml under another name, without its sections about the invented shop."""
    channel = entry(text, ("channels", _CHANNEL))
    assert channel is not None
    sections = ("channels", "tables", "programs", "phases", "key_dates", "review", "insights", "messages")
    for section in (*sections, *(("exports",) if empty else ())):
        text = cut(text, (section,))
    if empty:
        text = put(text, ("channels",), channel)
    plain_letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    project_name = re.sub(r"\W+", "_", plain_letters).strip("_").lower()
    project_name = f"project_{project_name}" if not project_name or project_name[0].isdigit() else project_name
    fields = yaml_of(text).fields
    title = json.dumps(name, ensure_ascii=False)
    text = with_words(
        text,
        [(fields["project"].span, project_name), (fields["salt"].span, project_name), (fields["title"].span, title)],
    )
    about = _ABOUT_EMPTY if empty else _ABOUT
    return re.sub(r"(?m)^(# yaml-language-server:.*\n)(?:#.*\n)*", rf"\1{about}\n", text, count=1)


def _empty_plan(text: str, empty: bool) -> str:
    """The shipped tracking plan without its events, and with those attributes alone that the executor reads, or that
    the channel of an empty project reads."""
    plan = text
    for section in yaml_of(text).fields:
        plan = cut(plan, (section,))
    for name in (*_ATTRIBUTES, *(("email", "email_optin") if empty else ())):
        attribute_entry = entry(text, ("profile", name))
        assert attribute_entry is not None
        plan = put(plan, ("profile",), attribute_entry)
    return plan

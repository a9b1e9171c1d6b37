"""The files of a new project: project.yaml, the shipped policy and log, and one scenario with all that it needs.

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
_ATTRIBUTES = ("timezone", "locale")  # the executor reads them, whatever scenarios say
_ABOUT = "# Made from the sample shop: change names, channels, programs and the tracking plan into your own."


def starter(name: str) -> list[Change]:
    """The files of a new project of that name, each as new."""
    library = shipped_library()
    with tempfile.TemporaryDirectory(prefix="scenario-") as folder:
        root = Path(folder).resolve()
        files = dict(_foundation(root, name))
        for path, content in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
        target = load_model(root).project
        for change in changes_to_take(library, library.scenarios[FIRST], target, FIRST, with_policy=True):
            files[change.path] = change.content
    return [Change(path, _laid_out(path, content)) for path, content in files.items()]


def _laid_out(path: str, content: bytes) -> bytes:
    """A YAML file in canonical layout: entries taken over one by one stand in no order."""
    kind = kind_of(Path(path))
    text = format_text(content.decode(), kind, path).text if kind is not None else None
    return content if text is None else text.encode()


def _foundation(root: Path, name: str) -> Iterator[tuple[str, bytes]]:
    """The files that a new project has before its scenario; `root` is the folder they are written to."""
    source = shipped("scenarios")
    for path in sorted(shipped("schemas").glob("*.schema.json")):
        if ".output." not in path.name:
            (root / SCHEMAS).mkdir(exist_ok=True)
            (root / SCHEMAS / path.name).write_bytes(path.read_bytes())
            yield f"{SCHEMAS}/{path.name}", path.read_bytes()
    for file in ("project.yaml", "policy.yaml", "events.yaml"):
        text = (source / file).read_text(encoding="utf-8")
        if file == "project.yaml":
            text = _own_project(text, name)
        elif file == "events.yaml":
            text = _empty_plan(text)
        yield file, for_editors(root, file, text).encode()
    for path in sorted((source / "data").rglob("*")):
        if path.is_file():
            yield path.relative_to(source).as_posix(), path.read_bytes()


def _own_project(text: str, name: str) -> str:
    """The shipped project.yaml under another name, without its sections about the invented shop."""
    for section in ("channels", "tables", "programs", "phases"):
        text = cut(text, (section,))
    plain_letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    own = re.sub(r"\W+", "_", plain_letters).strip("_").lower()
    own = f"project_{own}" if not own or own[0].isdigit() else own
    fields = yaml_of(text).fields
    title = json.dumps(name, ensure_ascii=False)
    text = with_words(text, [(fields["project"].span, own), (fields["salt"].span, own), (fields["title"].span, title)])
    return re.sub(r"(?m)^(# yaml-language-server:.*\n)(?:#.*\n)*", rf"\1{_ABOUT}\n", text, count=1)


def _empty_plan(text: str) -> str:
    """The shipped tracking plan without its events, and with those attributes alone that the executor reads."""
    made = text
    for section in yaml_of(text).fields:
        made = cut(made, (section,))
    for name in _ATTRIBUTES:
        written = entry(text, ("profile", name))
        assert written is not None
        made = put(made, ("profile",), written)
    return made

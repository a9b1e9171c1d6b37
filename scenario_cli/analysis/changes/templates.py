"""The changes of templates: subject, body and the other fields, before and after, with the messages that use them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from scenario_cli.analysis.changes.renames import Renames
from scenario_cli.analysis.changes.words import change
from scenario_cli.model.changes import Change, Subject
from scenario_cli.model.project import Project, Template

_LOOKUP = re.compile(r"\blookup\(\s*['\"](\w+)")
_INCLUDED = re.compile(r"\{%-?\s*(?:include|extends|import|from)\s+['\"]([^'\"]+)['\"]")


def template_changes(old: Project, new: Project, renames: Renames) -> Iterator[Subject]:
    """Templates that changed, then the texts that they include."""
    before = {_key(template, renames.of("template")): template for template in old.templates}
    after = {_key(template, {}): template for template in new.templates}
    for key in sorted({*before, *after}, key=str):
        changes, kind = tuple(_changes(before.get(key), after.get(key), renames)), "changed"
        if key not in before or key not in after:
            kind = "added" if key in after else "removed"
        if changes:
            template = after.get(key) or before[key]
            project = new if key in after else old
            yield _with_messages(Subject("template", _title(template), kind, changes=changes), [template], project)  # type: ignore[arg-type]
    yield from _texts(old, new)


def template_renames(old: Project, new: Project, renames: Renames) -> dict[str, str]:
    """New names by old ones: the same texts on the same channels."""
    before, after = _contents(old, renames), _contents(new, Renames())
    removed = [name for name in before if name not in after]
    fresh = [name for name in after if name not in before]
    new_names: dict[str, str] = {}
    for name in removed:
        matches = [other for other in fresh if after[other] == before[name]]
        if matches:
            new_names[name] = matches[0]
            fresh.remove(matches[0])
    return new_names


def _contents(project: Project, renames: Renames) -> dict[str, dict[str, object]]:
    contents: dict[str, dict[str, object]] = {}
    for template in project.templates:
        parts = (template.body, *(text.text for text in template.head))
        contents.setdefault(template.name, {})[f"{template.channel} {template.locale}"] = (
            tuple(map(renames.text, parts)), tuple(template.fields),
        )  # fmt: skip
    return contents


def _key(template: Template, names: Mapping[str, str]) -> tuple[str, str, str]:
    return names.get(template.name, template.name), template.channel, template.locale or ""


def _title(template: Template) -> str:
    locale = f" {template.locale}" if template.locale else ""
    return f"{template.name} ({template.channel}{locale})"


def _changes(old: Template | None, new: Template | None, renames: Renames) -> Iterator[Change]:
    before, after = _parts(old), _parts(new)
    kind = "added" if old is None else "removed" if new is None else "changed"
    for name in {**before, **after}:
        texts = before.get(name, ""), after.get(name, "")
        if renames.text(texts[0]) == texts[1]:
            continue
        subject = _NAMES.get(name, name)
        state = "is new" if not texts[0] else "is gone" if not texts[1] else "is another"
        yield replace(change((name,), f"{subject[:1].upper()}{subject[1:]} {state}", *texts, kind=kind), passage=True)  # type: ignore[arg-type]


_NAMES = {"body": "text", "sets": "values worked out first"}


def _parts(template: Template | None) -> dict[str, str]:
    if template is None:
        return {}
    sets = "\n".join(text.text for text in template.sets)
    fields = {name: text.text for name, text in template.fields.items()}
    return {**fields, **({"sets": sets} if sets else {}), "body": template.body}


def _with_messages(subject: Subject, templates: list[Template], project: Project) -> Subject:
    """The subject with the messages that use these templates, and their scenarios."""
    pairs = {(template.name, template.channel) for template in templates}
    messages: dict[str, None] = {}
    reach: dict[str, None] = {}
    for scenario in project.scenarios.values():
        for sending in scenario.sendings:
            for message in sending.messages:
                if (message.template.text, message.channel.text) in pairs:
                    state = sending.state.name if sending.state is not None else "every state"
                    messages[f"{scenario.name}: {state}"] = None
                    reach[scenario.name] = None
    return replace(subject, reach=tuple(sorted(reach)), messages=tuple(messages))


def _texts(old: Project, new: Project) -> Iterator[Subject]:
    """The changes of files that templates include and that are not templates themselves."""
    own = {template.path for project in (old, new) for template in project.templates}
    for path in sorted({*old.texts, *new.texts} - own):
        before, after = old.texts.get(path, ""), new.texts.get(path, "")
        if before == after:
            continue
        project = new if path in new.texts else old
        readers = [template for template in project.templates if path in included(template, project)]
        if not readers:
            continue  # no message uses it
        kind = "added" if path not in old.texts else "removed" if path not in new.texts else "changed"
        part = replace(change(("body",), "Text is another", before, after, kind), passage=True)  # type: ignore[arg-type]
        yield _with_messages(Subject("template", path, kind, changes=(part,)), readers, project)  # type: ignore[arg-type]


def included(template: Template, project: Project) -> set[str]:
    """The files that a template includes, those of others too."""
    waiting, paths = [template.body, *(text.text for text in template.head)], set()
    while waiting:
        for path in _INCLUDED.findall(waiting.pop()):
            if path not in paths:
                paths.add(path)
                waiting.append(project.texts.get(path, ""))
    return paths


def table_readers(project: Project) -> Mapping[tuple[str, str], set[str]]:
    """The reference tables that the texts of a template look up, by template and channel."""
    tables_by_template: dict[tuple[str, str], set[str]] = {}
    for template in project.templates:
        texts = [template.body, *(text.text for text in template.head)]
        texts += [project.texts.get(path, "") for path in included(template, project)]
        tables = {table for text in texts for table in _LOOKUP.findall(text)}
        tables_by_template.setdefault((template.name, template.channel), set()).update(tables)
    return tables_by_template

"""MSG015: a template that some of the languages lack."""

from __future__ import annotations

from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Overview
from scenario_cli.model.source import whole_file


def check_project(overview: Overview) -> Findings:
    project = overview.project
    own_language = _language(project.locale)
    spoken = {_language(template.locale) for template in project.templates if template.locale is not None}
    spoken.add(own_language)
    sent = {(message.template.text, message.channel.text)
            for subject in overview.subjects for _, message in subject.messages}  # fmt: skip
    for (name, channel), variants in overview.templates.items():
        languages = {_language(variant.locale) if variant.locale is not None else own_language for variant in variants}
        missing = sorted(spoken - languages)
        if missing and (name, channel) in sent:
            existing = sorted(f"'{language}'" for language in languages)
            yield RULE.finding(
                (
                    f"{channel} template '{name}' exists in {', '.join(existing)} but not in "
                    f"{', '.join((repr(language) for language in missing))}"
                ),
                whole_file(variants[0].file),
                hint=(
                    f"add templates/{name}.{channel}.{missing[0]}.j2: other templates of the project have that language"
                ),
            )


def _language(locale: str) -> str:
    return locale.replace("_", "-").partition("-")[0].lower()


RULE = Rule(
    code="MSG015",
    name="missing-locale",
    severity="warning",
    finds="a template without a language that other templates of the project have",
    because="a contact receives one message in their language and the next in another",
    mend="add the missing translation",
    example={
        "templates/note.push.en.j2": """\
---
title: Hello
---
Good morning
""",
        "templates/note.push.fr.j2": """\
---
title: Bonjour
---
Bon matin
""",
        "templates/bye.push.en.j2": """\
---
title: Bye
---
See you
""",
        "example.yaml": """\
states:
  first: {send: {push: note}, after: {1d: second}}
  second: {send: {push: bye}, end: over}
""",
    },
    instead={
        "templates/note.push.en.j2": """\
---
title: Hello
---
Good morning
""",
        "templates/note.push.fr.j2": """\
---
title: Bonjour
---
Bon matin
""",
        "templates/bye.push.en.j2": """\
---
title: Bye
---
See you
""",
        "templates/bye.push.fr.j2": """\
---
title: Salut
---
A bientôt
""",
        "example.yaml": """\
states:
  first: {send: {push: note}, after: {1d: second}}
  second: {send: {push: bye}, end: over}
""",
    },
    check_project=check_project,
)

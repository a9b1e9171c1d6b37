"""The template's text decides whether every message has other words, unless a value decides."""

from __future__ import annotations

from typing import Any

from scenario_cli.engine.filters import DataEnvironment, shown_in_text, template_filters
from scenario_cli.engine.filters import tests as known_tests
from scenario_cli.messages.render import Renderer
from scenario_cli.messages.wording import reads_otherwise
from scenario_cli.model.project import Project, Template
from scenario_cli.model.source import Name, Span
from tests.rows import rows

HERE = Span("a.email.j2", 1, 1, 1, 2)
FILES = {
    "layout.html": "<h1>{% block head %}Shop{% endblock %}</h1>{% if vip %}{% block gift %}{% endblock %}{% endif %}"
    "{% block outer %}{% block inner %}old{% endblock %}{% endblock %}",
    "deep.html": "{% extends 'layout.html' %}{% block head %}Deep{% endblock %}",
    "footer.html": "Bye",
}
VALUES: tuple[dict[str, Any], ...] = ({}, {"name": "Ana", "vip": True, "items": [1, 2]}, {"name": "x", "vip": False})
LAYOUT = "{% extends 'layout.html' %}"


@rows(
    ("old", "new", "verdict"),
    [
        ("Hello {{ name }}", "Good day {{ name }}", True),
        ("Hello {{ name }}", "Hello {{ name }}", False),
        ("Hello {{ name }}{# old #}", "Hello {{ name }}{# new #}", False),
        ("Hello {{ name }}", "Hello {{ other }}", None),
        ("Hello {{ name }}", "Hello {{ name }}!", None),  # another structure
        ("{% if vip %}Dear{% endif %} you", "{% if vip %}Dearest{% endif %} you", None),
        ("{% if vip %}Dear{% endif %} you", "{% if vip %}Dear{% endif %} and you", True),
        ("{% for item in items %}one {% endfor %}.", "{% for item in items %}two {% endfor %}.", None),
        ("a{{ name }}b", "ax{{ name }}b", True),
        ("x{{ name }}", "{% set y = 1 %}x{{ name }}", None),
        ("x{{ name }}y", "y{{ name }}x", None),  # two changes of the same length can cancel each other
        ("x{{ name }}y", "xx{{ name }}yy", True),
        ("a {{ name }}", "a  {{ name }}", None),  # white space at an end is cut off
        ("{% include 'footer.html' %} now", "{% include 'footer.html' %} then", True),
        (f"{LAYOUT}{{% block head %}}a{{% endblock %}}", f"{LAYOUT}{{% block head %}}b{{% endblock %}}", True),
        (f"{LAYOUT}{{% block head %}}a{{% endblock %}}", f"{LAYOUT}x{{% block head %}}a{{% endblock %}}", False),
        (f"{LAYOUT}{{% block gift %}}a{{% endblock %}}", f"{LAYOUT}{{% block gift %}}b{{% endblock %}}", None),
        (f"{LAYOUT}{{% block none %}}a{{% endblock %}}", f"{LAYOUT}{{% block none %}}b{{% endblock %}}", None),
        (
            f"{LAYOUT}{{% block outer %}}c{{% endblock %}}{{% block inner %}}a{{% endblock %}}",
            f"{LAYOUT}{{% block outer %}}c{{% endblock %}}{{% block inner %}}b{{% endblock %}}",
            None,
        ),
        (
            "{% extends 'deep.html' %}{% block head %}a{% endblock %}",
            "{% extends 'deep.html' %}{% block head %}b{% endblock %}",
            None,
        ),
        ("{% filter upper %}a{% endfilter %}", "{% filter upper %}b{% endfilter %}", None),
        ("{% set a %}x{% endset %}-", "{% set a %}y{% endset %}-", None),
        ("{% block a %}x{% endblock %}", "{% block a %}y{% endblock %}", True),
        ("{% macro m() %}x{% endmacro %}-", "{% macro m() %}y{% endmacro %}-", None),
    ],
)
@rows("place", ["body", "subject"])
def test_words_of_every_text_show_whether_all_texts_differ(
    old: str, new: str, verdict: bool | None, place: str
) -> None:
    versions = [_version(text, place) for text in (old, new)]
    environment = versions[0][0].environment
    answer = reads_otherwise(environment, *((template, renderer_texts) for _, template, renderer_texts in versions))
    assert answer is verdict
    if verdict is not None:
        for values in VALUES:
            texts = [renderer.render_template(template, values) for renderer, template, _ in versions]
            assert ((texts[0].fields, texts[0].body) != (texts[1].fields, texts[1].body)) is verdict


def _version(text: str, place: str) -> tuple[Renderer, Template, dict[str, str]]:
    body, subject = (text, "Hi") if place == "body" else ("Hi", text)
    fields = {"subject": Name(subject, HERE)}
    template = Template("a", "email", None, "templates/a.email.j2", "a.email.j2", fields, body, 1)
    texts = {**FILES, "a.email.j2": body}
    project = Project(name="shop", root="", timezone="UTC", digest="", templates=(template,), texts=texts)
    return Renderer(project, DataEnvironment, template_filters(), known_tests(), shown_in_text), template, texts

"""The values that templates read from outside themselves, through loops, local names, includes and layouts."""

from __future__ import annotations

from pathlib import Path

from scenario_cli.language.project import load_project
from scenario_cli.language.templates.variables import template_variables
from tests.rows import rows

FILES = {
    "layout.html": "{{ contact.country }}{% block top %}{{ contact.city }}{% endblock %}{% block rest %}{% endblock %}",
    "line.html": "{{ line.name }}",
    "macros.html": "{% macro show(what) %}{{ what.name }}{{ contact.tier }}{% endmacro %}",
}


def read(folder: Path, text: str) -> dict[str, bool]:
    """The names that a template with this text reads, and whether each is guarded."""
    (folder / "project.yaml").write_text("project: shop\ntimezone: UTC\n")
    (folder / "templates").mkdir()
    for name, body in {**FILES, "hello.email.j2": text}.items():
        (folder / "templates" / name).write_text(body, encoding="utf-8")
    by_template = template_variables(load_project(folder).project)
    return {result.name: result.guarded for result in by_template["hello", "email"]}


@rows(
    ("text", "names"),
    [
        ("{{ cart.total }} {{ cart['id'] }}", {"cart.total", "cart.id"}),
        ("---\nsubject: '{{ cart.total }}'\n---\nHello", {"cart.total"}),
        ("{{ cart.items[0].name }}", {"cart.items[].name"}),
        ("{% for line in cart.items %}{{ line.name }}{{ loop.index }}{% endfor %}",
         {"cart.items", "cart.items[].name"}),
        ("{% for line in cart.items %}{% include 'line.html' %}{% endfor %}", {"cart.items", "cart.items[].name"}),
        ("{% for key, line in cart.items | dictsort %}{{ line.name }}{% endfor %}", {"cart.items"}),
        ("{% set first = cart.items | first %}{{ first.name }}", {"cart.items", "cart.items[].name"}),
        ("{% with line = cart.best %}{{ line.name }}{% endwith %}{{ line }}", {"cart.best", "cart.best.name", "line"}),
        ("{{ cart.items | map(attribute='name') | join(', ') }}", {"cart.items", "cart.items[].name"}),
        ("{{ cart.items | selectattr('qty', 'gt', 1) | sum('price') }}",
         {"cart.items", "cart.items[].qty", "cart.items[].price"}),
        ("{% extends 'layout.html' %}{% block top %}{{ cart.total }}{% endblock %}", {"contact.country", "cart.total"}),
        ("{% extends 'layout.html' %}", {"contact.country", "contact.city"}),
        ("{% import 'macros.html' as m %}{{ m.show(cart.best) }}", {"contact.tier", "cart.best"}),
        ("{{ days_since(contact.since) }} {{ now.year }}", {"contact.since", "now.year"}),
        ("{{ broken ", set()),
    ],
)  # fmt: skip
def test_names_are_followed_to_where_they_come_from(text: str, names: set[str], tmp_path: Path) -> None:
    assert set(read(tmp_path, text)) == names


@rows(
    ("text", "guarded"),
    [
        ("{{ contact.name }}", False),
        ("{{ contact.name | default('there') }}", True),
        ("{{ contact.name | default('there') | upper }}", True),
        ("{% if contact.name %}{{ contact.name }}{% endif %}", True),
        ("{% if contact.name %}!{% else %}{{ contact.name }}{% endif %}", False),
        ("{{ contact.name if contact.name else 'there' }}", True),
        ("{{ contact.name | default('there') }} {{ contact.name }}", False),
    ],
)
def test_a_name_is_guarded_if_every_place_has_a_default(text: str, guarded: bool, tmp_path: Path) -> None:
    assert read(tmp_path, text) == {"contact.name": guarded}

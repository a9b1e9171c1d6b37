"""Finds the template file of a message for a contact's locale. Renders nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scenario_cli.model.project import Template

Variants = Mapping[tuple[str, str], Mapping[str | None, Template]]


def by_message(templates: Iterable[Template]) -> Variants:
    """Templates by name and channel, then by locale."""
    variants: dict[tuple[str, str], dict[str | None, Template]] = {}
    for template in templates:
        locale = template.locale.replace("_", "-").lower() if template.locale else None
        variants.setdefault((template.name, template.channel), {})[locale] = template
    return variants


def find_template(variants: Variants, name: str, channel: str, locale: object, project_locale: str) -> Template | None:
    """The contact's locale first, then its language, then the same for the project, then the file without a locale.

    If none of these exists, it is the first by name: a message in another language is better than a hole in the plan
    that nobody sees.
    """
    locales = variants.get((name, channel), {})
    for locale_ in (locale, project_locale):
        if isinstance(locale_, str) and locale_:
            tag = locale_.replace("_", "-").lower()
            for candidate in (tag, tag.partition("-")[0]):
                if candidate in locales:
                    return locales[candidate]
    if None in locales:
        return locales[None]
    return locales[min(locales, key=str)] if locales else None

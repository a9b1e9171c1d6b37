"""Renders templates to text, in a sandbox that reaches no file. Changes nothing about a journey."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jinja2

from scenario_cli.messages.find import by_message, find_template
from scenario_cli.messages.formats import Reader
from scenario_cli.messages.links import LinkTagger
from scenario_cli.model.budget import begin, handle, pause, resume, weigh
from scenario_cli.model.project import HTML_CHANNELS, Project, Template


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message's text: the channel's fields (`subject`, `title`...), each one line, and the body."""

    template: str
    locale: str | None
    fields: Mapping[str, str]
    body: str


class RenderError(Exception):
    """A template that failed on a contact's values; the text names file and line."""


class Renderer:
    """Renders the messages of one project.

    `environment` is sandboxed and has the language's filters, tests and rules for missing values; `show` turns a value
    into its form in a text.
    """

    def __init__(
        self, project: Project, environment: type[jinja2.Environment], filters: Mapping[str, Callable[..., Any]],
        tests: Mapping[str, Callable[..., Any]], show: Callable[[Any], Any],
    ) -> None:  # fmt: skip
        self.variants = by_message(project.templates)
        self.locale = project.locale
        texts = project.texts
        self.environment = environment(
            loader=jinja2.FunctionLoader(lambda name: (texts[name], name, lambda: True) if name in texts else None),
            autoescape=_is_html,
            # Nothing is calculated when a template is compiled: its written values are also formatted for each reader.
            finalize=jinja2.pass_context(lambda context, value: show(_measured(value))),
            optimized=False,
            cache_size=-1,
        )
        self.reader = Reader(show, project.currency)
        self.environment.filters = {**filters, **self.reader.filters()}
        self.environment.tests = dict(tests)
        self.environment.globals["const"] = {name: constant.value for name, constant in project.constants.items()}
        self.links = LinkTagger(project, project.links) if project.links is not None else None
        self.heads: dict[str, tuple[list[jinja2.Template], dict[str, jinja2.Template]]] = {}

    def render(
        self, name: str, channel: str, locale: object, values: Mapping[str, Any], facts: Mapping[str, str] | None = None
    ) -> Rendered:
        """The message for a contact's locale, see `render_template`."""
        template = find_template(self.variants, name, channel, locale, self.locale)
        if template is None:
            raise RenderError(f"no template '{name}' for {channel}")
        return self.render_template(template, values, facts)

    def render_template(
        self, template: Template, values: Mapping[str, Any], facts: Mapping[str, str] | None = None
    ) -> Rendered:
        """Renders this template, for any locale of the contact. Raises `RenderError`.

        If `facts` of a message are given, its links get the project's parameters. The body and the fields together have
        the work of one rendering, see `model.budget`.
        """
        line = template.body_line
        names = dict(values)
        self._read_by(template, values)
        paused = pause()
        begin()
        try:
            statements, texts = self._head(template)
            for number, statement in enumerate(statements):
                line = template.sets[number].span.line
                self._carried_out(statement, names)
            fields = {}
            for field, text in texts.items():
                line = template.fields[field].span.line
                fields[field] = one_line(self._carried_out(text, names))
            line = template.body_line
            body = self.environment.get_template(template.path).render(names)
        except Exception as error:  # a template that fails on odd data gives a dropped row, never a stopped run
            raise RenderError(f"{template.file}:{_line(error, template) or line}: {_reason(error)}") from None
        finally:
            resume(paused)
        body = body.strip()
        if self.links is not None and facts is not None:
            all_facts = {**facts, "template": template.name, "locale": template.locale or self.locale}
            return Rendered(template.name, template.locale, *self.links.tag(fields, body, template.channel, all_facts))
        return Rendered(template.name, template.locale, fields, body)

    def _read_by(self, template: Template, values: Mapping[str, Any]) -> None:
        """Makes filters write for the contact at hand."""
        contact, now = values.get("contact"), values.get("now")
        contact_locale = contact.get("locale") if isinstance(contact, Mapping) else None
        reader = self.reader
        reader.locale_of = (template.locale, self.locale, contact_locale if isinstance(contact_locale, str) else None)
        reader.clock = (now.tzinfo if isinstance(now, datetime) else None) or UTC
        reader.plain = template.channel == "sms"

    def _carried_out(self, text: jinja2.Template, names: dict[str, Any]) -> str:
        """The output of a text of the front matter; `names` gets the names that it sets."""
        context = text.new_context(names)
        try:
            printed = self.environment.concat(text.root_render_func(context))
        except Exception:
            self.environment.handle_exception()
        names.update(context.vars)
        return str(printed)

    def _head(self, template: Template) -> tuple[list[jinja2.Template], dict[str, jinja2.Template]]:
        """The statements and fields of the front matter."""
        if template.path not in self.heads:
            self.heads[template.path] = (
                [self.environment.from_string(statement.text) for statement in template.sets],
                {name: self.environment.from_string(text.text) for name, text in template.fields.items()},
            )
        return self.heads[template.path]


# Line breaks, also those of Unicode, and other invisible characters that control a terminal or a mail server.
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def one_line(text: str) -> str:
    """A text for the header of a message: a line break in a value would begin a header of its own."""
    return _BREAKS.sub(" ", text).strip()


def _is_html(name: str | None) -> bool:
    if name is None:
        return False
    return name.endswith((".html", ".html.j2")) or any(f".{channel}." in name for channel in HTML_CHANNELS)


def _measured(value: Any) -> Any:
    """A value as `{{ }}` prints it, after its work is counted: a list is measured before it is written."""
    if isinstance(value, str):
        handle(value)
    elif isinstance(value, list | tuple | dict):
        weigh(value)
    return value


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it includes or extends itself, or is nested too deeply"
    if isinstance(error, SyntaxError):
        return "its loops and conditions are nested too deeply"
    return str(error)


def _line(error: BaseException, template: Template) -> int | None:
    """The line of the template's file in which rendering its body failed."""
    line = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == template.path:
            line = trace.tb_lineno + template.body_line - 1
        trace = trace.tb_next
    return line

"""Markup of Liquid, Handlebars, Django, Mailchimp, Braze, Klaviyo, Mautic and Salesforce in templates, with the markup
to write instead: tables, and the search for it. Parses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from scenario_cli.model.value_class import dataclass

# Tags that Jinja does not have.
TAGS: Mapping[str, str] = {
    "assign": "{% set name = value %}",
    "capture": "{% set name %}...{% endset %}",
    "endcapture": "{% endset %}",
    "unless": "{% if not ... %}",
    "endunless": "{% endif %}",
    "elsif": "{% elif ... %}",
    "elseif": "{% elif ... %}",
    "elsif_": "{% elif ... %}",
    "case": "{% if x == 1 %}...{% elif x == 2 %}...{% endif %}",
    "when": "{% elif ... %}",
    "endcase": "{% endif %}",
    "switch": "{% if x == 1 %}...{% elif x == 2 %}...{% endif %}",
    "foreach": "{% for item in list %}...{% endfor %}",
    "each": "{% for item in list %}...{% endfor %}",
    "while": "{% for item in list %}...{% endfor %}",
    "end": "{% endif %} or {% endfor %}",
    "comment": "{# ... #}",
    "endcomment": "#}",
    "render": "{% include 'file.html' %}",
    "partial": "{% include 'file.html' %}",
    "section": "{% block name %}...{% endblock %}",
    "layout": "{% extends 'layout.html' %}",
    "increment": "{% set name = name + 1 %}",
    "decrement": "{% set name = name - 1 %}",
    "tablerow": "{% for item in list %}...{% endfor %}",
    "break": "a condition behind the list: {% for item in list if ... %}",
    "continue": "a condition behind the list: {% for item in list if ... %}",
    "liquid": "each tag by itself",
    "now": "{{ now }}",
    "url": "the address itself",
    "load": "nothing: filters need no loading",
    "trans": "a template for each language: name.channel.fr.j2",
    "unsubscribe": "the link of your project, such as {{ contact.unsubscribe_url }}",
    "unsubscribe_link": "the link of your project, such as {{ contact.unsubscribe_url }}",
    "connected_content": "values of the tracking plan or a reference table: lookup('products', sku)",
    "catalog_items": "a reference table: lookup('products', sku)",
    "catalog": "a reference table: lookup('products', sku)",
    "abort_message": "a condition of the message in the scenario: send: {email: {template: ..., if: ...}}",
    "content_block": "{% include 'file.html' %}",
    "if_equal": "{% if a == b %}",
    "ifequal": "{% if a == b %}",
    "ifnotequal": "{% if a != b %}",
    "var": "{% set name = value %}",
    "let": "{% set name = value %}",
}

# Filters of other tools, with the replacement for each.
FILTERS: Mapping[str, str] = {
    "upcase": "| upper", "uppercase": "| upper", "toUpperCase": "| upper", "downcase": "| lower",
    "lowercase": "| lower", "toLowerCase": "| lower", "size": "| length", "len": "| length", "strip": "| trim",
    "lstrip": "| trim", "rstrip": "| trim", "titlecase": "| title", "titleize": "| title", "capfirst": "| capitalize",
    "truncatewords": "| truncate(80)", "truncatechars": "| truncate(80)", "strip_html": "| striptags",
    "url_encode": "| urlencode", "json": "| tojson", "escape_once": "| escape", "h": "| escape",
    "append": "{{ value ~ 'text' }}", "prepend": "{{ 'text' ~ value }}", "concat": "{{ a + b }}", "plus": "{{ a + b }}",
    "add": "{{ a + b }}", "minus": "{{ a - b }}", "times": "{{ a * b }}", "divided_by": "{{ a / b }}",
    "modulo": "{{ a % b }}", "where": "| selectattr('key', 'eq', value)", "at_most": "{{ [a, b] | min }}",
    "at_least": "{{ [a, b] | max }}", "uniq": "| unique", "sort_natural": "| sort", "ceil": "| round(0, 'ceil')",
    "floor": "| round(0, 'floor')", "floatformat": "| round(2)", "number_with_precision": "| round(2)",
    "default_if_none": "| default('...', true)", "fallback": "| default('...', true)", "or": "| default('...', true)",
    "lookup": "a name with a point: contact.first_name", "get": "a name with a point: contact.first_name",
    "split": "send the parts as a list: a text is not cut up here", "slice_text": "{{ value[:10] }}",
    **dict.fromkeys(("date", "format_date", "strftime", "date_format", "formatDate"), "| date('d MMMM y')"),
    **dict.fromkeys(("money", "currency", "format_currency", "money_with_currency"), "| money"),
    **dict.fromkeys(("number_format", "intcomma", "number_with_delimiter", "formatNumber"), "| number"),
    "percentage": "| percent", "pluralize": "| plural(one='item', other='items')",
    "ngettext": "| plural(one='item', other='items')", "array_to_sentence_string": "| list", "to_sentence": "| list",
}  # fmt: skip

# Names of other tools that have another name here.
NAMES: Mapping[str, str] = {
    **dict.fromkeys(
        ("customer", "user", "person", "profile", "subscriber", "recipient", "lead", "member", "client", "visitor",
         "contactfield", "custom_attribute", "custom_attributes", "attributes", "traits", "identity", "party"),
        "write attributes of the contact with 'contact', such as contact.first_name",
    ),
    **dict.fromkeys(
        ("event_properties", "properties", "payload", "params", "props", "api_trigger_properties",
         "canvas_entry_properties", "context"),
        "write properties of the entry event with 'trigger', such as trigger.order_id",
    ),
    "event": "a template can use 'trigger', captured values and the values of 'with'",
    "else": "write {% else %}",
    "end": "write {% endif %} or {% endfor %}",
    "this": "name the element: {% for item in list %}{{ item }}{% endfor %}",
    "forloop": "write 'loop': loop.index, loop.first, loop.last",
    "nil": "write 'none'",
    "blank": "write '... is not none', or the value alone",
    "empty": "write 'list | length == 0'",
    "today": "write 'now'",
    "date": "write 'now', or the date that you mean",
    "unsubscribe_url": "write the attribute that holds it, such as contact.unsubscribe_url",
    "shop": "write the text itself, or pass it with 'with'",
    "organization": "write the text itself, or pass it with 'with'",
    "campaign": "write the text itself, or pass it with 'with'",
}  # fmt: skip

# Methods that values have elsewhere.
METHODS: Mapping[str, str] = {
    **{name: FILTERS[name] for name in ("upcase", "downcase", "toUpperCase", "toLowerCase", "strftime", "strip",
                                        "lstrip", "rstrip", "split", "append")},
    "upper": "| upper", "lower": "| lower", "title": "| title", "capitalize": "| capitalize", "trim": "| trim",
    "replace": "| replace('old', 'new')", "join": "| join(', ')", "length": "| length", "size": "| length",
    "count": "| length", "format": "'%.2f' | format(value)", "toFixed": "| round(2)", "round": "| round(2)",
    "get": "a name with a point: contact.first_name", "isoformat": "value", "toString": "value",
    "first": "| first", "last": "| last", "items": "| dictsort", "keys": "| list", "values": "| list",
    "startswith": "value[:2] == 'ab'", "endswith": "value[-2:] == 'ab'", "includes": "'x' in value",
    "contains": "'x' in value", "date": "value.date", "weekday": "value.weekday", "today": "now", "now": "now",
    "map": "| map(attribute='name')", "filter": "| selectattr('key', 'eq', value)", "sort": "| sort",
    "reverse": "| reverse", "sum": "| sum", "slice": "value[:10]", "substring": "value[:10]",
}  # fmt: skip

# Markup of other tools that is printed unchanged, because it means nothing in Jinja.
_PRINTED = (
    (re.compile(r"\{ \{ *(?P<name>[\w.]+) *\} \}|\{ %.*?% \}"), "a brace too far"),
    (re.compile(r"\*\|(?P<name>[A-Z0-9_:]+)\|\*"), "Mailchimp"),
    (re.compile(r"%%(?:=[^%]*?=|(?P<name>[\w .-]+))%%"), "Salesforce"),
    (re.compile(r"\{!(?:\$?\w+\.)?(?P<name>\w+)\}"), "Salesforce"),
    (re.compile(r"\{contactfield=(?P<name>\w+)[^}]*\}"), "Mautic"),
    (re.compile(r"(?<![\w%])%(?P<name>[A-Z][A-Z0-9_]{2,}|recipient\.\w+)%(?![\w%])"), "other tools"),
    (re.compile(r"\[\[\s*(?P<name>\w+(?:\.\w+)*)\s*\]\]"), "other tools"),
    (re.compile(r"<%=?\s*(?P<name>@?\w+(?:\.\w+)*)?.*?%>"), "ERB"),
    (re.compile(r"(?<!\$)\$\{(?P<name>\w+(?:\.\w+)*)\}"), "other tools"),
    (re.compile(r"\{\$(?P<name>\w+(?:\.\w+)*)\}"), "other tools"),
    (re.compile(r"(?<![{%$#\w])\{\s?(?P<name>(?:contact|customer|user|trigger|event|metric|subscriber|person|profile)"
                r"(?:\.\w+)+|first_?name|last_?name)\s?\}(?!\})", re.IGNORECASE), "other tools"),
)  # fmt: skip
# A sign that each of them has; most texts have none.
_FOREIGN = re.compile(r"[{%]|\*\||\[\[")


@dataclass(frozen=True, slots=True)
class Slip:
    """A piece of foreign markup from `offset` on, and its replacement."""

    offset: int
    length: int
    message: str
    hint: str


# Links that the mail provider fills in: these are meant to be sent unchanged.
_OF_THE_SENDER = re.compile(r"unsub|prefer|opt_?-?out|manage|browser|web_?version|view|archive|forward|tracking", re.I)


def to_write(right: str) -> str:
    """The hint with the replacement for a filter or a method of another tool."""
    return (
        f"write {right}" if right[:1] in "|{'" or right.startswith(("a name", "its parts", "value", "now")) else right
    )


def printed_as_is(offset: int, text: str) -> Iterator[Slip]:
    """The markup of other tools in a stretch of text that begins at `offset`."""
    if not _FOREIGN.search(text):
        return
    reported: list[tuple[int, int]] = []
    for pattern, tool in _PRINTED:
        for match in pattern.finditer(text):
            if _OF_THE_SENDER.search(match[0]) or any(a <= match.start() < b for a, b in reported):
                continue
            reported.append(match.span())
            name = (match["name"] or "first_name").strip("@ ").rpartition(".")[2].strip().lower().replace(" ", "_")
            attributes = {
                "fname": "first_name",
                "firstname": "first_name",
                "lname": "last_name",
                "lastname": "last_name",
            }
            of_tool = "" if tool == "a brace too far" else f" of {tool}"
            yield Slip(offset + match.start(), len(match[0]),
                       f"'{match[0]}' is not template markup: it would be sent as it is",
                       f"instead of the markup{of_tool} write {{{{ contact.{attributes.get(name, name)} }}}}"
                       if of_tool else "write '{{' and '}}', '{%' and '%}' without a space within them")  # fmt: skip


def slip_of(source: str, offset: int, problem: str) -> Slip | None:
    """The slip that causes a fault found by Jinja at a place; None if it is unknown."""
    start = max(source.rfind("{{", 0, offset + 2), source.rfind("{%", 0, offset + 2))
    before = max(source.rfind("{{", 0, offset), source.rfind("{%", 0, offset))
    if start == offset and before >= 0 and not re.search(r"[%}]\}", source[before:offset]):
        start = before  # it opens within braces that are still open
    if start < 0:
        return None
    kind = source[start : start + 2]
    inside = source[start + 2 :]
    for find in (_braces, _of_handlebars, _unclosed, _tag, _filter_values, _sign):
        slip = find(source, start, kind, inside, offset, problem)
        if slip is not None:
            return slip
    return None


def _braces(source: str, start: int, kind: str, inside: str, offset: int, problem: str) -> Slip | None:
    dollar = re.match(r"[-\s]*(?P<root>[\w.]*?)\.?\$\{(?P<name>[^}]*)\}", inside)
    if dollar is not None:
        root = "trigger" if "event" in dollar["root"] or "propert" in dollar["root"] else "contact"
        at = start + 2 + inside.index("${")
        name = re.sub(r"\W+", "_", dollar["name"].strip())
        return Slip(at, len(dollar["name"]) + 3, "'${...}' is not valid here", f"write {{{{ {root}.{name} }}}}")
    markup = re.match(r"(?:\{|\{\{)\s*[^{}]*\}{1,3}", inside)
    if (kind == "{{" and inside.startswith("{")) or (start and source[start - 1] == "{" and "}}}" in source[start:]):
        at = start if inside.startswith("{") else start - 1
        name = re.sub(r"[{}]", "", markup[0] if markup is not None else inside.partition("}")[0]).strip() or "name"
        return Slip(at, 3, "three braces print nothing here", f"write {{{{ {name} }}}}; for HTML without escaping "
                    f"{{{{ {name} | safe }}}}")  # fmt: skip
    return None


_HANDLEBARS = (
    (re.compile(r"[-~\s]*#\s*(?:if)\s+([^}]*)"), "{{% if {0} %}}...{{% endif %}}"),
    (re.compile(r"[-~\s]*#\s*(?:unless)\s+([^}]*)"), "{{% if not {0} %}}...{{% endif %}}"),
    (re.compile(r"[-~\s]*#\s*(?:each)\s+([^}]*)"), "{{% for item in {0} %}}...{{% endfor %}}"),
    (re.compile(r"[-~\s]*#\s*(?:with)\s+([^}]*)"), "{{% with item = {0} %}}...{{% endwith %}}"),
    (re.compile(r"[-~\s]*[#^]\s*(\w[\w.]*)"), "{{% if {0} %}}...{{% endif %}}"),
    (re.compile(r"[-~\s]*/\s*(?:if|unless)\b()"), "{{% endif %}}"),
    (re.compile(r"[-~\s]*/\s*(?:each)\b()"), "{{% endfor %}}"),
    (re.compile(r"[-~\s]*/\s*(\w+)"), "{{% endif %}} or {{% endfor %}}"),
    (re.compile(r"[-~\s]*>\s*[\"']?([\w./-]+)"), "{{% include '{0}' %}}"),
    (re.compile(r"[-~\s]*&\s*([\w.]+)"), "{{{{ {0} | safe }}}}"),
    (re.compile(r"[-~\s]*!--?\s*(.*?)\s*(?:--)?\}\}"), "{{# {0} #}}"),
    (re.compile(r"[-~\s]*!\s([^}]*?)\s*\}\}"), "{{# {0} #}}"),
    (re.compile(r"[-~\s]*else\s+if\s+([^}]*)"), "{{% elif {0} %}}"),
    (re.compile(r"[-~\s]*=\s*([^}]*)"), "{{{{ {0} }}}}"),
)


def _of_handlebars(source: str, start: int, kind: str, inside: str, offset: int, problem: str) -> Slip | None:
    if kind != "{{":
        return None
    for pattern, right in _HANDLEBARS:
        match = pattern.match(inside)
        if match is not None:
            sign = len(match[0]) - len(match[0].lstrip("-~ \n"))
            word = re.match(r"\S\s*\w*", match[0].lstrip("-~ \n"))
            sign_ = word[0] if word is not None else match[0]
            return Slip(start + 2 + sign, len(sign_), f"'{sign_}' is not template markup",
                        "write " + right.format(match[1].strip()))  # fmt: skip
    return None


def _unclosed(source: str, start: int, kind: str, inside: str, offset: int, problem: str) -> Slip | None:
    closing, other_closing = ("}}", "%}") if kind == "{{" else ("%}", "}}")
    ends, other_end = inside.find(closing), inside.find(other_closing)
    next_ = min((position for position in (inside.find("{{"), inside.find("{%")) if position >= 0), default=len(inside))
    if other_end >= 0 and other_end < next_ and (ends < 0 or other_end < ends) and offset >= start + 2 + other_end - 1:
        return Slip(
            start + 2 + other_end,
            2,
            f"'{kind}' is closed by '{closing}', not by '{other_closing}'",
            f"write '{closing}'",
        )
    if ends < 0 or next_ < ends:
        single = re.match(r"[^{}%\n]*?([}%])(?![}%])", inside)
        at = start + 2 + single.start(1) if single is not None and kind == "{{" else start
        return Slip(at, 1 if at != start else 2, f"this '{kind}' is not closed" if at == start else
                    f"one brace does not close '{kind}'", f"close it with '{closing}'")  # fmt: skip
    if problem.startswith("Unexpected end of template") or "end of template" in problem:
        return _unclosed_block(source)
    return None


_OPENS = {"if": "endif", "for": "endfor", "block": "endblock", "macro": "endmacro", "with": "endwith",
          "filter": "endfilter", "call": "endcall", "set": "endset"}  # fmt: skip


def _unclosed_block(source: str) -> Slip | None:
    opened: list[re.Match[str]] = []
    for match in re.finditer(r"\{%[-+]?\s*(\w+)([^%]*(?:%(?!\})[^%]*)*)%\}", source):
        word = match[1]
        if word in _OPENS and not (word == "set" and re.match(r"[^=]*(?<![=!<>])=(?!=)", match[2])):
            opened.append(match)
        elif word in _OPENS.values() and opened:
            opened.pop()
    if not opened:
        return None
    last = opened[-1]
    return Slip(last.start(), len(last[0]), f"'{{% {last[1]} %}}' is not closed",
                f"write '{{% {_OPENS[last[1]]} %}}' where it ends")  # fmt: skip


def _tag(source: str, start: int, kind: str, inside: str, offset: int, problem: str) -> Slip | None:
    if kind != "{%":
        return None
    unknown = re.match(r"Encountered unknown tag '(\w+)'", problem)
    first = re.match(r"[-+\s]*(\w+)", inside)
    if first is None:
        return None
    at, word = start + 2 + first.start(1), first[1]
    if word == "else" and (also := re.match(r"\s+if\s+(.*?)\s*-?%\}", inside[first.end() :])):
        return Slip(at, len("else if"), "'else if' is not a tag here", f"write {{% elif {also[1]} %}}")
    if unknown is not None and word in TAGS:
        return Slip(at, len(word), f"'{word}' is not a template tag", f"write {TAGS[word]}")
    if unknown is not None and word.startswith("end"):
        possible = re.search(r"looking for the following tags: (.*?)\. ", problem)
        hint = f"allowed here: {possible[1]}" if possible is not None else "no block is open here: remove it"
        return Slip(at, len(word), f"'{{% {word} %}}' closes no open block", hint)
    if unknown is not None:
        return Slip(at, len(word), f"'{word}' is not a template tag",
                    "tags are if, elif, else, for, set, include, extends, block, with, macro")  # fmt: skip
    sign = source[offset : offset + 1]
    if sign == "=" and word in ("if", "elif") and source[offset : offset + 2] != "==":
        return Slip(offset, 1, "'=' does not compare", "write '==' to compare")
    return None


def _filter_values(source: str, start: int, kind: str, inside: str, offset: int, problem: str) -> Slip | None:
    """`| default: 'there'`: values of a filter after a ':'."""
    if source[offset : offset + 1] != ":":
        return None
    before = re.search(r"\|\s*(\w+)\s*$", source[:offset])
    if before is None:
        return None
    values = re.match(r":\s*((?:'[^']*'|\"[^\"]*\"|[^|}%])*)", source[offset:])
    arguments = values[1].strip() if values is not None else ""
    name = before[1]
    right = FILTERS.get(name)
    hint = f"write {name}({arguments})" if right is None else to_write(right)
    return Slip(offset, 1, f"write the values of a filter in brackets: {name}(...)", hint)


_SIGNS = {
    "&&": "write 'and'", "||": "write 'or'", "!": "write 'not'", "??": "write | default('...', true)",
    "?.": "write a '.': a missing value is none, and causes no error", "?": "write {{ value if condition else other }}",
    ";": "remove it", "$": "write names without '$'", "@": "write names without '@'",
    "`": "write a text between ' or \"",
    "=>": "write '>='", "->": "write a '.'", "===": "write '=='", "!==": "write '!='", "<>": "write '!='",
    "\\": "write quotes within a tag without '\\\\'",
}  # fmt: skip
_CURLY = "‘’‚“”„«»´"
_WORDS = {"contains": "'x' in value", "AND": "and", "OR": "or", "NOT": "not", "eq": "==", "ne": "!=", "gt": ">",
          "lt": "<", "gte": ">=", "lte": "<=", "equals": "=="}  # fmt: skip


def _sign(source: str, start: int, kind: str, inside: str, offset: int, problem: str) -> Slip | None:
    following = source[offset:]
    if following[:1] in _CURLY and following:
        return Slip(offset, 1, f"{following[0]} is not a quote in a template",
                    "word processors bend quotes: write ' or \"")  # fmt: skip
    if following[:1] in ("'", '"'):
        return Slip(offset, 1, "a quoted text is not closed", "a text needs a quote at both ends")
    before = source[max(offset - 1, 0) : offset]
    for sign in sorted(_SIGNS, key=len, reverse=True):
        for at in (offset, offset - 1) if len(sign) > 1 else (offset,):
            if at > start + 1 and source.startswith(sign, at):
                return Slip(at, len(sign), f"'{sign}' has no meaning in a template", _SIGNS[sign])
    word = re.match(r"\w+", following)
    if word is not None and word[0] in _WORDS:
        return Slip(offset, len(word[0]), f"'{word[0]}' is not an operator here", f"write {_WORDS[word[0]]}")
    if following[:1] == "=" and before != "=" and kind == "{{":
        return Slip(
            offset, 1, "'=' has no meaning here", "write '==' to compare, {% set name = value %} to keep a value"
        )
    return None

"""The copy of a mail that is printed: the same content, in a tree that no mark of the mail can end."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from scenario_cli.reports.preview.paper import paper_copy
from tests.rows import rows


def content(html: str) -> str:
    """The content of the copy's body."""
    return str(paper_copy(html)).partition('<div class="body"')[2].removesuffix("</div></template>")


@rows(
    ("html", "expected"),
    [
        ("<p>Hello &amp; welcome", "><p>Hello &amp; welcome"),
        ('<body bgcolor="#eee" class="x"><p>a</body>', ' bgcolor="#eee"><p>a'),
        ('<table width=600><tr><td style="color: red">a</table>',
         '><table width="600"><tr><td style="color: red">a</table>'),
        ('<img src="https://a.example/x.png" alt="A &quot;b&quot;">',
         '><img src="https://a.example/x.png" alt="A &#34;b&#34;">'),
        ("a<br/>b<hr />c", ">a<br>b<hr>c"),
        # A click in a PDF is one too.
        ('<a href="https://a.example/unsubscribe" onclick="go()">Bye</a>', "><a>Bye</a>"),
        ("<script>go()</script><noscript>a</noscript><form action=x><input name=q>b</form>", ">ab"),
        ("<svg><style>x</style><p>a</p></svg>b<svg/>c", ">bc"),
        ("<!--[if mso]><p>Outlook</p><![endif]--><![if !mso]><p>others</p><![endif]>", "><p>others</p>"),
        ("</template></div></body>a<template>b</template>", "></div>a"),
        ("<title>b</title>a<textarea>c", ">a"),
        ("<plaintext>a", ">a"),
    ],
)  # fmt: skip
def test_a_copy_has_the_content_and_nothing_that_runs_or_leads_on(html: str, expected: str) -> None:
    assert content(html) == expected


@rows(
    ("style", "expected"),
    [
        ("body { margin: 0 } .body-text, body.x p { top: 0 }", ".body { margin: 0 } .body-text, .body.x p { top: 0 }"),
        ("@media (width <= 600px) { p { margin: 0 } }", "@media (width <= 600px) { p { margin: 0 } }"),
        ("a::after { content: '</p>' }", "a::after { content: '<\\/p>' }"),
    ],
)  # fmt: skip
def test_the_styles_of_a_mail_hold_for_its_copy(style: str, expected: str) -> None:
    copy = str(paper_copy(f"<head><style type='text/css'>{style}</style></head><p>a"))
    assert expected in copy.partition("</style>")[0]


class _Marks(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.opened: list[str] = []
        self.closed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.closed.append(tag)


@given(st.lists(st.sampled_from([
    "<", ">", "</", "/>", '"', "'", "=", " ", "p", "template", "style", "script", "svg", "!--", "-->", "![CDATA[",
    "]]>", "onload", "href", "body", "&lt;", "a", "\n",
]), max_size=30).map("".join))  # fmt: skip
def test_no_mail_ends_its_tree_or_opens_another(html: str) -> None:
    copy = str(paper_copy(html))
    marks = _Marks()
    marks.feed(copy)
    marks.close()
    for tag in ("template", "style"):
        assert (marks.opened.count(tag), copy.count(f"</{tag}>"), copy.count(f"<{tag}")) == (1, 1, 1), tag
    assert not {"script", "svg"} & set(marks.opened)
    assert copy.endswith("</div></template>")

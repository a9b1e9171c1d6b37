"""HTML as text for a terminal."""

from __future__ import annotations

from scenario_cli.reports.html_text import html_text
from tests.rows import rows


@rows(
    ("html", "lines"),
    [
        ("<p>One\n  two</p><p>three</p>", ["One two", "", "three"]),
        ("<head><title>No</title><style>p {}</style></head><body>Yes<script>no()</script></body>", ["Yes"]),
        ("<ul><li>a</li><li>b</li></ul>after", ["• a", "• b", "", "after"]),
        ('Go <a href="https://example.com/">there</a>.', ["Go there <https://example.com/>."]),
        ("<table><tr><td>Oak</td><td>€5</td></tr><tr><td>Sum</td><td>€5</td></tr></table>", ["Oak €5", "Sum €5"]),
        ("a &amp; b &lt;c&gt;&nbsp;d<br>e", ["a & b <c> d", "e"]),
        ('<img src="x" alt="A lamp"> unclosed <b>bold', ["[A lamp] unclosed bold"]),
        ("", []),
    ],
)
def test_html_becomes_lines(html: str, lines: list[str]) -> None:
    assert html_text(html) == lines

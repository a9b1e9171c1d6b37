"""docs/rules.md agrees with the rules, and has every code that the tool can give."""

from __future__ import annotations

import re

from scenario_cli.language.rules import RULES
from scenario_cli.language.rules.others import OTHERS
from scenario_cli.language.rules.support.rule import Rule
from scenario_cli.language.rules.support.severities import OTHER_WARNINGS
from tests.docs.pages import ROOT
from tests.docs.rules_page import example_findings, faulty_of, first_finding, page
from tests.rows import rows

_CODE = re.compile(r'"((?:YAML|SCH|REF|EXP|FLOW|TIME|MSG|DATA|POL|SEND|CRM|IGN)\d{3})"')


def test_the_page_is_up_to_date() -> None:
    written = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert written == page(), "out of date: run `python -m tests.docs.rules_page > docs/rules.md`"


def test_every_rule_and_every_other_code_is_on_the_page() -> None:
    codes = {
        code
        for file in (ROOT / "scenario_cli").rglob("*.py")
        for code in _CODE.findall(file.read_text(encoding="utf-8"))
    }
    documents = [rule.code for rule in (*RULES, *OTHERS)]
    assert len(documents) == len(set(documents))
    assert codes == set(documents)


def test_the_page_lists_all_warnings_outside_the_rules() -> None:
    assert {other.code for other in OTHERS if other.severity != "error"} == {*OTHER_WARNINGS}


@rows("document", OTHERS, ids=lambda document: document.code)
def test_the_example_of_a_document_has_its_fault_and_the_same_in_order_has_not(document: Rule) -> None:
    assert first_finding(faulty_of(document), document.code).severity == document.severity
    assert document.code not in {finding.code for finding in example_findings(document.instead or "")}

"""docs/rules.md says what the rules say, and knows every code that the tool can give."""

from __future__ import annotations

import re

from scenario_cli.language.rules import RULES
from scenario_cli.language.rules.support.severities import OTHER_WARNINGS
from tests.docs.pages import ROOT
from tests.docs.rules_page import OTHERS, found, page

_CODE = re.compile(r'"((?:YAML|SCH|REF|EXP|FLOW|TIME|MSG|DATA|POL|CRM|IGN)\d{3})"')


def test_the_page_is_up_to_date() -> None:
    written = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert written == page(), "out of date: run `python -m tests.docs.rules_page > docs/rules.md`"


def test_every_rule_and_every_other_code_is_on_the_page() -> None:
    given = {
        code
        for file in (ROOT / "scenario_cli").rglob("*.py")
        for code in _CODE.findall(file.read_text(encoding="utf-8"))
    }
    assert given == {*(rule.code for rule in RULES), *OTHERS}


def test_the_warnings_that_are_no_rules_are_known_to_whoever_grades_them() -> None:
    assert {code for code, (_, faulty) in OTHERS.items() if found(faulty, code).severity != "error"} == {
        *OTHER_WARNINGS
    }

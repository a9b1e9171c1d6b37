"""A year with Vanneau Pro: it begins, payments fail and are made good, surveys are answered, it is renewed or not."""

from __future__ import annotations

from tests.sample.diary import Diary


def tell(diary: Diary) -> None:
    return

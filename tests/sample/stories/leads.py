"""What leads of Vanneau Pro do: look around, download, try it, bring their clients in, assess themselves."""

from __future__ import annotations

from tests.sample.diary import Diary


def tell(diary: Diary) -> None:
    return

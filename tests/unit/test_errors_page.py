from __future__ import annotations

from tests.helpers.errors_page import PAGE, page


def test_page_of_the_docs_lists_what_the_catalogues_say() -> None:
    written = PAGE.read_text("utf-8")
    assert written == page(), "out of date: run `python -m tests.helpers.errors_page`"

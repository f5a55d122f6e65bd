"""The reference pages say what the template does."""

import pytest
from mlops_ladder.reference import pages
from mlops_ladder.render import Rendering
from support import ROOT


@pytest.mark.parametrize("page", ["questions.md", "levels.md"])
def test_a_page_is_up_to_date(rendering: Rendering, page: str) -> None:
    written = (ROOT / "docs" / "reference" / page).read_text(encoding="utf-8")

    assert written == pages(rendering)[page], "run `uv run python -m mlops_ladder.reference`"

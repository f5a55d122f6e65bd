"""The reference pages say what the template does."""

import pytest
from mlops_ladder import dataset_keys
from mlops_ladder.reference import pages
from mlops_ladder.render import Rendering
from support import ROOT

PAGES = [
    "docs/reference/questions.md",
    "docs/reference/levels.md",
    "template/{{ beginner }}/docs/reference/dataset-file.md",
]


@pytest.fixture(scope="module")
def written(rendering: Rendering) -> dict[str, str]:
    """Return the text of each page as it should be."""
    return pages(rendering)


def test_these_are_the_pages(written: dict[str, str]) -> None:
    assert [*written] == PAGES


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_up_to_date(written: dict[str, str], page: str) -> None:
    found = (ROOT / page).read_text(encoding="utf-8")

    assert found == written[page], "run `uv run python -m mlops_ladder.reference`"


def test_every_key_of_the_dataset_file_says_what_it_means(rendering: Rendering) -> None:
    keys = dataset_keys.read(rendering)["properties"]

    assert [key for key, details in keys.items() if not details.get("description")] == []

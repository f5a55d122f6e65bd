"""Every tutorial works as it is written: its commands run in order, and print what it shows.

In a tutorial, a fence of ```sh is run, one of ```text is what the commands above it print, and one
of ```console is shown only.
"""

import re
from pathlib import Path

import pytest
from newcomer import arrive
from support import ROOT

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FRAME = re.compile(r"[\u2500-\u257f]+")  # of tables, with more or less room in the cells
VARYING = re.compile(r"\b[0-9a-f]{7,}\b|[-+]?\b\d[\d.,]*(e-?\d+)?\b")  # ids and numbers


def steps(page: str) -> list[tuple[str, list[str]]]:
    """Return the commands of each ```sh fence of `page`, and the lines it shows of their output."""
    found: list[tuple[str, list[str]]] = []
    for kind, content in FENCE.findall(page):
        if kind == "sh":
            found.append((content, []))
        if kind == "text":
            found[-1][1].extend(line for line in content.splitlines() if line.strip(" …"))
    return found


def plain(text: str) -> str:
    """Return `text` without what differs from one machine or one minute to the next."""
    return VARYING.sub("#", " ".join(FRAME.sub(" ", text).split()))


@pytest.mark.projects
@pytest.mark.parametrize(
    "tutorial", sorted((ROOT / "docs" / "tutorials").glob("*.md")), ids=lambda path: path.stem
)
def test_a_tutorial_works_as_it_is_written(tutorial: Path, template: Path, tmp_path: Path) -> None:
    newcomer = arrive(template, tmp_path)
    for commands, shown in steps(tutorial.read_text()):
        printed = [plain(line) for line in newcomer.type(commands).splitlines()]

        missing = [line for line in shown if not any(plain(line) in each for each in printed)]
        assert missing == [], f"{commands}prints no such lines"


def test_fences_are_commands_and_what_they_print() -> None:
    page = "```sh\ncd /\npwd\n```\nPrints\n```text\n/\n…\n```\nthen\n```console\n$ x\n```\n"

    assert steps(page) == [("cd /\npwd\n", ["/"])]


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("│ roc_auc │ 0.6148 │", "│ roc_auc           │  0.61479 │"),
        ("│ log_loss │ -0.001461 │", "│ log_loss │ 0.002 │"),
        ("Run b6bbbc8f8030458c, version 1.", "Run 6dda1a91eaf245d4, version 27."),
    ],
)
def test_numbers_and_widths_may_differ(shown: str, printed: str) -> None:
    assert plain(shown) == plain(printed)


@pytest.mark.parametrize("printed", ["│ recall │ 0.6148 │", "│ roc_auc │ – │"])
def test_names_may_not_differ(printed: str) -> None:
    assert plain("│ roc_auc │ 0.6148 │") != plain(printed)

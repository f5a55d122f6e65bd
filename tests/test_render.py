"""Every combination of answers is a project: complete, legal everywhere, and what Copier writes."""

import re
from pathlib import Path

import copier
import pytest
from mlops_ladder.cover import pairwise
from mlops_ladder.questions import Questions
from mlops_ladder.render import Rendering
from support import COPIER_YML, LEVELS, Tested, copied, differing

PROMISED = {"LICENSE", "README.md", "justfile", "pyproject.toml", "tasks/environment.just"}
ILLEGAL_ON_WINDOWS = re.compile(
    r"""["'<>:|?*\\\x00-\x1f]|[. ](/|$)|(^|/)(aux|con|nul|prn|com\d|lpt\d)([./]|$)""", re.IGNORECASE
)
# just, GitHub, Helm and Python have braces of their own, but no names of copier.yml in them
NAMES = "|".join(name for name in COPIER_YML if not name.startswith("_"))
LEFT_OF_JINJA = re.compile(rf"\{{%|(?<!\$)\{{#|(?<!\$)\{{\{{-?\s*(_copier\w*|{NAMES})\b".encode())


def test_copier_asks_for_no_trust() -> None:
    assert COPIER_YML.keys().isdisjoint({"_tasks", "_migrations", "_jinja_extensions"})


@pytest.mark.parametrize("level", LEVELS)
def test_every_combination_is_a_project(
    questions: Questions, rendering: Rendering, tested: Tested, level: str
) -> None:
    rows = list(questions.every(level))
    tested("combinations composed", map(str, rows), len(list(questions.every())))

    assert [row.answers for row in rows if not PROMISED <= rendering.shared(row).keys()] == []


@pytest.mark.parametrize("level", LEVELS)
def test_every_answer_makes_a_difference(
    questions: Questions, rendering: Rendering, level: str
) -> None:
    default = questions.complete({"level": level})
    files = rendering.shared(default)

    like_it = (row for row in questions.every(level) if rendering.shared(row) == files)

    assert [row.answers.items() - default.answers.items() for row in like_it] == [set()]


@pytest.mark.parametrize("level", LEVELS)
def test_a_composed_project_is_what_copier_writes(
    questions: Questions, rendering: Rendering, tmp_path: Path, level: str
) -> None:
    rows = pairwise(questions, level)

    written = [copied(questions, tmp_path / str(n), row.answers) for n, row in enumerate(rows)]

    pairs = zip([project.files() for project in written], map(rendering.compose, rows))
    assert [differing(one, other) for one, other in pairs if one != other] == []


@pytest.mark.parametrize("packaging", COPIER_YML["packaging"]["choices"].values())
def test_copier_says_what_comes_next(
    questions: Questions, tmp_path: Path, capsys: pytest.CaptureFixture[str], packaging: str
) -> None:
    path, data = tmp_path / "my project", {"packaging": packaging}

    copier.run_copy(questions.source, path, data=data, vcs_ref="HEAD", defaults=True)

    said = capsys.readouterr().err
    assert f"    cd '{path}'\n" in said
    assert f"    {questions.complete(data).values['just']} setup" in said


def test_nothing_is_left_of_jinja(rendered: list[tuple[str, bytes]]) -> None:
    assert [path for path, content in rendered if LEFT_OF_JINJA.search(content)] == []


@pytest.mark.parametrize(
    ("content", "left"),
    [
        (b"# {{ project_name }}", True),
        (b"{{-package_name|upper}}", True),
        (b"{{ _copier_answers }}", True),
        (b"{% if example %}", True),
        (b"{# why #}", True),
        (b"just: {{ run }} pytest", False),
        (b"GitHub: ${{ github.ref }}, ${{ license }}", False),
        (b"Helm: {{ .Values.license }}", False),
        (b"Python: body {{ margin: 0 }}", False),
        (b"Shell: ${#words}", False),
    ],
)
def test_what_is_left_of_jinja_is_told_from_other_braces(content: bytes, left: bool) -> None:
    assert bool(LEFT_OF_JINJA.search(content)) == left


def test_every_name_is_legal_on_windows(template: Path, rendered: list[tuple[str, bytes]]) -> None:
    sources = [path.relative_to(template).as_posix() for path in template.rglob("template/**/*")]
    targets = [path for path, _ in rendered]

    assert [path for path in [*sources, *targets] if ILLEGAL_ON_WINDOWS.search(path)] == []


@pytest.mark.parametrize("level", LEVELS)
def test_no_two_names_differ_by_case_alone(
    questions: Questions, rendering: Rendering, level: str
) -> None:
    projects = map(rendering.shared, questions.every(level))

    assert all(len(files) == len({path.casefold() for path in files}) for files in projects)

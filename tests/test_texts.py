"""What a person types arrives in the project unharmed, whatever characters it is made of."""

import ast
import json
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from mlops_ladder.combination import Answers, Combination
from mlops_ladder.questions import Questions
from mlops_ladder.render import Rendering
from support import LEVELS, refusal

UNICODE = """Zoë's "Späti" Éclairs"""
MARKUP = """C#: 'x' & "50 %", *y* | $HOME - [1]!"""
TEXTS: dict[str, Answers] = {
    "plain": {},
    "longest": {
        "project_name": "W" * 40,
        "package_name": "w" * 40,
        "description": "W" * 400,
        "author_name": "W" * 100,
        "author_email": f"{'w' * 60}@example.org",
    },
    "unicode": {"project_name": UNICODE, "description": UNICODE, "author_name": UNICODE},
    "markup": {"project_name": MARKUP, "description": MARKUP, "author_name": MARKUP},
}
SIGNS = st.sampled_from("""\"'`#:&*|>%@!?,[]~=$-\t\x7f\x85\u2028\ufeff\ufffe""")
ANY = st.tuples(
    st.sampled_from("aÉ7\"'"),
    st.text(SIGNS | st.characters(), max_size=2),
    st.sampled_from("z.'\""),
).map("".join)
PARSERS: dict[str, Callable[[str], object]] = {
    ".json": json.loads,
    ".py": ast.parse,
    ".toml": tomllib.loads,
    ".yaml": lambda text: list(yaml.safe_load_all(text)),
    ".yml": lambda text: list(yaml.safe_load_all(text)),
}


def unparsable(files: dict[str, bytes]) -> list[str]:
    """Return what is wrong with each file that its parser refuses."""
    errors = []
    for path, content in files.items():
        try:
            PARSERS.get(PurePosixPath(path).suffix, str)(content.decode())
        except (SyntaxError, ValueError, yaml.YAMLError) as error:
            errors.append(f"{path}: {error}")
    return errors


@pytest.fixture(params=LEVELS)
def level(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=TEXTS)
def typed(request: pytest.FixtureRequest, questions: Questions, level: str) -> Combination:
    return questions.complete({"level": level, **TEXTS[request.param]})


def test_every_file_parses(rendering: Rendering, typed: Combination) -> None:
    assert unparsable(rendering.compose(typed)) == []


def test_the_texts_stand_in_pyproject(rendering: Rendering, typed: Combination) -> None:
    project = tomllib.loads(rendering.shared(typed)["pyproject.toml"].decode())["project"]

    author = {"name": typed.values["author_name"], "email": typed.values["author_email"]}
    assert project["description"] == typed.values["description"]
    assert project["authors"] == [author]
    assert project["name"] == typed.values["command"]


def test_the_answers_stand_in_the_answers_file(rendering: Rendering, typed: Combination) -> None:
    stored: dict[str, Any] = yaml.safe_load(rendering.compose(typed)[".copier-answers.yml"])

    assert stored.keys() - typed.answers.keys() == {"_commit", "_src_path"}
    assert stored.items() >= typed.answers.items()


def test_the_readme_opens_with_the_name(rendering: Rendering, typed: Combination) -> None:
    readme = rendering.shared(typed)["README.md"].decode()

    assert readme.startswith(f"# {typed.values['project_name']}\n")


def test_just_reads_its_file(rendering: Rendering, typed: Combination, tmp_path: Path) -> None:
    for path, content in rendering.shared(typed).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)

    recipes = subprocess.run(["just", "--summary"], cwd=tmp_path, check=True, capture_output=True)

    assert b"train" in recipes.stdout


@given(st.fixed_dictionaries(dict.fromkeys(["project_name", "description", "author_name"], ANY)))
def test_any_text_that_copier_takes_gives_files_that_parse(
    questions: Questions, rendering: Rendering, typed: dict[str, str]
) -> None:
    taken = {name: text for name, text in typed.items() if not refusal(questions, name, text)}
    default = rendering.shared(questions.complete({}))

    files = rendering.shared(questions.complete({"package_name": "late_flights", **taken}))

    assert unparsable(dict(files.items() - default.items())) == []

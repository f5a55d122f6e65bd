"""The generated dataset file counts as untouched, so that `describe` may replace it."""

from importlib import import_module
from pathlib import Path

import pytest
from mlops_ladder.questions import Questions
from mlops_ladder.render import Rendering


@pytest.mark.parametrize("example", ["flights", "none"])
def test_describe_may_replace_the_generated_dataset_file(
    questions: Questions,
    rendering: Rendering,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    example: str,
) -> None:
    answers = {"example": example, "package_name": f"stamped_{example}"}
    for path, text in rendering.shared(questions.complete(answers)).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(text)
    monkeypatch.syspath_prepend(tmp_path / "src")

    dataset_file = import_module(f"stamped_{example}.data.dataset_file")

    assert dataset_file.untouched(tmp_path / "config" / "dataset.yaml")

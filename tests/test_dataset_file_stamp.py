"""The generated dataset file counts as untouched, so that `describe` may replace it."""

from pathlib import Path

import packages
import pytest
from mlops_ladder.questions import Questions
from mlops_ladder.render import Rendering


@pytest.mark.parametrize("example", ["flights", "none"])
def test_describe_may_replace_the_generated_dataset_file(
    questions: Questions, rendering: Rendering, tmp_path: Path, example: str
) -> None:
    answers = {"example": example, "package_name": f"stamped_{example}"}
    load = packages.rendered(questions, rendering, tmp_path, **answers)

    assert load("data.dataset_file").untouched(tmp_path / "config" / "dataset.yaml")

"""Data, table and model have versions by DVC: in a folder, and in a bucket of a real server."""

import json
import re
import signal
import subprocess
from collections.abc import Iterator

import pytest
from buckets import KEY, SECRET, Server
from conftest import Start
from elsewhere import Elsewhere
from mlops_ladder.questions import Questions
from newcomer import Newcomer
from processes import heard, tell
from support import Project

pytestmark = pytest.mark.projects

KEYS = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
VERSIONED = re.compile("data/(raw|processed)/|models/(latest|plots)/")
NOBODY = "http://127.0.0.1:1"
STAGES = ["etl", "validate", "train"]
LEFT = "ls -d data/processed/* reports/*/* models/*; git status --porcelain -- models *.lock"
CHAINS = {
    "commands": "just etl && just validate && just train",
    "repro": "just repro",
    "pipeline": "just pipeline training",
}


@pytest.fixture(scope="module")
def project(start: Start, questions: Questions) -> Newcomer:
    """Return who has a small intermediate project, and two versions of its data by its how-to."""
    newcomer = start(questions, level="intermediate")
    newcomer.type("git add --all && git commit --quiet --allow-empty --message edits")
    follow(newcomer, "From data to a model")
    follow(newcomer, "Another version")
    return newcomer


@pytest.fixture(scope="module")
def clone(project: Newcomer) -> Newcomer:
    """Return who stands in a clone beside the project, and has its data by the how-to."""
    newcomer = Newcomer(project.machine, project.place)
    follow(newcomer, "On another machine")
    return newcomer


@pytest.fixture
def spoilt(project: Newcomer) -> Iterator[Newcomer]:
    """Give the project to spoil, and mend it afterwards."""
    yield project
    project.type("git reset --quiet --hard")
    just(project, "dvc checkout --quiet --force")


def just(newcomer: Newcomer, command: str) -> str:
    """Return what a recipe prints."""
    return newcomer.type(f".venv/bin/just {command}")


def refused(newcomer: Newcomer, command: str) -> str:
    """Return what a recipe prints that fails."""
    return newcomer.fail(f".venv/bin/just {command}")


def follow(newcomer: Newcomer, heading: str) -> str:
    """Return what the commands of the how-to print, below one of its headings."""
    return newcomer.follow(newcomer.how_to("version-the-data.md", heading))


def stages(said: str) -> list[str]:
    """Return the stages that have run."""
    return re.findall("Running stage '(.*)'", said)


def versioned(newcomer: Newcomer) -> dict[str, bytes]:
    """Return the files that DVC has versions of."""
    files = Project(newcomer.place).files()
    return {name: files[name] for name in files if VERSIONED.match(name)}


def forget(newcomer: Newcomer) -> None:
    """Remove the data and every version of it from this machine, but for the remote."""
    newcomer.type("rm -rf .dvc/cache data/raw data/processed models/latest models/plots")


def test_the_pipeline_runs_from_clean_and_again_has_nothing_to_do(
    spoilt: Newcomer, elsewhere: Elsewhere
) -> None:
    spoilt.type("rm -rf dvc.lock data/processed models")

    said = spoilt.type(f"{elsewhere.listen()}.venv/bin/just repro --no-run-cache")

    assert stages(said) == STAGES
    assert elsewhere.asked() == []
    assert stages(just(spoilt, "repro")) == []


def test_what_depends_on_a_setting_runs_again_and_nothing_else(spoilt: Newcomer) -> None:
    spoilt.type("sed -i.old 's/folds: 2/folds: 3/' config/training.yaml")

    assert stages(just(spoilt, "repro")) == STAGES[1:]


@pytest.fixture(scope="module")
def left(project: Newcomer) -> dict[str, str]:
    """Return what each way from the data to a model leaves behind, and what repro then does."""
    found = {}
    for chain, commands in CHAINS.items():
        project.type("git rm -rq --cached dvc.lock models; rm -rf dvc.lock data/processed models")
        project.follow(commands)
        found[chain] = project.type(LEFT) + just(project, "repro")
        project.type("git reset --quiet --hard")
    just(project, "dvc checkout --quiet --force")
    return found


@pytest.mark.parametrize("chain", ["commands", "pipeline"])
def test_every_way_to_a_model_leaves_the_same_behind(left: dict[str, str], chain: str) -> None:
    assert stages(left[chain]) == []
    assert left[chain] == left["repro"]


def test_a_command_with_an_option_is_not_that_of_its_stage(spoilt: Newcomer) -> None:
    spoilt.type("sed -i.old 's/folds: 2/folds: 3/' config/training.yaml")

    just(spoilt, "train --json")

    assert stages(just(spoilt, "repro")) == STAGES[1:]


def test_the_metrics_are_a_handful(project: Newcomer) -> None:
    shown = json.loads(just(project, "dvc metrics show --json"))[""]["data"]["models/metrics.json"]

    assert [*shown["data"]["holdout"]] == ["roc_auc"]


def test_metrics_and_plots_of_two_versions_stand_beside_each_other(project: Newcomer) -> None:
    metrics = just(project, "dvc metrics diff HEAD~2")
    just(project, "dvc plots diff HEAD~2 --out compared")

    assert "roc_auc" in metrics
    page = (project.place / "compared" / "index.html").read_text()
    assert page.count("<img") > 1
    project.type("rm -r compared")


def test_a_run_of_the_tests_is_no_change_of_the_code(spoilt: Newcomer) -> None:
    spoilt.type("touch src/late_flights/etl/__pycache__/other.pyc")

    assert stages(just(spoilt, "repro")) == []


@pytest.mark.parametrize(
    ("change", "file", "ran"),
    [
        ("s/weather.temp/weather.tmp/", "table.sql", ["etl"]),
        ('s/"max_value": 3000$/"max_value": 1000/', "expectations.json", ["validate"]),
    ],
    ids=["etl", "validate"],
)
def test_a_stage_that_fails_leaves_what_was_made_before(
    spoilt: Newcomer, change: str, file: str, ran: list[str]
) -> None:
    before = versioned(spoilt)
    spoilt.type(f"sed -i.old '{change}' config/{file}")

    said = [refused(spoilt, "repro") for _ in range(2)]

    assert [stages(each) for each in said] == [ran, ran]
    assert f"failed to run: late-flights {ran[0]}" in said[1]
    assert versioned(spoilt) == before


def test_a_clone_has_the_same_bytes_and_nothing_to_do(project: Newcomer, clone: Newcomer) -> None:
    assert clone.place != project.place
    assert versioned(clone) == versioned(project)
    assert stages(just(clone, "repro")) == []


def test_a_clone_predicts_by_the_model_that_it_has_pulled(clone: Newcomer) -> None:
    said = just(clone, "predict data/processed/table.parquet --output answers.csv")

    assert "predictions by" in said
    assert "/models/latest: " in said


def test_an_older_commit_has_its_own_data(project: Newcomer) -> None:
    now = versioned(project)["data/raw/flights.csv"]

    said = follow(project, "Back to an older one")

    assert stages(said) == []
    assert versioned(project)["data/raw/flights.csv"] == now
    just(project, "dvc get --quiet --rev HEAD~2 . data/raw/flights.csv --out older.csv")
    older = (project.place / "older.csv").read_bytes()
    assert older.startswith(now) and older != now


def test_a_step_of_the_roadmap_is_done_by_models_of_two_versions(project: Newcomer) -> None:
    said = just(project, "roadmap --json")

    assert '"evidence": "models of 2 versions"' in said


def test_git_has_pointers_and_no_data(project: Newcomer) -> None:
    files = project.type("git ls-files data models").split()

    assert sorted(files) == [
        *("data/.gitignore", "data/README.md", "data/raw.dvc"),
        *("models/.gitignore", "models/metrics.json"),
    ]


def test_data_that_is_elsewhere_is_fetched_as_the_message_says(clone: Newcomer) -> None:
    before = versioned(clone)
    forget(clone)

    said = refused(clone, "etl")

    assert said.splitlines()[-1].endswith("flights.csv: no such file; `just pull-data` fetches it")
    just(clone, "pull-data")
    assert versioned(clone) == before


def test_a_remote_that_is_not_there_is_an_error(clone: Newcomer) -> None:
    before = versioned(clone)
    just(clone, "dvc remote modify --local storage url ../../nowhere")
    forget(clone)

    assert "Missing cache files" in refused(clone, "pull-data")

    clone.type("rm .dvc/config.local")
    just(clone, "pull-data")
    assert versioned(clone) == before


def test_after_a_training_that_was_killed_the_next_one_starts_clean(spoilt: Newcomer) -> None:
    before = versioned(spoilt)
    spoilt.type("sed -i.old 's/folds: 2/folds: 3/' config/training.yaml")

    with spoilt.start(".venv/bin/just repro") as process:
        heard(process, "fold 2")
        tell(process, signal.SIGKILL)

    assert versioned(spoilt) == before
    assert stages(just(spoilt, "repro")) == STAGES[2:]
    assert versioned(spoilt) != before


def test_two_runs_at_once_do_not_meet(spoilt: Newcomer) -> None:
    command = [".venv/bin/dvc", "repro", "--force", "--single-item", "train"]
    path = {"PATH": f"{spoilt.place / '.venv' / 'bin'}:/usr/bin:/bin"}
    first = subprocess.Popen(command, cwd=spoilt.place, env=path, stdout=subprocess.PIPE, text=True)
    assert first.stdout is not None
    next(line for line in first.stdout if "Running stage" in line)

    said = refused(spoilt, "repro --force --single-item train")

    assert "is busy, it is being blocked by" in said
    first.stdout.read()
    assert first.wait() == 0


def test_a_bucket_holds_the_versions_too(
    project: Newcomer, buckets: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = versioned(project)
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)

    with buckets.running("flights") as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        follow(project, "In a bucket")
        clone = Newcomer(project.machine, project.place)
        program = f"{project.place}/.venv/bin/dvc"
        clone.type(f"git clone --quiet . ../from-bucket && cd ../from-bucket && '{program}' pull")

    assert clone.place != project.place
    assert versioned(clone) == before


def test_a_server_that_is_down_is_an_error(
    project: Newcomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**KEYS, "AWS_ENDPOINT_URL": NOBODY}.items():
        monkeypatch.setenv(name, value)

    said = refused(project, "dvc push --remote bucket")

    assert "Could not connect to the endpoint" in said


def test_a_key_that_is_refused_is_an_error(
    project: Newcomer, buckets: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.type("echo another version > data/raw/more.csv && .venv/bin/just add-data")
    with buckets.running("flights") as address:
        another = {**KEYS, "AWS_SECRET_ACCESS_KEY": "another", "AWS_ENDPOINT_URL": address}
        for name, value in another.items():
            monkeypatch.setenv(name, value)

        said = refused(project, "dvc push --remote bucket")

    assert "Forbidden" in said

"""What the documentation speaks of exists: links, recipes, modules, tests and decisions."""

import fnmatch
import posixpath
import re
import subprocess
from pathlib import Path, PurePosixPath

import pytest
import yaml
from mlops_ladder.levels import added
from mlops_ladder.questions import Questions
from mlops_ladder.render import Rendering
from support import LEVELS, ROOT

Files = dict[str, bytes]

FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(rf"{FENCE.pattern}|^    [^\n]+$|`[^`\n]+`", FENCE.flags)
MADE_BY_READERS = {"room", "look.py"}  # in docs/tutorials/level-up.md, docs/roadmap/1-beginner.md
PLOTS = "reports/"  # made by `just evaluate`: docs/read-your-run.md shows them
LEARNT = "config/expectations.json"  # by `just validate`
NOT_HERE = {LEARNT, f"{LEARNT}.bak", "dags/"}  # the last one is Airflow's
LINK = re.compile(r"\]\((?![a-z]+:)([^)\s#]*)#?([^)\s]*)\)")


def pages(files: Files) -> dict[str, str]:
    """Return the pages among `files`, but for the template's own: those are judged as rendered."""
    names = [name for name in files if name.endswith(".md") and not name.startswith("template/")]
    return {name: files[name].decode() for name in names}


def anchors(page: str) -> set[str]:
    """Return the names by which links lead to `page` and to its headings."""
    titles = re.findall(r"^#+ (.+)$", FENCE.sub("", page), re.MULTILINE)
    return {"", *(re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles)}


def broken(files: Files) -> list[str]:
    """Return each page with its links that lead to no file, folder or heading among `files`."""
    known = {path: anchors(page) for path, page in pages(files).items()}
    folders = {str(folder) for path in files for folder in PurePosixPath(path).parents}
    wrong = []
    for name, page in pages(files).items():
        for path, anchor in LINK.findall(CODE.sub("", page)):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
            target = target if path else name
            if target.startswith(PLOTS):
                continue
            if target not in files.keys() | folders or anchor not in known.get(target, {""}):
                wrong.append(f"{name}: {path}#{anchor}".removesuffix("#"))
    return wrong


def recipes_named(page: str) -> set[str]:
    """Return the recipes that the code in `page` calls."""
    return set(re.findall(r"\bjust ([a-z][a-z-]*)", "\n".join(CODE.findall(page))))


@pytest.fixture(scope="session")
def repository(template: Path) -> Files:
    """Return the files of this repository."""
    paths = [path for path in template.rglob("*") if path.is_file()]
    return {path.relative_to(template).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture(params=LEVELS)
def project(request: pytest.FixtureRequest, questions: Questions, rendering: Rendering) -> Files:
    """Return the files of the default project of a level."""
    return rendering.compose(questions.complete({"level": request.param}))


def recipes(project: Files, folder: Path) -> set[str]:
    """Return the recipes of a project that people may call; what just reads goes to `folder`."""
    for name in (name for name in project if name.endswith(("justfile", ".just"))):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(project[name])
    return set(subprocess.check_output(["just", "--summary"], cwd=folder, text=True).split())


def test_every_link_of_the_repository_leads_somewhere(repository: Files) -> None:
    assert broken(repository) == []


def test_every_link_of_a_project_leads_somewhere(project: Files) -> None:
    assert broken(project) == []


@pytest.mark.parametrize(
    "link", ["other.md", "b.md#no-title", "#no-title", "folder/", "../../b.md"]
)
def test_a_link_that_leads_nowhere_is_found(link: str) -> None:
    page = f"# Title\n\nHere is [one]({link}), but `[this](code.md)` is none.\n".encode()

    assert broken({"docs/a.md": page, "docs/b.md": b"# Its title\n"}) == [f"docs/a.md: {link}"]


@pytest.mark.parametrize("link", ["b.md", "../docs/b.md#its-title", "#top", ".", "https://x.org/y"])
def test_a_link_that_leads_somewhere_is_left_alone(link: str) -> None:
    files = {"docs/a.md": f"# Top\n\n[there]({link})\n".encode(), "docs/b.md": b"## Its title!\n"}

    assert broken(files) == []


def test_every_recipe_that_a_project_names_exists(project: Files, tmp_path: Path) -> None:
    named = set().union(*map(recipes_named, pages(project).values()))

    assert sorted(named - recipes(project, tmp_path)) == []


def test_every_recipe_that_the_docs_name_exists(
    repository: Files, questions: Questions, rendering: Rendering, tmp_path: Path
) -> None:
    highest = rendering.compose(questions.complete({"level": LEVELS[-1]}))

    own = subprocess.check_output(["just", "--summary"], cwd=ROOT, text=True).split()

    named = set().union(*map(recipes_named, pages(repository).values()))

    assert sorted(named - recipes(highest, tmp_path) - {*own} - MADE_BY_READERS) == []


def test_recipes_are_found_in_code_alone() -> None:
    page = "It is just so: `just train`,\n\n    just check  # all\n\n```sh\nuv run just ui\n```\n"

    assert recipes_named(page) == {"train", "check", "ui"}


def rooms(paths: list[str]) -> set[str]:
    """Return the folders and the modules in the package of a project, but for the private ones."""
    found = [path.split("/")[2:] for path in paths if path.startswith("src/")]
    names = {parts[0] + "/" * (len(parts) > 1) for parts in found}
    return {name for name in names if not name.startswith("_")}


@pytest.mark.parametrize("level", LEVELS)
def test_every_room_of_a_level_is_explained(
    questions: Questions, rendering: Rendering, level: str
) -> None:
    combination = questions.complete({"level": level})
    explaining = "docs/index.md" if level == LEVELS[0] else f"docs/{level}.md"
    page = rendering.compose(combination)[explaining].decode()
    brought = [paths for paths in added(rendering, combination).values() if paths]

    named = set(re.findall(r"^\| `(\w+/)` \||`(\w+\.py)`", page, re.MULTILINE))

    below = set().union(*map(rooms, brought[:-1]))
    assert rooms(brought[-1]) - below <= {"".join(name) for name in named}


@pytest.mark.parametrize("page", ["README.md", "docs/index.md"])
def test_a_project_says_where_each_level_begins(project: Files, page: str) -> None:
    said = project[page].decode()

    assert [level for level in LEVELS if f"\n| {level} | " not in said] == []
    assert [level for level in LEVELS if f"{level}.md" not in said] == []


def test_the_page_of_a_level_draws_how_data_flows(project: Files) -> None:
    overviews = [
        project[f"docs/{level}.md"].decode() for level in LEVELS if f"docs/{level}.md" in project
    ]

    assert overviews and all("```mermaid\nflowchart" in page for page in overviews)


def test_every_module_that_a_page_names_exists(project: Files) -> None:
    modules = {path.rpartition("/")[2] for path in project if path.endswith(".py")}

    named = {
        name
        for page in pages(project).values()
        for name in re.findall(r"`(?:[\w/*]+/)?(\w+\.py)`", page)
    }

    assert sorted(named - modules - MADE_BY_READERS) == []


def test_every_path_that_a_page_names_exists(project: Files) -> None:
    kept = re.compile(r"`((?:config|docs|src|tasks|tests|dags)/[\w*./-]*)`")
    named = {path for page in pages(project).values() for path in kept.findall(page)}
    folders = {f"{folder}/" for path in project for folder in PurePosixPath(path).parents}

    missing = {path for path in named if not fnmatch.filter(project.keys() | folders, path)}

    assert sorted(missing - NOT_HERE - {f"docs/{level}.md" for level in LEVELS}) == []


def test_every_setting_that_a_page_names_exists(project: Files) -> None:
    reading = {path: text.decode() for path, text in project.items() if b"env_prefix" in text}
    known = {
        "_".join([*path.split("/")[2:-1], field]).upper()
        for path, module in reading.items()
        for field in re.findall(r"^    (\w+): ", module, re.MULTILINE)
    }

    named = set(re.findall(r"<PACKAGE>_(\w+)", "\n".join(pages(project).values())))

    assert named and sorted(named - known) == []


def test_only_one_room_of_the_first_level_talks_to_mlflow(
    questions: Questions, rendering: Rendering
) -> None:
    project = rendering.compose(questions.complete({}))
    talking = re.compile(rb"^ *(import mlflow|from mlflow(?!\.entities) import)", re.MULTILINE)

    found = {path for path in project if path.startswith("src/") and talking.search(project[path])}

    assert {path.split("/")[2] for path in found} == {"tracking"}


def test_every_test_that_the_docs_name_exists(repository: Files) -> None:
    sources = [path.read_text() for path in (ROOT / "tests").glob("test_*.py")]
    defined = {name for source in sources for name in re.findall(r"def (test_\w+)", source)}

    named = {
        name for page in pages(repository).values() for name in re.findall(r"`(test_\w+)`", page)
    }

    assert sorted(named - defined) == []


def test_a_test_follows_every_how_to_of_a_project() -> None:
    tests = "".join(path.read_text() for path in (ROOT / "tests").glob("test_*.py"))
    pages = (ROOT / "template").rglob("docs/how-to/*.md*")

    names = {path.name.removesuffix(".jinja") for path in pages}

    assert [name for name in sorted(names) if f'"{name}"' not in tests] == []


def test_the_steps_of_the_roadmap_are_numbered_and_told_in_order(project: Files) -> None:
    roadmaps = [page for name, page in pages(project).items() if "/roadmap/" in name]
    for page in roadmaps:
        steps = list(yaml.safe_load(page.split("---\n")[1])["steps"])
        numbers = [int(step.partition(".")[0]) for step in steps]

        assert re.findall("^## (.+)$", page, re.MULTILINE) == steps
        assert numbers == sorted({*numbers}) and numbers[0] == 1

    assert roadmaps


def test_decisions_are_numbered_and_listed_in_order(repository: Files) -> None:
    folder = "docs/explanation/decisions"
    names = [path.rpartition("/")[2] for path in repository if re.match(rf"{folder}/\d", path)]
    titles = {name: repository[f"{folder}/{name}"].decode().partition("\n")[0] for name in names}
    listed = re.findall(
        r"^\| \[(\d+)\]\((\S+)\) \| (.+) \|$",
        pages(repository)[f"{folder}/README.md"],
        re.MULTILINE,
    )

    expected = [(name[:4], name, titles[name].partition(". ")[2]) for name in sorted(names)]

    assert listed == expected
    assert [titles[name].partition(". ")[0] for name in sorted(names)] == [
        f"# {number}" for number in range(1, len(names) + 1)
    ]

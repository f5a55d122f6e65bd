"""The rules of layering, as functions that return what breaks them."""

from pathlib import Path

from mlops_ladder.questions import Questions
from mlops_ladder.render import Rendering


def broken(rendering: Rendering, level: str) -> set[str]:
    """Return the paths that a project loses, or finds rewritten, when it grows to `level`.

    Any project, from the level below: longer ways are made of such steps. The answers file is
    not looked at.
    """
    questions = rendering.questions
    below = questions.levels[questions.levels.index(level) - 1]
    paths: set[str] = set()
    for grown in questions.every(level):
        after, before = rendering.shared(grown), rendering.shared(questions.moved(grown, below))
        paths |= {path for path in before if not kept(path, before[path], after.get(path))}
    return paths


def misplaced(questions: Questions) -> set[str]:
    """Return the questions that are not asked from the lowest level on that has their folders."""
    levels = questions.levels
    whens = dict(zip(levels, ["", *(f"{{{{ {level} }}}}" for level in levels[1:])], strict=True))
    lowest: dict[str, str] = {}
    for level, switch in sorted(switches(questions), key=lambda pair: levels.index(pair[0])):
        lowest = {**dict.fromkeys(questions.reads[switch], level), **lowest}
    asked = {name: questions.details[name].get("when", "") for name in lowest}
    return {name for name in lowest if asked[name] not in (False, whens[lowest[name]])}


def switches(questions: Questions) -> set[tuple[str, str]]:
    """Return the level and the name of each switch that a folder inside a level hangs on."""
    root = Path(questions.source) / "template"
    folders = [path.relative_to(root) for path in root.rglob("{{ * }}") if path.is_dir()]
    names = {(path.parts[0].strip("{} "), path.name.strip("{} ")) for path in folders}
    computed = {name for name, details in questions.details.items() if details.get("when") is False}
    return {(level, name) for level, name in names if name in computed and name != level}


def kept(path: str, before: bytes, after: bytes | None) -> bool:
    """Tell whether a file came through a level-up; pyproject.toml may gain lines."""
    if path != "pyproject.toml" or after is None:
        return after == before
    lines = iter(after.splitlines())
    return all(line in lines for line in before.splitlines())

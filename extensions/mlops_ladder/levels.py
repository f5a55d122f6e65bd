"""Which paths each level adds, read off the level folders of the template itself."""

from .combination import Combination
from .render import Rendering


def folder(level: str) -> str:
    """Return the name of the template's folder whose files come with `level`."""
    return f"{{{{ {level} }}}}"


def added(rendering: Rendering, combination: Combination | None = None) -> dict[str, list[str]]:
    """Return the sorted paths that each level adds, lowest level first.

    They are those of one project: of `combination`, or of the defaults at the highest level. What
    stands outside the level folders, the answers file, comes with the lowest level.
    """
    questions = rendering.questions
    project = combination or questions.complete({"level": questions.levels[-1]})
    paths: dict[str, list[str]] = {level: [] for level in questions.levels}
    by_folder = {folder(level): paths[level] for level in questions.levels}
    for path, sources in sorted(rendering.sources(project).items()):
        top = sources[0].partition("/")[0]
        by_folder.get(top, paths[questions.levels[0]]).append(path)
    return paths

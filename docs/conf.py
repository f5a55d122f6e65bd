"""The documentation as a site: `just docs` builds it, and fails on a link that leads nowhere.

The pages stay plain Markdown, to be read where they lie. What only a site needs is here: the
order of its pages, and the pages of a default project, rendered beside them.
"""

import re
from pathlib import Path

from mlops_ladder.questions import Questions
from mlops_ladder.render import Rendering
from sphinx.application import Sphinx

ROOT = Path(__file__).parents[1]
PROJECT = ROOT / "build" / "project"

NAVIGATION = """
```{toctree}
:hidden:
:caption: mlops-ladder
:glob:

Overview </README>
tutorials/first-model
tutorials/level-up
how-to/*
reference/*
explanation/why-levels
explanation/decisions/README
/CONTRIBUTING
/CHANGELOG
/UPGRADING
```

```{toctree}
:hidden:
:caption: In a project
:glob:

README </build/project/README>
What is where, and why </build/project/docs/index>
/build/project/docs/beginner
/build/project/docs/intermediate
/build/project/docs/read-your-run
/build/project/docs/how-to/*
/build/project/docs/reference/*
/build/project/docs/roadmap/*
/build/project/data/README
```
"""
DECISIONS = """
```{toctree}
:hidden:
:glob:

0*
```
"""
NEEDED_BY_A_SITE = {"docs/index": NAVIGATION, "docs/explanation/decisions/README": DECISIONS}
PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*reports/[^)]*\)")

project = "mlops-ladder"
html_title = "mlops-ladder"
html_theme = "furo"
extensions = ["myst_parser", "sphinxcontrib.mermaid"]
myst_fence_as_directive = ["mermaid"]  # where they are drawn on GitHub and GitLab, too
myst_heading_anchors = 3
root_doc = "docs/index"
include_patterns = ["*.md", "docs/**.md", "build/project/**.md"]
exclude_patterns = [".*", "benchmarks", "build/site", "extensions", "template", "tests"]
html_extra_path = ["redirect"]  # sends a reader of the site's root on to its first page
html_copy_source = False
html_show_copyright = False


def render_project(app: Sphinx) -> None:
    """Write the pages of the default project at the highest level, and their pictures."""
    with Questions(ROOT) as questions:
        files = Rendering(questions).compose(questions.complete({"level": questions.levels[-1]}))
    shown = (".md", ".svg")
    for name in (name for name in files if name.endswith(shown) and not name.startswith(".")):
        (PROJECT / name).parent.mkdir(parents=True, exist_ok=True)
        (PROJECT / name).write_bytes(files[name])


def complete(app: Sphinx, page: str, source: list[str]) -> None:
    """Give a page its navigation, and leave out plots, which a project has once it has trained."""
    source[0] = PICTURE.sub("", source[0]) + NEEDED_BY_A_SITE.get(page, "")


def setup(app: Sphinx) -> None:
    """Join in where Sphinx asks."""
    app.connect("builder-inited", render_project)
    app.connect("source-read", complete)

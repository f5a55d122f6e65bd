"""What shipping adds to the core: the evidence that CI has released, and rolled out, an image."""

import re
from functools import partial

from ..settings import Settings
from ..tracking.provenance import git


def tagged(tags: str, where: Settings) -> str | None:
    """Return the newest tag that names an image by its digest, which CI knows once it is pushed."""
    form = "--format=%(refname:short) %(contents:subject)"
    listed = git(where.root, "tag", "--list", tags, "--sort=-creatordate", form)
    found = re.search(r"^\S+ \S+@sha256:[0-9a-f]{12}", listed, re.MULTILINE)
    return found.group() if found else None


evidence = {"release": partial(tagged, "v*"), "deployment": partial(tagged, "deployed/*")}

"""Which variables Jinja texts read, through their includes and imports too."""

from collections.abc import Mapping, Sequence

from jinja2 import Environment, meta


def read_by(environment: Environment, texts: object) -> frozenset[str]:
    """Return the names of the variables that `texts` read: one text, or any nesting of them.

    Raises:
        ValueError: An include or import has a computed name, so what it reads is unknown.
        jinja2.TemplateError: A text, or a file that it includes, does not parse.
    """
    if isinstance(texts, str):
        return _read_by_text(environment, texts)
    if isinstance(texts, Mapping):
        texts = [*texts.keys(), *texts.values()]
    nested = texts if isinstance(texts, Sequence) else []
    return frozenset().union(*(read_by(environment, text) for text in nested))


def _read_by_text(environment: Environment, text: str) -> frozenset[str]:
    tree = environment.parse(text)
    names = meta.find_undeclared_variables(tree)
    for template in meta.find_referenced_templates(tree):
        if template is None:
            raise ValueError("an include or import with a computed name hides what it reads")
        names |= _read_by_text(environment, source(environment, template))
    return frozenset(names)


def source(environment: Environment, template: str) -> str:
    """Return the text of `template`, by its path below the root of the template repository.

    Raises:
        jinja2.TemplateNotFound: There is no such file.
    """
    assert environment.loader is not None
    return environment.loader.get_source(environment, template)[0]

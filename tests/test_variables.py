"""What a text reads is found wherever it hides, or refused."""

import pytest
from jinja2 import DictLoader, Environment
from mlops_ladder.variables import read_by


@pytest.fixture
def environment() -> Environment:
    files = {"notice": "{{ author }}", "macros": "{% macro hello() %}{{ who }}{% endmacro %}"}
    return Environment(loader=DictLoader(files))


@pytest.mark.parametrize(
    ("texts", "variables"),
    [
        ("plain", set()),
        ("{{ name | upper }} {% if late %}late{% endif %}", {"name", "late"}),
        ("{% set short = name[:3] %}{{ short }}", {"name"}),
        ("{% include 'notice' %}", {"author"}),
        ("{% from 'macros' import hello with context %}{{ hello() }}", {"who"}),
        ({"default": "{{ a }}", "choices": [["{{ b }}", 1], "{{ c }}"], "when": False}, set("abc")),
    ],
)
def test_every_variable_is_found(
    environment: Environment, texts: object, variables: set[str]
) -> None:
    assert read_by(environment, texts) == variables


def test_an_include_with_a_computed_name_is_refused(environment: Environment) -> None:
    with pytest.raises(ValueError, match="computed name"):
        read_by(environment, "{% include page %}")

"""A wrong answer is turned down with a sentence that names the question and the remedy."""

import pytest
from mlops_ladder.questions import Questions
from support import refusal

LONG = "a" * 41


@pytest.mark.parametrize(
    ("name", "answer", "remedy"),
    [
        ("project_name", "", "start with a letter or a digit"),
        ("project_name", "_flights", "start with a letter or a digit"),
        ("project_name", "flights ", "end without a space"),
        ("project_name", "flights\n", "end without a space"),
        ("project_name", "a\nb", "start with a letter"),
        ("project_name", "a\u2028b", "start with a letter"),
        ("project_name", "{{ flights }}", "braces"),
        ("project_name", "a}b", "leave out braces"),
        ("project_name", r"a\b", "backslashes"),
        ("project_name", "a`b", "backticks"),
        ("project_name", LONG, "at most 40 characters, this has 41"),
        ("package_name", "", "start with a letter"),
        ("package_name", "late-flights", "underscores"),
        ("package_name", "Late_flights", "lower-case letters"),
        ("package_name", "late__flights", "single underscores"),
        ("package_name", "late_flights_", "single underscores"),
        ("package_name", "2flights", "start with a letter"),
        ("package_name", "zoë", "lower-case letters"),
        ("package_name", "'flights'", "lower-case letters"),
        ("package_name", "flights\n", "lower-case letters"),
        ("package_name", LONG, "at most 40 characters, this has 41"),
        ("description", "", "write one line"),
        ("description", "two\nlines", "write one line"),
        ("description", "one line\n", "write one line"),
        ("description", "a {brace}", "without braces"),
        ("description", r"a back\slash", "backslashes"),
        ("author_name", "", "write a name"),
        ("author_name", "Zoë <zoe@example.org>", "angle brackets"),
        ("author_name", "Zoë\n", "on one line"),
        ("author_name", "Zoë {}", "braces"),
        ("author_name", r"Zoë\Späti", "backslashes"),
        ("author_email", "", "such as you@example.org"),
        ("author_email", "zoe", "such as you@example.org"),
        ("author_email", "zoe@example", "such as you@example.org"),
        ("author_email", "zoe@example..org", "such as you@example.org"),
        ("author_email", "zoe@-example.org", "such as you@example.org"),
        ("author_email", ".zoe@example.org", "such as you@example.org"),
        ("author_email", "zoë@example.org", "such as you@example.org"),
        ("author_email", "zoe @example.org", "such as you@example.org"),
        ("author_email", '"zoe"@example.org', "such as you@example.org"),
        ("author_email", "zoe@example.org\n", "such as you@example.org"),
    ],
)
def test_a_wrong_text_is_refused(questions: Questions, name: str, answer: str, remedy: str) -> None:
    message = refusal(questions, name, answer)

    assert f"{name}: " in message
    assert remedy in message


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("project_name", "7"),
        ("project_name", "日本の天気"),
        ("project_name", """Zoë's "Späti" Éclairs"""),
        ("project_name", "Churn (Q1): 50 % off & more!"),
        ("package_name", "x"),
        ("package_name", "churn2024_q1"),
        ("description", """It says "it's late" – 24 % do: #1, [draft]."""),
        ("author_name", """Zoë "Z" O'Neill, Späti & Söhne GmbH"""),
        ("author_email", "zoe.o-neill+ml@mail.example.co.uk"),
        ("author_email", "zoe@xn--bcher-kva.example"),
    ],
)
def test_a_right_text_is_taken_as_it_is(questions: Questions, name: str, answer: str) -> None:
    assert questions.complete({name: answer}).values[name] == answer

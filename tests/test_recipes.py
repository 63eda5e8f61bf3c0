"""The recipes of CONTRIBUTING.md: whoever forgets a step is told, by what stands behind the step's arrow.

Each works on a copy of what git knows of this tree, takes a step out, and asks what the recipe says.
"""

# ruff: noqa: E501  # lines of other files, as they stand there
from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 120  # seconds for one question


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The copy."""
    copy = tmp_path_factory.mktemp("recipes") / "tree"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("this tree is not known to git")
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    return copy


@contextmanager
def changed(tree: Path, *changes: tuple[str, str, str]) -> Iterator[None]:
    """Other words in some files, for a while: `(file, pattern, instead)`. What is not there yet is written."""
    before = {
        file: (tree / file).read_text("utf-8") if (tree / file).exists() else None for file, *_ in changes
    }
    try:
        for file, pattern, instead in changes:
            text = (tree / file).read_text("utf-8") if (tree / file).exists() else ""
            made, count = re.subn(pattern, lambda found, instead=instead: found.expand(instead), text)  # type: ignore[misc]
            assert count or not text, f"{pattern!r} no longer stands in {file}"
            (tree / file).write_text(made if text else instead, "utf-8")
        yield
    finally:
        for file, text in before.items():
            (tree / file).write_text(text, "utf-8") if text is not None else (tree / file).unlink()


def asked(tree: Path, *command: str) -> tuple[int, str]:
    """The exit code of a Python command in the copy, and what it said."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def imported(tree: Path, module: str) -> str:
    """What the import of a module says; nothing if it is well."""
    code, said = asked(tree, "-c", f"import {module}")
    assert bool(code) == bool(said), said
    return said


def failures(tree: Path, *tests: str) -> set[str]:
    """Which of these tests fail; all of them can be run."""
    code, said = asked(tree, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "--tb=no", *tests)
    assert code in (0, 1), said[-3_000:]
    return set(re.findall(r"^FAILED (\S+)", said, re.MULTILINE))


def typed(tree: Path, *files: str) -> str:
    """What mypy says of some files, knowing nothing but these."""
    return asked(
        tree, "-m", "mypy", "--follow-imports=skip", "--cache-dir", str(tree.parent / "mypy"), *files
    )[1]


BUILDER = "workflows.language.builder.effects"
FORMS = "workflows.language.forms"


@pytest.mark.parametrize(
    ("file", "line", "module", "told"),
    [
        ("language/schemas/effects.py", r'    "lower": LowerSchema,\n', BUILDER, "_READERS speaks of what there is not: lower"),
        ("language/builder/effects.py", r'        "lower": _lower,\n', BUILDER, "_READERS knows nothing of lower"),
        ("language/schemas/effects.py", r"lowered = W", BUILDER, "the shape of 'raise' loads into 'raised', and so does"),
        ("language/forms/field_types.py", r"        FieldType.EMAIL: .*\n", f"{FORMS}.form", "TRAITS knows nothing of email"),
        ("language/forms/value_fields.py", r"    FieldType.EMAIL: .*\n", f"{FORMS}.form", "_ANSWERS knows nothing of email"),
        ("language/forms/schema.py", r"        FieldType.EMAIL: .*\n", f"{FORMS}.schema", "knows nothing of email"),
        ("language/forms/field.py", r'LANGUAGES = \(', f"{FORMS}.field", "own_titles knows nothing of pt"),
    ],
)  # fmt: skip
def test_a_table_that_was_forgotten_stops_the_program(
    tree: Path, file: str, line: str, module: str, told: str
) -> None:
    instead = {"lowered = W": "raised = W", r"LANGUAGES = \(": 'LANGUAGES = ("pt", '}.get(line, "")
    with changed(tree, (f"workflows/{file}", line, instead)):
        assert told in imported(tree, module)


CASES = {
    "workflows/core/effects/apply.py": r"        case LowerPriorityEffect\(\):\n.*\n",
    "workflows/language/builder/rosters.py": r"            \| LowerPriorityEffect\(\)\n",
    "service/prints/values.py": r"FieldType\.EMAIL \| ",
    "workflows/value_texts.py": r"FieldType\.EMAIL \| ",
    "service/imports/cells/reader.py": r"FieldType\.EMAIL \| ",
}


def test_a_case_that_was_forgotten_is_named_by_the_type_checker(tree: Path) -> None:
    files = ("workflows/language/effect.py", "workflows/language/forms/field.py", *CASES)
    assert "assert_never" not in typed(tree, *files)
    with changed(tree, *((file, line, "") for file, line in CASES.items())):
        said = typed(tree, *files)
    assert set(re.findall(r"^(\S+?):\d+: error: .*assert_never.*", said, re.MULTILINE)) == set(CASES)


WORDS = {
    "tests/test_families.py::test_every_field_type_and_effect_is_explained_to_authors[lower]": (
        "docs/language.md",
        r".*\{lower: priority\}.*\n",
    ),
    "tests/test_families.py::test_every_field_type_and_effect_is_explained_to_authors[email]": (
        "docs/language.md",
        r"phone`?,? `?email`?,?|`email`",
    ),
    "tests/test_vocabulary.py::test_every_word_of_a_public_class_is_in_the_glossary": (
        "docs/glossary.md",
        r" email,",
    ),
    "tests/language/test_form_schema.py::test_what_must_have_a_form_of_its_own_is_shown_by_an_example": (
        "workflows/language/forms/schema.py",
        r'    FieldType.EMAIL: "li.*\n',
    ),
    "tests/rehearsal/test_rehearsal.py::test_what_may_be_expected_is_what_is_looked_at": (
        "workflows/rehearsal/expectations.py",
        r'    "priority": .*\n',
    ),
    "tests/api/test_texts.py::test_every_rule_of_an_answer_has_a_sentence[es]": (
        "service/texts/es.toml",
        r"email = .*\n",
    ),
    "tests/storage/test_lists_against_all.py::test_every_filter_is_asked_here": (
        "tests/storage/test_lists_against_all.py",
        r"        priority=some\(.*\n",
    ),
    "tests/storage/test_migrations.py::test_the_tables_are_those_of_the_migrations[sqlite]": (
        "service/migrations/versions/0001_first.py",
        r".*tickets_priority.*\n",
    ),
}


def test_words_examples_and_indexes_that_were_forgotten_fail_their_tests(tree: Path) -> None:
    assert failures(tree, *WORDS) == set()
    with changed(tree, *((file, line, "") for file, line in WORDS.values())):
        assert failures(tree, *WORDS) == set(WORDS)


def test_a_type_without_an_example_fails_its_test(tree: Path) -> None:
    """By itself: without it, the tests of all types ask nothing of the new one."""
    test = "tests/language/test_answers_of_each_type.py::test_every_type_that_is_asked_for_has_an_example"
    with changed(tree, ("tests/language/sample_fields.py", r'.*"email".*\n', "")):
        assert failures(tree, test) == {test}


def test_a_parameter_that_reaches_no_question_fails_its_test(tree: Path) -> None:
    test = "tests/api/test_lists.py::test_every_parameter_counts[priority]"
    with changed(tree, ("service/api/tickets/lists.py", r"        priority=.*\n", "")):
        assert failures(tree, test) == {test}


CHANNEL = '''"""Writes letters into a folder."""

from pathlib import Path

from service.channels.letter import Letter


class FolderChannel:
    """One file a letter."""

    def send(self, letter: Letter) -> None:
        """Write it. An address is `folder:` and a path."""
        Path(letter.address.partition(":")[2], letter.id).write_text(letter.text, "utf-8")
'''
POST = "service/channels/post.py"
REACHED, APART = (
    f"tests/clock/test_channels.py::test_every_channel_{name}"
    for name in ("is_reached_from_the_post", "stands_and_falls_by_itself")
)
ROUTE = (
    POST,
    r'        if "://" in address:\n',
    '        if address.startswith("folder:"):\n            return FolderChannel()\n\\g<0>',
)
IMPORT = (POST, r"from service\.channels\.log", "from service.channels.folder import FolderChannel\n\\g<0>")
NAME = (
    POST,
    r'    if "://" not in address:',
    '    if address.startswith("folder:"):\n        return "folder"\n\\g<0>',
)
TOLD = ("tests/clock/test_channels.py", r"ADDRESSES = \{", 'ADDRESSES = {"FolderChannel": "folder:/tmp", ')


def test_a_channel_that_the_post_does_not_know_fails_its_test(tree: Path) -> None:
    """Without the post, without a name of its own, and with all that the recipe says."""
    written = ("service/channels/folder.py", "", CHANNEL)
    with changed(tree, written):
        assert failures(tree, REACHED, APART) == {REACHED, APART}
    with changed(tree, written, IMPORT, ROUTE, TOLD):
        assert failures(tree, REACHED, APART) == {APART}
    with changed(tree, written, IMPORT, ROUTE, NAME, TOLD):
        assert failures(tree, REACHED, APART) == set()


FIELD = "workflows/language/forms/field.py"
TAG = (FIELD, r"LANGUAGES = \(", 'LANGUAGES = ("pt", ')


def titled(tree: Path) -> dict[str, int]:
    """Every file in which the program itself titles something, and how often."""
    files = (file for room in ("workflows", "service") for file in (tree / room).rglob("*.py"))
    counts = {str(file.relative_to(tree)): file.read_text("utf-8").count("own_titles(") for file in files}
    counts[FIELD] -= 1  # its definition
    return {file: count for file, count in counts.items() if count}


COMPANY = ("config.toml", r"languages = \[", 'languages = ["pt", ')
LOCALE = ("workflows/value_texts.py", r'"es": "es"\}', '"es": "es", "pt": "pt"}')
OWN_NAME = ("service/console/layout/frame.py", r'"es": "Español"\}', '"es": "Español", "pt": "Português"}')


def argument(default: str) -> tuple[tuple[str, str, str], ...]:
    """`own_titles` takes a title in the new language."""
    return (
        (FIELD, r"hant: str, es: str\)", f"hant: str, es: str, pt: str{default})"),
        (FIELD, r'\{"en": en, ', '{"en": en, "pt": pt, '),
    )


def test_a_language_whose_titles_were_forgotten_is_named_by_the_type_checker(tree: Path) -> None:
    """At each title, in every file that has one."""
    expected = titled(tree)
    assert len(expected) > 5
    with changed(tree, TAG, *argument("")):
        said = typed(tree, *expected)
    found = re.findall(r'^(\S+?):\d+: error: Missing positional argument "pt"', said, re.MULTILINE)
    assert Counter(found) == expected


def test_a_language_that_the_definitions_lack_is_named_at_each_place(tree: Path) -> None:
    """All titles of a process, and the company's; nothing but that."""
    process = "definitions/complaints/complaint.yaml"
    text = (tree / process).read_text("utf-8")
    with changed(tree, TAG, LOCALE, COMPANY, *argument(' = ""')):
        said = asked(tree, "-m", "service", "check", process)[1]
    places = re.findall(r"^\S+?:\d+:\d+: .*lacks pt", said, re.MULTILINE)
    assert len(places) >= len(re.findall(r"\bes: ", text))


def test_a_language_without_a_locale_stops_the_program(tree: Path) -> None:
    with changed(tree, TAG, *argument(' = ""')):
        assert "value_texts._LOCALES knows nothing of pt" in imported(tree, "workflows.value_texts")


def test_a_language_without_its_own_name_stops_the_console(tree: Path) -> None:
    with changed(tree, TAG, LOCALE, *argument(' = ""')):
        assert "frame.LANGUAGE_NAMES knows nothing of pt" in imported(tree, "service.console")


def test_a_language_without_sentences_fails_the_tests_of_texts(tree: Path) -> None:
    words = "tests/clock/test_letters.py::test_every_language_has_every_word"
    reasons, rules = (
        f"tests/api/test_texts.py::test_every_{name}_has_a_sentence[pt]"
        for name in ("reason", "rule_of_an_answer")
    )
    with changed(tree, TAG, LOCALE, OWN_NAME, *argument(' = ""')):
        assert failures(tree, words, reasons, rules) == {words, reasons, rules}

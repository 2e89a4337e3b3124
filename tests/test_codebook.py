from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codebook import codebook_hash, exclusions, parse_codebook, without_excluded
from pipeline.errors import PipelineError

GOOD = """\
id: small
version: "1"
title: A small book
source: invented
families:
  why: the reason
codes:
  - id: rule
    family: why
    label: Rule
    definition: >-
      A rule is
      named.
    when: always
    when_not: never
    examples:
      - "It's the rule: no more."
      - we  must
  - {id: law, family: why, parent: rule, label: Law, definition: It is the law.}
"""


def faults(text: str, where: str = "book.yaml") -> Any:
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(PipelineError) as caught:
        parse_codebook(data, where)
    return [str(fault) for fault in caught.value.faults]


def test_reads_a_book() -> None:
    book = parse_codebook(GOOD.encode(), "book.yaml")
    assert (book.id, book.version, book.title) == ("small", "1", "A small book")
    assert book.families == {"why": "the reason"}
    assert book.ids == ("rule", "law")
    rule, law = book.codes
    assert rule.definition == "A rule is named."
    assert rule.examples == ("It's the rule: no more.", "we must")
    assert (law.parent, law.when, law.examples) == ("rule", "", ())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_reads_what_editors_on_windows_write(encoding: str) -> None:
    data = GOOD.replace("\n", "\r\n").encode(encoding)
    assert parse_codebook(data, "b") == parse_codebook(GOOD.encode(), "b")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("id: law", "id: rule", "line 19: the code 'rule' stands already in line 8"),
        ("id: law", "id: no", "line 19: a code's id is not a text: YAML reads it as yes or no"),
        ("id: law", "id: 12", "line 19: a code's id is not a text: YAML reads it as a number"),
        ("id: law", "id: 2024-01-01", "a code's id is not a text: YAML reads it as a date"),
        ("id: law", "id: a b", "line 19: a code's id holds a blank"),
        ("id: law", "id: a;b", "line 19: a code's id holds a blank, a comma, a semicolon"),
        ("id: law", 'id: ""', "line 19: a code's id is empty"),
        ("parent: rule", "parent: rul", "line 19: code 'law' has the unknown parent 'rul'"),
        ("parent: rule", "parent: law", "code 'law' is, through its parents, its own parent"),
        ("law, family: why", "law, family: hwy", "line 19: code 'law' is of the unknown family"),
        (", definition: It is the law.", "", "line 19: a code has no definition"),
        ("definition: It is the law.", "definition: ", "line 19: the definition of code 'law'"),
        ("definition: It is the law.", "definition: [a]", "of code 'law' must be a text"),
        ("    when: always", "    wehn: always", "line 14: unknown key 'wehn'"),
        ("    when: always", "    label: Again", "line 14: the key label stands here a second"),
        ("title: A small book", "title: A small book\nnote: x", "line 4: unknown key 'note'"),
        ("      - we  must", "      - yes", "line 18: one of the examples of code 'rule' is not"),
        ('version: "1"', "version: 1", "line 2: version is not a text: YAML reads it as a number"),
        ("id: small\n", "", "line 1: the codebook has no id"),
        ("  why: the reason", "  []", "families must be ids with a text each"),
    ],
)
def test_each_fault_names_its_line(old: str, new: str, told: str) -> None:
    assert old in GOOD
    found = faults(GOOD.replace(old, new, 1))
    assert any(told in one for one in found), found
    assert all(one.startswith("book.yaml, line ") for one in found)


def test_a_circle_of_parents() -> None:
    text = GOOD.replace("    label: Rule", "    parent: law\n    label: Rule")
    assert sum("its own parent" in one for one in faults(text)) == 2


def test_every_fault_at_once_in_the_order_of_the_file() -> None:
    text = GOOD.replace("version", "vresion").replace("parent: rule", "parent: x, foo: 1")
    found = faults(text)
    lines = [int(one.split("line ")[1].split(":")[0]) for one in found]
    assert len(found) == 4
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "the file is empty"),
        (b"\n# nothing\n", "the file is empty"),
        (b"a: [secret", "this is not YAML"),
        (b"a: b: secret", "line 1: this is not YAML"),
        (b"\ta: secret", "this is not YAML"),
        (b"id: \xff\xfesecret", "not text in UTF-8"),
        (b"- secret", "the codebook must be keys with values"),
        (b"secret", "the codebook must be keys with values"),
        (b"!!python/object/apply:os.system [secret]", "the codebook must be keys"),
        (b"id: x\x00secret", "this is not YAML"),
        (b"--- {}\n--- secret", "this is not YAML"),
        (b"&a {id: *a}", "unknown"),
    ],
)
def test_what_is_no_codebook(data: Any, told: str) -> None:
    found = faults(data)
    if told != "unknown":
        assert any(told in one for one in found), found
    assert "secret" not in "".join(found)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_book_or_a_clear_error(data: Any) -> None:
    try:
        parse_codebook(data, "b")
    except PipelineError:
        pass


def test_hash_changes_with_what_a_coder_reads() -> None:
    book = parse_codebook(GOOD.encode(), "b")
    assert codebook_hash(book) == codebook_hash(parse_codebook(GOOD.encode(), "other"))
    for old, new in (
        ("named", "said"),
        ('"1"', '"2"'),
        ("we  must", "we may"),
        ("parent: rule, ", ""),
    ):
        other = parse_codebook(GOOD.replace(old, new).encode(), "b")
        assert codebook_hash(other) != codebook_hash(book)


DERIVED = """\
derived:
  - {id: both, label: Both, definition: The two meet in an interview., rule: "rule * ~law"}
"""


def test_reads_opposites_and_what_is_derived() -> None:
    text = GOOD.replace("parent: rule, ", "parent: rule, opposite: rule, ") + DERIVED
    book = parse_codebook(text.encode(), "b")
    assert book["law"].opposite == "rule" and book["rule"].opposite == ""
    assert [(one.id, one.rule) for one in book.derived] == [("both", "rule * ~law")]
    assert book.ids == ("rule", "law")  # what is derived is never coded in a segment
    plain = parse_codebook(
        (GOOD.replace("parent: rule, ", "parent: rule, opposite: rule, ")).encode(), "b"
    )
    assert codebook_hash(book) == codebook_hash(plain)  # and no model learns it


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("rule * ~law", "rule * lwa", "the rule of 'both': unknown name 'lwa' at position 8"),
        ("rule * ~law", "rule * ", "the end (position 7): a name is missing"),
        ("rule * ~law", "rule law", "a + or * is missing"),
        ("rule * ~law", "(rule * law", "a ) is missing"),
        ("id: both", "id: law", "the id 'law' is in use already"),
        ("label: Both, ", "", "a derived code has no label"),
        ("  - {id: both", "  {id: both", "derived must be a list"),
    ],
)
def test_faults_of_what_is_derived(old: str, new: str, told: str) -> None:
    assert any(told in one for one in faults(GOOD + DERIVED.replace(old, new)))


@pytest.mark.parametrize("opposite", ["law", "nobody"])
def test_an_opposite_is_another_code_of_the_book(opposite: str) -> None:
    text = GOOD.replace("parent: rule, ", f"parent: rule, opposite: {opposite}, ")
    assert any(f"has the unknown opposite '{opposite}'" in one for one in faults(text))


PLAIN_HASH = "6b49154d19515d251fbcb580cfcf4f37caba90b4f280f7b5ca9767208adf5b18"
APART = """
  - {id: free, family: why, label: Free, definition: Nobody rules., excludes: [rule]}
"""


def test_codes_may_exclude_one_another_and_the_codes_below() -> None:
    book = parse_codebook((GOOD.rstrip() + APART).encode(), "b")
    assert book["free"].excludes == ("rule",) and book["rule"].excludes == ()
    pairs = exclusions(book.codes)
    assert pairs == {("free", "rule"), ("rule", "free"), ("free", "law"), ("law", "free")}
    assert without_excluded(["law", "free", "rule"], pairs) == ["law", "rule"]
    assert without_excluded(["free", "law", "rule"], pairs) == ["free"]


def test_a_book_with_exclusions_is_another_book_and_one_without_is_what_it_was() -> None:
    plain = parse_codebook(GOOD.encode(), "b")
    third = GOOD.rstrip() + APART.replace(", excludes: [rule]", "")
    apart = parse_codebook((GOOD.rstrip() + APART).encode(), "b")
    assert codebook_hash(apart) != codebook_hash(parse_codebook(third.encode(), "b"))
    # Models that were trained before a book could say it are still this book's.
    assert codebook_hash(plain) == PLAIN_HASH


@pytest.mark.parametrize(
    ("excludes", "told"),
    [
        ("[free]", "code 'free' excludes itself"),
        ("[nobody]", "code 'free' excludes the unknown code 'nobody'. Known: "),
        ("rule", "the exclusions of code 'free' must be a list"),
    ],
)
def test_an_exclusion_names_another_code(excludes: str, told: str) -> None:
    text = GOOD.rstrip() + APART.replace("[rule]", excludes)
    assert any(told in one for one in faults(text))


def test_a_code_and_its_parent_cannot_exclude_each_other() -> None:
    text = GOOD.replace("parent: rule, ", "parent: rule, excludes: [rule], ")
    assert any("one is the other's parent" in one for one in faults(text))

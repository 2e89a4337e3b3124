"""What is in the example corpora, in numbers, and how far their two coders agree.

python -m tests.corpus.figures [STUDY ...]         from the top of the repository
"""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import yaml

from pipeline.text import n_words
from tests.corpus.make import Told
from tests.corpus.sources import Interview, SourceTurn
from tests.corpus.studies import STUDIES, Study

COPING = ("break_rules", "beyond_duty", "obey_rules", "keep_distance")
REASONS = (
    "client_motivation",
    "client_unmotivated",
    "client_distress",
    "policy_unfair",
    "policy_impractical",
    "own_values",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One client's story: what the worker did, and which reasons were told in it."""

    interview: str
    episode: str
    reasons: tuple[str, ...]
    coping: tuple[str, ...]

    @property
    def line(self) -> str:
        """`01 story 1: client_motivation + client_distress -> break_rules`"""
        left, right = " + ".join(self.reasons), " + ".join(self.coping)
        return f"{self.interview} story {self.episode}: {left} -> {right}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Two coders on the same answers, one code: how many both, one, none of them gave it."""

    both: int
    first_only: int
    second_only: int
    neither: int

    @property
    def n(self) -> int:
        """How many answers."""
        return self.both + self.first_only + self.second_only + self.neither

    @property
    def percent(self) -> float:
        """Share of answers on which they agree."""
        return (self.both + self.neither) / self.n

    @property
    def positive(self) -> float | None:
        """Of all times that the code was given, the share given by both; none if it never was."""
        given = 2 * self.both + self.first_only + self.second_only
        return 2 * self.both / given if given else None

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa; none where neither coder ever gave the code, or both always did."""
        first, second = self.both + self.first_only, self.both + self.second_only
        n = self.n
        chance = (first * second + (n - first) * (n - second)) / n**2
        return None if chance == 1 else (self.percent - chance) / (1 - chance)

    @property
    def alpha(self) -> float | None:
        """Krippendorff's alpha, nominal, two coders, nothing missing."""
        ones = 2 * self.both + self.first_only + self.second_only
        zeros = 2 * self.n - ones
        if not ones or not zeros:
            return None
        differ = self.first_only + self.second_only
        return 1 - differ * (2 * self.n - 1) / (ones * zeros)


def families(study: Study) -> dict[str, list[str]]:
    """The codes of a study's codebook by family, in its order."""
    out: dict[str, list[str]] = defaultdict(list)
    for code in yaml.safe_load(study.codebook_file.read_text(encoding="utf-8"))["codes"]:
        out[code["family"]].append(code["id"])
    return dict(out)


def words_of(turns: Iterable[SourceTurn]) -> int:
    """How many words are said, the transcriber's head lines left out."""
    return sum(n_words(turn.text) for turn in turns if turn.role != "other")


def share_coded(interview: Interview) -> float:
    """The share of the words that stands inside a code's mark."""
    inside = sum(
        n_words(turn.text[mark.start : mark.end]) for turn in interview.turns for mark in turn.codes
    )
    return inside / words_of(interview.turns)


def stories(interview: Interview) -> list[Story]:
    """The clients' stories of one interview, by number."""
    found: dict[str, set[str]] = defaultdict(set)
    for turn in interview.turns:
        for mark in turn.codes:
            if mark.episode:
                found[mark.episode] |= set(mark.codes)
    return [
        Story(
            interview=interview.id,
            episode=episode,
            reasons=tuple(code for code in REASONS if code in found[episode]),
            coping=tuple(code for code in COPING if code in found[episode]),
        )
        for episode in sorted(found, key=int)
    ]


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file; none where the file is not there."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


Answers = Mapping[tuple[str, int], set[str]]


def coded_answers(rows: Iterable[Mapping[str, str]]) -> Answers:
    """The codes given to each answer, by file and turn."""
    out: dict[tuple[str, int], set[str]] = defaultdict(set)
    for row in rows:
        out[row["file"], int(row["turn"])].add(row["code"])
    return out


def stretches(rows: Iterable[Mapping[str, str]]) -> set[tuple[str, int, int]]:
    """Where a coder marked something, whatever the codes: file, start, end."""
    return {(row["file"], int(row["start"]), int(row["end"])) for row in rows}


def agreement(
    answers: Sequence[tuple[str, int]], first: Answers, second: Answers, code: str
) -> Agreement:
    """How two coders gave one code to the same answers."""
    pairs = Counter(
        (code in first.get(answer, ()), code in second.get(answer, ())) for answer in answers
    )
    return Agreement(
        both=pairs[True, True],
        first_only=pairs[True, False],
        second_only=pairs[False, True],
        neither=pairs[False, False],
    )


def pooled(codes: Iterable[Agreement]) -> Agreement:
    """All codes together: each answer counts once for each code."""
    ones = list(codes)
    return Agreement(
        both=sum(one.both for one in ones),
        first_only=sum(one.first_only for one in ones),
        second_only=sum(one.second_only for one in ones),
        neither=sum(one.neither for one in ones),
    )


def answers_of(study: Study, told: Told, files: set[str]) -> list[tuple[str, int]]:
    """Every answer turn of these files."""
    return [
        (study.file(number), n)
        for number, one in told.items()
        if study.file(number) in files
        for n, turn in enumerate(one.turns)
        if turn.role == "respondent"
    ]


def given_in(one: Interview) -> Counter[str]:
    """How often each code was given in an interview by the first pass."""
    return Counter(code for turn in one.turns for mark in turn.codes for code in mark.codes)


def corpus_lines(study: Study, told: Told) -> Iterable[str]:
    """Words, turns, marks and identifiers per interview."""
    yield "interview  words  turns  marks  coded  identifiers  file"
    for number, one in told.items():
        marks = sum(len(turn.codes) for turn in one.turns)
        names = sum(len(turn.identifiers) for turn in one.turns)
        yield (
            f"{number:9} {words_of(one.turns):6} {len(one.turns):6} {marks:6} "
            f"{share_coded(one):6.0%} {names:12}  {study.file(number)}"
        )


def finding_lines(study: Study, told: Told) -> Iterable[str]:
    """What the study's finding is about: clients' stories, or codes by interview."""
    if "coping" in families(study):
        return [story.line for one in told.values() for story in stories(one)]
    return _table_lines(study, told)


def _table_lines(study: Study, told: Told) -> Iterable[str]:
    by_interview = {number: given_in(one) for number, one in told.items()}
    yield f"{'':20} {' '.join(by_interview)}"
    for code in (code for codes in families(study).values() for code in codes):
        cells = " ".join(f"{given[code] or '.':>2}" for given in by_interview.values())
        yield f"{code:20} {cells}"


def code_lines(study: Study, told: Told) -> Iterable[str]:
    """How often each code was given, and in how many interviews."""
    by_interview = [given_in(one) for one in told.values()]
    given = sum(by_interview, Counter[str]())
    for family, codes in families(study).items():
        yield f"{family}: {sum(given[code] for code in codes)}"
        for code in codes:
            yield f"  {code:20} {given[code]:4} in {sum(code in one for one in by_interview):2}"
    yield ""
    kinds = Counter(m.kind for one in told.values() for turn in one.turns for m in turn.identifiers)
    yield "identifiers: " + ", ".join(f"{kind} {n}" for kind, n in kinds.most_common())


def agreement_lines(study: Study, told: Told) -> Iterable[str]:
    """The two passes over the same answers, code by code."""
    rows = read_rows(study.corpus / "gold" / "second.csv")
    files = {row["file"] for row in rows}
    answers = answers_of(study, told, files)
    first_rows = [r for r in read_rows(study.corpus / "gold" / "codes.csv") if r["file"] in files]
    first, second = coded_answers(first_rows), coded_answers(rows)
    by_code = {
        code: agreement(answers, first, second, code)
        for codes in families(study).values()
        for code in codes
    }
    said = {study.file(number): words_of(one.turns) for number, one in told.items()}
    share = sum(said[file] for file in files) / sum(said.values())
    yield f"Two passes: {len(files)} interviews, {len(answers)} answers, {share:.0%} of the words"
    yield "code                 first second both percent positive  kappa  alpha"
    yield from (_agreement_line(code, one) for code, one in by_code.items())
    yield _agreement_line("all codes together", pooled(by_code.values()))
    for name in ("positive", "kappa", "alpha"):
        values = [value for one in by_code.values() if (value := getattr(one, name)) is not None]
        yield (
            f"{name} by code: median {median(values):.2f}, "
            f"from {min(values):.2f} to {max(values):.2f}"
        )
    marked, marked_again = stretches(first_rows), stretches(rows)
    yield (
        f"stretches: first {len(marked)}, second {len(marked_again)}, "
        f"with the same start and end {len(marked & marked_again)}"
    )


def _agreement_line(name: str, one: Agreement) -> str:
    return (
        f"{name:20} {one.both + one.first_only:5} {one.both + one.second_only:6} {one.both:4} "
        f"{one.percent:7.1%}   {_shown(one.positive)} {_shown(one.kappa)} {_shown(one.alpha)}"
    )


def _shown(value: float | None) -> str:
    return "     -" if value is None else f"{value:6.2f}"


def main(names: Sequence[str]) -> int:
    """Print it all, of these studies or of every one."""
    for name in names or STUDIES:
        study = STUDIES[name]
        told = study.interviews()
        print(study.name, "=" * len(study.name), sep="\n")
        for lines in (corpus_lines, finding_lines, code_lines, agreement_lines):
            print("\n".join(lines(study, told)), end="\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The list of finds out to the data person, verdicts back in. The one file with raw text."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pipeline.anonymise.book import WORDS, Book, folded
from pipeline.anonymise.listing import CONTEXTS, Find, context_of
from pipeline.anonymise.verdicts import DISMISSED, Checked, take_verdicts
from pipeline.errors import PipelineError
from pipeline.records import KINDS
from pipeline.risk import Miss
from pipeline.sheets.read import read_rows
from pipeline.sheets.write_xlsx import write_xlsx
from pipeline.steps.anonymise import BOOK, current_transcripts, finds_of, read_book
from pipeline.steps.inspect import read_file
from pipeline.steps.study import Study
from pipeline.tables import Cell, Column, ReadRow, Sheet, place
from pipeline.text import fold
from pipeline.vault import write_confidential

NAME = "anonymisation-list.xlsx"
MISSED = "missed"  # the sheet for strings that were not found
MAYBE = "maybe missed"  # the sheet of those that look as if they should have been
GIVING = "combinations"  # the sheet of what may give people away without being a name
WHOSE = "whose"  # the hidden column that says which Kevin a row is about
REQUIRED = ("find", "verdict", "new text")
_BLANK_ROWS = 60  # on the page for strings that were missed
_MOST_MAYBE = 300  # rows of likely misses; the next list has the next
_PLAINEST = ("cue", "street", "near", "number", "capital", "small")


def write_list(study: Study) -> Iterator[str]:
    """Write the list beside the vault, readable by its owner alone.

    Raises
    ------
    PipelineError : nothing has been anonymised yet, the last list holds verdicts that were not
        imported, or the place cannot be written.
    """
    if "anonymise" not in study.state():
        raise PipelineError(
            "there is nothing to check yet", mend="Run 'motif run' first, then this again."
        )
    path = study.config.vault_path / NAME
    if path.is_file() and has_news(path, read_book(study)):
        raise PipelineError(
            "this list holds verdicts that have not been imported",
            where=str(path),
            mend=f"Import it first ('motif anonymise in {path}'), or delete it.",
        )
    finds = finds_of(study)
    likely, giving = _asked(study)
    plain = study.config.anonymise.used_styles == {"bracket"}
    n_look = sum(find.look for find in finds)
    sheets = [
        _how_to(n_look, len(finds), len(likely), len(giving)),
        _finds(finds, plain=plain),
        *([_maybe(likely)] if likely else []),
        *([_giving(giving)] if giving else []),
        _missed(),
    ]
    write_confidential(path, write_xlsx(sheets))
    yield f"{path}: {len(finds)} distinct finds, {n_look} of them to look at first"
    if likely:
        yield f"and {len(likely)} strings that may have been missed"
    if giving:
        yield f"and {len(giving)} that are no names but may give somebody away"
    yield "CONFIDENTIAL: it shows real names. It is deleted when it is imported."
    yield f"Then: motif anonymise in {path} -s {study.config.path}"


def read_list(study: Study, file: Path, *, keep_file: bool) -> Iterator[str]:
    """Take the verdicts in, and delete the list. The next run re-anonymises what they touch.

    Raises
    ------
    PipelineError : every fault of the list at once; nothing of it is saved then.
    """
    rows = _checked(read_rows(read_file(file), file.name, REQUIRED), file.name)
    before = read_book(study)
    book = take_verdicts(before, rows)
    if book != before:
        study.forget_state("list")  # if this is killed half way, the next run asks the vault
        study.vault.write(BOOK, book.to_json().encode())
        study.set_state("list", {"revision": book.revision})
    yield f"{len(book.verdicts)} verdicts and {len(book.added)} added strings hold from now on."
    yield from _nowhere(study, [row for row in rows if row.verdict.strip().casefold() == "add"])
    if not keep_file:
        for one in dict.fromkeys((file.resolve(), (study.config.vault_path / NAME).resolve())):
            yield from _delete(one)
    if book != before:
        yield f"Next: motif run -s {study.config.path}"


def _delete(file: Path) -> Iterator[str]:
    """What was imported, and the original of which it may be a copy: both show real names."""
    if file.exists():
        with contextlib.suppress(OSError):
            file.unlink()
        yield f"{file} deleted." if not file.exists() else f"{file} could not be deleted: do so."


def _checked(rows: Sequence[ReadRow], name: str) -> list[Checked]:
    """The rows of all sheets. What stands under 'missed' is to be added without saying so."""
    return [_row(row, name) for row in rows]


def _row(row: ReadRow, name: str) -> Checked:
    verdict, kind = row.values["verdict"].strip(), row.values.get("kind", "").strip()
    sheet = fold(row.sheet)
    if sheet == MISSED or (sheet == MAYBE and kind and not verdict):
        verdict = verdict or "add"
    elif sheet == MAYBE and verdict.casefold() != "add":
        kind = DISMISSED
    elif sheet == GIVING:  # replaced like what was missed, though nobody can say of which kind
        add = verdict.casefold() == "replace"
        verdict, kind = ("add", "name") if add else (verdict, DISMISSED)
    return Checked(
        where=place(name, row.sheet, row.row),
        string=row.values["find"],
        verdict=verdict,
        text=row.values["new text"],
        kind=kind,
        label=row.values.get(WHOSE, ""),
    )


def has_news(path: Path, book: Book) -> bool:
    """Whether somebody has written into a list that lies there still."""
    try:
        rows = _checked(read_rows(read_file(path), path.name, REQUIRED), path.name)
    except PipelineError:
        return False  # a damaged file: nothing in it can be imported
    try:
        return take_verdicts(book, rows) != book
    except PipelineError:
        return True


def _nowhere(study: Study, added: Sequence[Checked]) -> Iterator[str]:
    """A note for each added string that stands in no transcript: most likely a slip."""
    if not added:
        return
    texts = [fold(one.text) for one in current_transcripts(study)]
    for row in added:
        if not any(fold(row.string) in text for text in texts):
            yield f"  ! {row.where}: this stands in no transcript now; check how it is written"


def _how_to(n_look: int, n_finds: int, n_maybe: int, n_giving: int) -> Sheet:
    lines = (
        ("CONFIDENTIAL: this workbook shows real names", "heading"),
        ("Keep it where it is, beside the vault, and send it to nobody. It is deleted when it is "
         "imported.", "plain"),
        ("What it is for", "heading"),
        ("The computer has looked for everything in the transcripts that could identify somebody, "
         "and has put a pseudonym in its place. It has found too much in some places and too "
         "little in others. You know the study; please put it right. What you say holds for ever, "
         "for transcripts that come later too.", "plain"),
        ("What to do", "heading"),
        (f"1.  Sheet 'finds': each string that was found, once ({n_finds} rows), with places where "
         f"it stands. The {n_look} rows marked 'look' come first: nobody is sure of them, so "
         "please decide them. The others only need a glance.", "plain"),
        (f"2.  Sheet 'maybe missed': {n_maybe} strings that were not found but look as if they "
         "should have been. Choose a kind for those that identify somebody; write keep into "
         "'verdict' if one does not, and it will not be asked again.", "plain")
        if n_maybe
        else ("2.  Nothing else that the rules know of looks as if it had been missed.", "plain"),
        ("3.  Sheet 'missed': write here what you know to stand in the transcripts and to be on "
         "no sheet, with its kind. It will be replaced wherever it stands.", "plain"),
        *([(f"4.  Sheet 'combinations': {n_giving} places that name nobody, but may give somebody "
            "away: rare work, an origin with a town, an unusual event. They stay; write "
            "replace where one should go, keep where it should not be asked again.", "plain")]
          if n_giving else []),
        (f"{5 if n_giving else 4}.  Save, close, and hand it back:  motif anonymise in FILE",
         "plain"),
        ("The verdicts", "heading"),
        ("(empty)  As proposed: it is replaced by what stands in 'proposed'.", "plain"),
        ("replace  It identifies, and goes.", "plain"),
        ("keep  It identifies nobody, and stays in the text.", "plain"),
        ("rename  'new text' stands in its place, say: the coach.", "plain"),
        ("join  It is the same person or thing as another one; 'new text' says which: "
         "Person 3.", "plain"),
        ("Good to know", "heading"),
        ("Everything listed is replaced already, unless 'keep' was written. (With policy = "
         "\"auto\" in study.toml: only what was sure, and where 'replace' was written.)", "plain"),
        ("A verdict counts for every spelling of the string, in capitals or without. Two persons "
         "who go by one name have a row each; the note says in which transcripts. To take a "
         "verdict back, write another: emptying the cell changes nothing. Rows that have a "
         "verdict come last.", "plain"),
        ("Each string is decided by itself: who wants to keep a whole name keeps the surname and "
         "the first name too, where they have rows of their own.", "plain"),
        ("Sort, filter, hide and widen as you like. Do not change the column 'find'.", "plain"),
    )  # fmt: skip
    return Sheet(
        name="how to",
        columns=(Column(key="text", title="", width=110),),
        rows=tuple({"text": text} for text, _ in lines),
        looks={(at, "text"): "heading" for at, (_, look) in enumerate(lines) if look == "heading"},
        titles=False,
        opens=True,
    )


def _finds(finds: Sequence[Find], *, plain: bool) -> Sheet:
    columns = (
        Column(key="look", title="look?", width=6, note="Rows that nobody is sure of yet."),
        Column(key="string", title="find", width=24, look="strong",
               note="What was found, as it is written at the first place. Please leave it."),
        Column(key="where", title="where it stands", width=80,
               note="Up to three places, from different transcripts where there are any; below "
                    "them a place of each other person that the note names."),
        Column(key="kind", title="kind", width=12, look="muted",
               note="name: it has a capital, and nobody knows what it is."),
        Column(key="label", title="proposed", width=17,
               note="What stands in its place. One person has one number, whatever the form."),
        Column(key="stands", title="in the text", width=22, hidden=plain,
               note="How that looks in the style of this study."),
        Column(key="note", title="note", width=34),
        Column(key="verdict", title="verdict", width=11, look="input", choices=WORDS,
               accepts=WORDS, note="Empty: as proposed. Or: replace, keep, rename, join."),
        Column(key="text", title="new text", width=18, look="input",
               note="rename: what stands there instead. join: which pseudonym, say Person 3."),
        Column(key="n", title="times", width=7, look="muted"),
        Column(key="files", title="files", width=7, look="muted",
               note="In how many transcripts it stands."),
        Column(key="given", title=WHOSE, width=12, look="muted", hidden=True),
    )  # fmt: skip
    return Sheet(
        name="finds",
        columns=columns,
        rows=tuple(
            {
                "look": "look" if find.look else "",
                "string": find.string,
                "where": "\n".join((*find.contexts, *find.elsewhere)),
                "kind": find.kind,
                "label": find.label,
                "stands": find.stands,
                "verdict": find.verdict,
                "text": f"[{find.text}]" if find.verdict == "join" else find.text,
                "note": find.note,
                "n": find.n,
                "files": find.n_transcripts,
                "given": find.given,
            }
            for find in finds
        ),
        freeze=(1, 2),
        ticked="verdict",
        main=True,
    )


_KINDS = tuple(kind for kind in KINDS if kind != "name")


def _maybe(rows: Sequence[Mapping[str, Cell]]) -> Sheet:
    return Sheet(
        name=MAYBE,
        columns=(
            Column(key="string", title="find", width=24, look="strong"),
            Column(key="where", title="where it stands", width=80),
            Column(key="why", title="why", width=26, look="muted"),
            Column(key="kind", title="kind", width=14, look="input", choices=_KINDS, accepts=KINDS,
                   note="What it is, if it identifies somebody: then it will be replaced."),
            Column(key="verdict", title="verdict", width=11, look="input", choices=("keep",),
                   accepts=("keep", "add"), note="keep: it identifies nobody; do not ask again."),
            Column(key="text", title="new text", width=10, hidden=True),
            Column(key="n", title="times", width=7, look="muted"),
        ),
        rows=tuple(rows),
        freeze=(1, 1),
    )  # fmt: skip


def _giving(rows: Sequence[Mapping[str, Cell]]) -> Sheet:
    return Sheet(
        name=GIVING,
        columns=(
            Column(key="string", title="find", width=34, look="strong"),
            Column(key="where", title="where it stands", width=80),
            Column(key="why", title="why", width=32, look="muted"),
            Column(key="verdict", title="verdict", width=11, look="input",
                   choices=("replace", "keep"), accepts=("replace", "keep"),
                   note="Empty: it stays. replace: it goes. keep: it stays; do not ask again."),
            Column(key="text", title="new text", width=10, hidden=True),
            Column(key="n", title="times", width=7, look="muted"),
        ),
        rows=tuple(rows),
        freeze=(1, 1),
    )  # fmt: skip


def _asked(study: Study) -> tuple[list[dict[str, Cell]], list[dict[str, Cell]]]:
    """What was likely missed, and what may give somebody away; each string once."""
    from pipeline.risk import CALLED, HINTS
    from pipeline.steps.risk import to_be_asked

    book = read_book(study)
    texts = {one.transcript_id: one.text for one in current_transcripts(study)}
    try:
        misses, quasi = to_be_asked(study)
    except PipelineError:  # a file has come since: what is known of the others is asked anyway
        return [], []
    called = {what: one for what, (one, _) in CALLED.items()}
    hints = {what: one for what, (one, _) in HINTS.items()}
    return _rows(book, texts, misses, called), _rows(book, texts, quasi, hints)


def _rows(
    book: Book,
    texts: Mapping[str, str],
    likely: Mapping[str, Sequence[Miss]],
    called: Mapping[str, str],
) -> list[dict[str, Cell]]:
    """A row per string, the plainest signs first, then what stands most often."""
    found: dict[str, list[tuple[str, int, int, str]]] = defaultdict(list)
    for name, misses in likely.items():
        for one in misses:
            key = folded(texts[name][one.start : one.end])
            said = book.verdicts.get(key)
            if said is None or said.word != "keep":
                found[key].append((name, one.start, one.end, one.what))
    order = {what: at for at, what in enumerate(_PLAINEST)}
    ranked = sorted(
        found.values(), key=lambda places: (order.get(places[0][3], len(order)), -len(places))
    )
    rows: list[dict[str, Cell]] = []
    for places in ranked[:_MOST_MAYBE]:
        name, start, end, what = places[0]
        rows.append(
            {
                "string": texts[name][start:end],
                "where": "\n".join(
                    context_of(texts[at], a, b) for at, a, b, _ in places[:CONTEXTS]
                ),
                "why": called[what],
                "n": len(places),
            }
        )
    return rows


def _missed() -> Sheet:
    return Sheet(
        name=MISSED,
        columns=(
            Column(key="string", title="find", width=44, look="input",
                   note="As it is written in the transcripts; capitals make no difference."),
            Column(key="kind", title="kind", width=16, look="input", choices=_KINDS, accepts=KINDS),
            Column(key="verdict", title="verdict", width=11, look="muted", hidden=True),
            Column(key="text", title="new text", width=20, look="muted", hidden=True),
        ),
        rows=tuple({} for _ in range(_BLANK_ROWS)),
        freeze=(1, 0),
    )  # fmt: skip

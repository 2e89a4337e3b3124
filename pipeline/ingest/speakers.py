"""Who says which line. A label must come back in the file, or be one that transcripts use.

`10:30 Meeting:`, `Note: ...` and `And he said: ...` inside speech are not speakers. What decides,
in this order: the label is known to the study; it is typical (`I`, `R2`, `Interviewer`,
`SPEAKER 1`); it is shaped like a name, is no heading word, and comes back; it is shaped like a name
and the file writes its speakers so (with a time, in bold, or on nearly every paragraph).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.ingest.labels import (
    could_be_label,
    is_heading_word,
    is_name_shaped,
    is_noise,
    is_typical,
    is_weakly_typical,
    label_key,
)
from pipeline.ingest.reading import Block, Reading
from pipeline.ingest.times import ANY_TIME, is_sure_time, is_time, seconds, take_times
from pipeline.text import canonical, n_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """The blocks with their speakers; `found` is false where the file names nobody."""

    blocks: tuple[Block, ...]
    found: bool
    captions: bool
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A line that may begin with a speaker's label."""

    at: int  # which block
    label: str
    key: str  # what two spellings of one label share
    rest: str
    how: str  # colon, bracket, tab, timed, bold, dot, dash, alone
    marked: bool  # by a time or by bold letters, as only labels are
    start_s: float | None = None
    end_s: float | None = None


# Only the first characters of a line are looked at, so a line of any length costs the same.
_WINDOW = 200
_LEAD = re.compile(rf"\s*(?:>+\s*|[-–—•]\s+)?(?:(?P<time>{ANY_TIME})\s*[-–—|]?\s*)?")
_COLON = re.compile(
    rf"(?P<label>[^\t:：]{{1,60}}?)\s*(?P<time>{ANY_TIME})?\s*[:：](?!//|\d)(?P<gap>\s*)"
)
_BRACKET = re.compile(rf"\[(?P<label>[^\]\[:]{{1,40}})\]\s*(?P<time>{ANY_TIME})?(?=\s|$)\s*")
_TIMED = re.compile(rf"(?P<label>\S.{{0,60}}?)\s*(?:[\s|,–—-]|(?=[\[(<#]))\s*(?P<time>{ANY_TIME})")
_TAB = re.compile(r"(?P<label>[^\t:]{1,40}?)\.?\s*\t\s*(?=\S)")
_DOT = re.compile(r"(?P<label>[^\W\d_]{2,12}\d{0,2})\.\s+(?=\S)")
_DASH = re.compile(r"(?P<label>[^\W_][\w .]{0,20}?)\s*[-–—]\s+(?=\S)")
_ASIDE = re.compile(r"\s*(?:\([^()]*\))?\s*")
_INITIAL_LAST = re.compile(r"[^\W\d_]{2,} [^\W\d_]\.$")
_WRAP = " []<>(){}#@*_\u00a0"


def find_speakers(reading: Reading, *, names: Iterable[str] = ()) -> Spoken:
    """Take each label off its line, and carry the speaker on to the lines that follow.

    Parameters
    ----------
    reading : what the reader gave; blocks whose speaker the format knows are left as they are.
    names : labels that the study knows; they are speakers wherever they stand as one.
    """
    blocks = _own_times(reading.blocks)
    if blocks and all(block.speaker is not None for block in blocks):
        found = any(block.speaker for block in blocks)
        return Spoken(
            blocks=blocks, found=found, captions=reading.captions, warnings=_none_found(found)
        )
    known = frozenset(label_key(name) for name in names)
    candidates = [c for c in map(_candidate, range(len(blocks)), blocks) if c is not None]
    header = _header(blocks, candidates)
    candidates = [c for c in candidates if c.at not in header or c.key in known]
    candidates = _not_under_labels(candidates, known)
    accepted, doubts = _accepted(blocks, candidates, known)
    # The stutter again: where labels have colons, `I - I mean` of the speaker I is speech.
    only_dashes = not any(c.key in accepted and c.how != "dash" for c in candidates)
    labels = {c.at: c for c in candidates if c.key in accepted and (c.how != "dash" or only_dashes)}
    asides = {c.at: c for c in candidates if c.key not in accepted and _is_aside(c)}
    found = bool(labels) or any(block.speaker for block in blocks)
    spelled = _spellings(labels.values())
    return Spoken(
        blocks=_carried(blocks, labels, asides, spelled) if found else blocks,
        found=found,
        captions=reading.captions,
        warnings=(*_none_found(found), *doubts),
    )


def _none_found(found: bool) -> tuple[str, ...]:
    if found:
        return ()
    return (
        "No speakers were found: every paragraph is a turn of its own, read as a respondent's. "
        "Begin each turn with a label and a colon (I: or R: or a name), or name the labels under "
        "[roles] in study.toml.",
    )


def _own_times(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Lines that are nothing but a time give it to the line after them."""
    only = [block.speaker is None and is_time(block.text) for block in blocks]
    sure = sum(only) > 1
    kept: list[Block] = []
    start: float | None = None
    end: float | None = None
    for block, is_only in zip(blocks, only, strict=True):
        if is_only and (sure or is_sure_time(block.text)):
            start, end = seconds(block.text)
        elif start is not None and block.text.strip():
            kept.append(
                block if block.start_s is not None else replace(block, start_s=start, end_s=end)
            )
            start = end = None
        else:
            kept.append(block)
    return tuple(kept)


def _candidate(at: int, block: Block) -> Candidate | None:
    """The label that a line may begin with, by the first way of writing one that fits."""
    if block.speaker is not None or not block.text.strip():
        return None
    lead = _LEAD.match(block.text[:_WINDOW])
    skipped = lead.end() if lead else 0
    time = lead["time"] if lead else None
    tail = block.text[skipped:]
    for way in (_by_colon, _by_bracket, _by_tab, _by_timed, _by_bold, _by_dot, _by_dash, _by_line):
        candidate = way(at, block, tail, skipped, time)
        if candidate is not None:
            return candidate
    return None


def _made(
    at: int, how: str, label: str, rest: str, times: Sequence[str | None], marked: bool
) -> Candidate | None:
    label = canonical(label).strip(_WRAP) if how != "colon" else _unwrapped(canonical(label))
    if len(label) < 8 and (is_typical(label) or not _INITIAL_LAST.search(label)):
        label = label.rstrip(".")  # "INT.", "P1."; "Dana W." is how somebody is called
    if not could_be_label(label, most_words=6 if marked else 4):
        return None
    start, end = next((seconds(time) for time in times if time), (None, None))
    return Candidate(
        at=at,
        how=how,
        label=label,
        key=label_key(label),
        rest=rest,
        marked=marked,
        start_s=start,
        end_s=end,
    )


def _unwrapped(label: str) -> str:
    """Without the signs round a label; `Anna (teacher)` keeps its bracket."""
    stripped = label.strip(" []<>{}#@*_")
    if stripped.startswith("(") and stripped.endswith(")"):
        stripped = stripped[1:-1]
    return stripped.strip()


def _by_colon(at: int, block: Block, tail: str, skipped: int, time: str | None) -> Candidate | None:
    match = _COLON.match(tail[:_WINDOW])
    if match is None:
        return None
    label, rest = match["label"], tail[match.end() :]
    if not match["gap"] and rest and not (is_typical(label.strip(_WRAP)) or rest[:1] in "*_"):
        return None
    bold = block.bold - skipped
    if 0 < bold < len(label.rstrip()) and not _ASIDE.fullmatch(label[bold:]):
        return None  # the bold letters are the label, and the colon belongs to the words
    is_bold = 0 < len(label.rstrip()) <= bold <= match.end() + 1
    marked = is_bold or bool(match["time"]) or (time is not None and not time[:1].isdigit())
    return _made(at, "colon", label, rest, (match["time"], time), marked)


def _by_bracket(
    at: int, block: Block, tail: str, skipped: int, time: str | None
) -> Candidate | None:
    match = _BRACKET.match(tail[:_WINDOW])
    if match is None or is_noise(match["label"]):
        return None
    marked = bool(match["time"] or time)
    return _made(at, "bracket", match["label"], tail[match.end() :], (match["time"], time), marked)


def _by_timed(at: int, block: Block, tail: str, skipped: int, time: str | None) -> Candidate | None:
    """`Name 0:12` on a line of its own, or `0:12 Name`."""
    line = tail.strip()
    if len(line) > 80:
        return None
    bold = block.bold - skipped
    if match := _TIMED.fullmatch(line):
        if 0 < bold < len(match["label"]) and not _ASIDE.fullmatch(match["label"][bold:]):
            return None
        return _made(at, "timed", match["label"], "", (match["time"], time), True)
    if time and line and not line.endswith((".", "?", "!", ",")):
        return _made(at, "timed", line, "", (time,), True)
    return None


def _by_bold(at: int, block: Block, tail: str, skipped: int, time: str | None) -> Candidate | None:
    """Bold letters at the start of a line that goes on in plain ones, or bold alone."""
    bold = block.bold - skipped
    if bold <= 0:
        return None
    return _made(at, "bold", tail[:bold][:_WINDOW], tail[bold:], (time,), True)


def _by_tab(at: int, block: Block, tail: str, skipped: int, time: str | None) -> Candidate | None:
    match = _TAB.match(tail[:_WINDOW])
    if match is None or block.bold > skipped or is_time(tail[match.end() :]):
        return None
    return _made(at, "tab", match["label"], tail[match.end() :], (time,), False)


def _by_dot(at: int, block: Block, tail: str, skipped: int, time: str | None) -> Candidate | None:
    """`INT. So when did you ...`, in capitals and typical only."""
    match = _DOT.match(tail[:_WINDOW])
    if match is None or not match["label"].isupper() or not is_typical(match["label"]):
        return None
    return _made(at, "dot", match["label"], tail[match.end() :], (time,), False)


def _by_dash(at: int, block: Block, tail: str, skipped: int, time: str | None) -> Candidate | None:
    """`P1 - So I went`; `I - I mean` is a stutter, so a file must have no other labels."""
    match = _DASH.match(tail[:_WINDOW])
    if match is None or not is_typical(match["label"]):
        return None
    return _made(at, "dash", match["label"], tail[match.end() :], (time,), False)


def _by_line(at: int, block: Block, tail: str, skipped: int, time: str | None) -> Candidate | None:
    line = tail.strip()
    if len(line) > 40 or line.endswith((".", "?", "!", ",", "…")):
        return None
    return _made(at, "alone", line, "", (time,), False)


def _header(blocks: Sequence[Block], candidates: Sequence[Candidate]) -> frozenset[int]:
    """The lines at the top that say when, where and who: `Date: ...`, `Interviewer: ...`.

    They reach to the last heading word's line, and on over lines that stand right under it, or
    whose label never comes back.
    """
    by_line = {c.at: c for c in candidates if c.how in ("colon", "tab")}
    counts = Counter(c.key for c in by_line.values())
    end, has_heading_word = 0, False
    for at, block in enumerate(blocks[:40]):
        candidate = by_line.get(at)
        if candidate is None:
            if n_words(block.text[:_WINDOW]) > 15:
                break
        elif not _in_list(candidate):
            break
        elif is_heading_word(candidate.label):
            has_heading_word, end = True, at + 1
        elif has_heading_word and at == end and (counts[candidate.key] == 1 or block.continues):
            end = at + 1
        elif counts[candidate.key] > 1 and len(candidate.label) < 4:
            break
    return frozenset(range(end)) if has_heading_word else frozenset()


def _in_list(candidate: Candidate) -> bool:
    """Whether a line could be one of a list of particulars: a few words, no sentence."""
    rest = candidate.rest.strip()
    return len(rest) < 80 and n_words(rest) <= 8 and not rest.endswith((".", "?", "!", "…"))


def _not_under_labels(candidates: Sequence[Candidate], known: frozenset[str]) -> list[Candidate]:
    """Under a label on a line of its own stand words, not another label, but for a usual one."""
    counts = Counter(c.key for c in candidates)
    kept: list[Candidate] = []
    bare = -2
    for c in candidates:
        if c.at - 1 == bare and not (c.key in known or is_typical(c.label)):
            continue
        kept.append(c)
        if c.how in ("colon", "timed", "bold") and not c.rest.strip() and counts[c.key] > 1:
            bare = c.at
    return kept


def _accepted(
    blocks: Sequence[Block], candidates: Sequence[Candidate], known: frozenset[str]
) -> tuple[frozenset[str], tuple[str, ...]]:
    """The keys that are speakers, and what should be looked at."""
    counts = Counter(c.key for c in candidates if c.how not in ("alone", "dash"))
    alone = Counter(c.key for c in candidates if c.how == "alone")
    marked = Counter(c.key for c in candidates if c.marked)
    timed = sum(c.how == "timed" for c in candidates)
    bold = sum(c.how in ("bold", "colon") and c.marked for c in candidates)
    keys: set[str] = set()
    for c in candidates:
        n = counts[c.key]
        if c.how == "dash":
            continue
        if c.key in known or (c.how != "alone" and is_typical(c.label)):
            keys.add(c.key)
        elif c.how == "bracket" and not (c.marked or is_weakly_typical(c.label)):
            continue
        elif c.how == "tab":
            if n > 2 and (is_name_shaped(c.label) or is_weakly_typical(c.label)):
                keys.add(c.key)
        elif c.how == "alone":
            continue
        elif (is_weakly_typical(c.label) or is_name_shaped(c.label)) and (
            n > 1 or (marked[c.key] and (timed > 2 if c.how == "timed" else bold > 2))
        ):
            keys.add(c.key)
    keys |= _by_coverage(blocks, candidates, counts, keys)
    if not keys:
        keys |= _dashed(blocks, candidates) or _alone(blocks, candidates, alone)
    return frozenset(keys), _doubts(candidates, counts, keys)


def _by_coverage(
    blocks: Sequence[Block],
    candidates: Sequence[Candidate],
    counts: Counter[str],
    keys: set[str],
) -> set[str]:
    """Labels of a file that begins nearly every paragraph with one, though each is rare."""
    starts = [at for at, b in enumerate(blocks) if b.text.strip() and not b.heading]
    colon = {c.at: c for c in candidates if c.how == "colon"}
    labelled = [colon[at] for at in starts if at in colon]
    settled = sum(c.key in keys for c in labelled)
    if len(starts) < 2 or len(labelled) < 0.8 * len(starts):
        return set()
    # Labels that are sure explain the file: a rare one needs a file that labels every line.
    every_line = len(starts) >= 12 and len(labelled) >= 0.95 * len(starts)
    if settled > 0.6 * len(labelled) and not every_line:
        return set()
    plain = {c.key for c in labelled if is_name_shaped(c.label) or is_weakly_typical(c.label)}
    lower = {
        c.key
        for c in labelled
        if counts[c.key] > 2 and len(c.label.split()) == 1 and not is_heading_word(c.label)
    }
    fitting = plain | lower | keys
    if sum(c.key in fitting for c in labelled) < 0.8 * len(starts) or len(fitting) < 2:
        return set()
    return plain | lower


def _dashed(blocks: Sequence[Block], candidates: Sequence[Candidate]) -> set[str]:
    """Labels cut off by a dash, where at least half of all paragraphs begin so."""
    dashed = [c for c in candidates if c.how == "dash"]
    keys = {c.key for c in dashed}
    starts = sum(bool(b.text.strip()) and not b.continues for b in blocks)
    return keys if len(keys) > 1 and len(dashed) * 2 >= starts else set()


def _alone(
    blocks: Sequence[Block], candidates: Sequence[Candidate], alone: Counter[str]
) -> set[str]:
    """Labels on lines of their own, in a file without any other kind."""
    lone = [
        c
        for c in candidates
        if c.how == "alone"
        and not blocks[c.at].continues
        and (is_typical(c.label) or (alone[c.key] > 1 and is_name_shaped(c.label)))
    ]
    starts = [at for at, b in enumerate(blocks) if b.text.strip() and not b.continues]
    typical = {c.key for c in lone if is_typical(c.label)}
    if len(typical) > 1 or sum(alone[key] for key in typical) > 2:
        return {c.key for c in lone}
    # A file of names and paragraphs in turn: at least every third block of lines is a name.
    return {c.key for c in lone} if len(lone) > 3 and len(lone) * 3 >= len(starts) else set()


def _doubts(
    candidates: Sequence[Candidate], counts: Counter[str], keys: set[str]
) -> tuple[str, ...]:
    rejected = [
        c
        for c in candidates
        if c.key not in keys and c.how == "colon" and is_name_shaped(c.label) and counts[c.key] == 1
    ]
    warnings = []
    if rejected and keys:
        places = ", ".join(str(c.at + 1) for c in rejected[:5])
        more = " and more" if len(rejected) > 5 else ""
        warnings.append(
            "Read as speech, though a name and a colon begin the line, because the name does not "
            f"come back: line of text {places}{more}. If one is a speaker, name it under "
            "[roles] in study.toml."
        )
    total = sum(counts[key] for key in keys)
    rare = [k for k in keys if counts[k] == 2]
    if total >= 40 and rare:
        warnings.append(
            f"Speakers with no more than two turns: {len(rare)} of {len(keys)}. Check the labels."
        )
    if len(keys) > 15:
        warnings.append(f"Many different speakers were found, {len(keys)}. Check the labels.")
    return tuple(warnings)


def _is_aside(candidate: Candidate) -> bool:
    """`Break: [35:32]` is a note of the transcriber, nobody's turn."""
    return (
        candidate.how == "colon"
        and (is_noise(candidate.label) or is_heading_word(candidate.label))
        and not take_times(candidate.rest).text.strip()
    )


def _spellings(labels: Iterable[Candidate]) -> dict[str, str]:
    """The most frequent spelling of each label, the first of them where two are as frequent."""
    counts = Counter((c.key, c.label) for c in labels)
    best: dict[str, str] = {}
    for (key, label), _ in counts.most_common():
        best.setdefault(key, label)
    return best


def _carried(
    blocks: Sequence[Block],
    labels: Mapping[int, Candidate],
    asides: Mapping[int, Candidate],
    spelled: Mapping[str, str],
) -> tuple[Block, ...]:
    """Each block with its speaker: its own label's, else that of the block before."""
    speaker = ""
    done: list[Block] = []
    pending: tuple[float | None, float | None] = (None, None)
    for at, block in enumerate(blocks):
        if block.speaker is not None:
            speaker = block.speaker or speaker
            done.append(block)
            continue
        label = labels.get(at)
        if aside := asides.get(at):
            timed = take_times(aside.rest)
            text, start, end = aside.label, timed.start_s, timed.end_s
            done.append(Block(text=text, speaker="", start_s=start, end_s=end))
            continue
        if label is None and block.heading:
            done.append(replace(block, speaker=""))
            continue
        if label is not None:
            speaker = spelled[label.key]
            start = label.start_s if block.start_s is None else block.start_s
            end = label.end_s if block.end_s is None else block.end_s
            block = replace(block, text=label.rest, start_s=start, end_s=end, bold=0, heading=False)
        if not block.text.strip():
            # The label stands on a line of its own: its time goes with the words after it.
            pending = (block.start_s, block.end_s) if label is not None else pending
            continue
        if block.start_s is None and pending[0] is not None:
            block = replace(block, start_s=pending[0], end_s=pending[1])
        pending = (None, None)
        done.append(replace(block, speaker=speaker))
    return tuple(done)

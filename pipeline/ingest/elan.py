"""ELAN (.eaf): a tier per speaker, each annotation with its times.

A tier that depends on another (a translation, a gloss) says the same again and is left out, but
where the upper one has no words of its own, as with tiers that only cut the recording.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.errors import PipelineError
from pipeline.ingest.archive import Element, local, parse_xml
from pipeline.ingest.labels import is_heading_word, is_noise
from pipeline.ingest.reading import Block, Reading
from pipeline.text import canonical, n_words

MAX_EAF_BYTES = 16_000_000  # its tree takes ten times that
_COMMENTS = frozenset("comment comments remark remarks opmerkingen bemærkninger".split())


@dataclass(slots=True)
class _Annotation:
    """A piece of a tier; its place is that of its first time slot, for not all have times."""

    place: int
    start_s: float | None
    end_s: float | None
    text: str


@dataclass(slots=True)
class _Tier:
    name: str
    parent: str
    speaker: str
    annotations: list[_Annotation]

    @property
    def n_words(self) -> int:
        """How many words its annotations have."""
        return sum(n_words(a.text) for a in self.annotations)


def read_eaf(data: bytes) -> Reading:
    """The annotations of all speakers as blocks, in the order in which they begin.

    Raises
    ------
    PipelineError : it is no ELAN file, or too large; an annotation refers to what is not there.
    """
    if len(data) > MAX_EAF_BYTES:
        raise PipelineError(
            f"{len(data) // 1_000_000} MB of ELAN, which no transcript has",
            mend="Save it without the tiers that are not needed.",
        )
    root = parse_xml(data)
    if local(root) != "ANNOTATION_DOCUMENT":
        raise PipelineError("this is no ELAN file", mend="Save it again in ELAN, as .eaf.")
    tiers = _tiers(root)
    chosen = _chosen(tiers)
    spoken = [(a.place, at, a, tier) for at, tier in enumerate(chosen) for a in tier.annotations]
    spoken.sort(key=lambda item: item[:2])
    blocks = [
        Block(
            text=" ".join(a.text.split("\n")),
            speaker=tier.speaker,
            start_s=a.start_s,
            end_s=a.end_s,
        )
        for _, _, a, tier in spoken
        if a.text.strip()
    ]
    warnings = []
    names = {tier.name for tier in chosen}
    left_out = [tier for tier in tiers if tier.name not in names and tier.n_words]
    if left_out:
        words = sum(tier.n_words for tier in left_out)
        warnings.append(
            f"Tiers that depend on others (translations, glosses), left out: {len(left_out)}, "
            f"{words} words."
        )
    encoding = (root.getroottree().docinfo.encoding or "utf-8").lower()
    return Reading(blocks=tuple(blocks), encoding=encoding, warnings=tuple(warnings), captions=True)


def _tiers(root: Element) -> list[_Tier]:
    slots: dict[str, tuple[int, float | None]] = {}
    for at, slot in enumerate(root.iter("{*}TIME_SLOT")):
        value = slot.get("TIME_VALUE") or ""
        time = int(value) / 1000 if value.isdecimal() and len(value) < 12 else None
        slots[slot.get("TIME_SLOT_ID") or ""] = at, time
    elements = list(root.iter("{*}ALIGNABLE_ANNOTATION", "{*}REF_ANNOTATION"))
    by_id = {element.get("ANNOTATION_ID") or "": element for element in elements}
    numbers = {element: number for number, element in enumerate(elements, start=1)}
    tiers = []
    for element in root.iter("{*}TIER"):
        annotations = [
            _annotation(child, slots, by_id, numbers[child])
            for child in element.iter("{*}ALIGNABLE_ANNOTATION", "{*}REF_ANNOTATION")
        ]
        name = element.get("TIER_ID") or ""
        tiers.append(
            _Tier(name, element.get("PARENT_REF") or "", _speaker(element, name), annotations)
        )
    return tiers


def _annotation(
    element: Element,
    slots: Mapping[str, tuple[int, float | None]],
    by_id: Mapping[str, Element],
    number: int,
) -> _Annotation:
    text = "".join("".join(value.itertext()) for value in element.iter("{*}ANNOTATION_VALUE"))
    upper = element
    try:
        for _ in range(50):  # references may go round in a damaged file
            if local(upper) != "REF_ANNOTATION":
                break
            upper = by_id[upper.get("ANNOTATION_REF") or ""]
        place, start = slots[upper.get("TIME_SLOT_REF1") or ""]
        _, end = slots[upper.get("TIME_SLOT_REF2") or ""]
    except KeyError:
        raise PipelineError(
            "it refers to a time or an annotation that the file does not have",
            where=f"annotation {number}",
            mend="Open the file in ELAN and save it again.",
        ) from None
    return _Annotation(place, start, end, text)


def _speaker(element: Element, name: str) -> str:
    """PARTICIPANT, else the tier's name (of `tx@Anna` what stands after the sign)."""
    label = canonical(element.get("PARTICIPANT") or "") or canonical(name.rpartition("@")[2])
    if label.casefold() in _COMMENTS or is_heading_word(label) or is_noise(label):
        return ""
    return label


def _chosen(tiers: Sequence[_Tier]) -> list[_Tier]:
    """The tiers that are read: those that depend on none, or what hangs on an empty one."""
    children: dict[str, list[_Tier]] = {}
    for tier in tiers:
        children.setdefault(tier.parent, []).append(tier)
    chosen = []
    for tier in tiers:
        if tier.parent:
            continue
        seen = {tier.name}
        while not tier.n_words:
            below = [child for child in children.get(tier.name, ()) if child.name not in seen]
            if not below:
                break
            tier = max(below, key=lambda child: child.n_words)
            seen.add(tier.name)
        chosen.append(tier)
    return chosen

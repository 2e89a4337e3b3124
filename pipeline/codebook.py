"""A codebook file in, a Codebook out, or every fault at once with its line."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

import yaml

from pipeline.errors import PipelineError, known_names
from pipeline.expressions import parse
from pipeline.records import Code, Codebook, Derived
from pipeline.text import canonical

BOOK_KEYS = ("id", "version", "title", "source", "families", "codes", "derived")
BOOK_NEEDED = ("id", "version", "title", "families", "codes")
CODE_KEYS = (
    "id", "family", "parent", "label", "definition", "when", "when_not", "examples", "opposite",
    "excludes",
)  # fmt: skip
CODE_NEEDED = ("id", "family", "label", "definition")
DERIVED_KEYS = ("id", "label", "definition", "rule")
_ID = re.compile(r"[^\s;,|\x00-\x1f]+")
_STR = "tag:yaml.org,2002:str"
_NULL = "tag:yaml.org,2002:null"
_KIND = {
    "bool": "yes or no",
    "int": "a number",
    "float": "a number",
    "timestamp": "a date",
    "null": "nothing",
}


def parse_codebook(data: bytes, where: str) -> Codebook:
    """Read a codebook from the bytes of a YAML file.

    Keys: id, version, title, source (optional), families {id: what it is about}, codes: a list of
    {id, family, parent (optional), label, definition, when, when_not, examples (a list), opposite
    (optional: the code that says this one was seen not to hold), excludes (optional: ids of codes
    that cannot hold of the same words; saying it at one of the two is enough)}; derived
    (optional): a list of {id, label, definition, rule} for what holds of an interview when several
    codes do.

    Parameters
    ----------
    data : the file, UTF-8 (a byte order mark is allowed) or UTF-16 with one.
    where : the file's name as the person knows it, for the messages.

    Raises
    ------
    PipelineError : every fault of the file at once, each with its line.
    """
    return _Reader(where).book(_compose(data, where))


def codebook_hash(codebook: Codebook) -> str:
    """The sha256 of all that can change what a model learns or a coder reads, in hexadecimal."""
    told = asdict(replace(codebook, derived=()))
    for code in told["codes"]:
        if not code["excludes"]:  # a book that declares none is the book it was before one could
            del code["excludes"]
    text = json.dumps(told, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def exclusions(codes: Sequence[Code]) -> frozenset[tuple[str, str]]:
    """Pairs of ids that cannot both hold, each both ways round.

    What a code excludes, the codes below it exclude too, and it excludes the codes below that:
    who says a child says its parent.
    """
    below: dict[str, set[str]] = {code.id: {code.id} for code in codes}
    for code in codes:
        at = code
        while at.parent in below and code.id not in below[at.parent]:
            below[at.parent].add(code.id)
            at = next(one for one in codes if one.id == at.parent)
    return frozenset(
        pair
        for code in codes
        for other in code.excludes
        for one in below[code.id]
        for two in below.get(other, ())
        for pair in ((one, two), (two, one))
    )


def without_excluded(ids: Sequence[str], pairs: frozenset[tuple[str, str]]) -> list[str]:
    """Of ids in order, those that no earlier one that stays excludes."""
    kept: list[str] = []
    for one in ids:
        if not any((one, other) in pairs for other in kept):
            kept.append(one)
    return kept


def _compose(data: bytes, where: str) -> yaml.Node:
    """The tree of nodes, each with its line. Nothing is constructed, so nothing can run.

    The library's own messages quote the file, and so are not passed on.
    """
    mend = "Write the file as the example codebooks are written, in UTF-8."
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except UnicodeDecodeError:
        raise PipelineError("the file is not text in UTF-8", where=where, mend=mend) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        place = f"{where}, line {mark.line + 1}" if mark is not None else where
        raise PipelineError(
            "this is not YAML: indentation, a quotation mark, a tab or a colon is amiss",
            where=place,
            mend="Put texts with a colon or a quotation mark in double quotes; indent by spaces.",
        ) from None
    except (RecursionError, ValueError):
        raise PipelineError("this is not YAML", where=where, mend=mend) from None
    if node is None:
        raise PipelineError("the file is empty", where=where, mend=mend)
    return node


@dataclass(slots=True)
class _Reader:
    """Walks the nodes once, gathering faults instead of stopping at the first."""

    where: str
    faults: list[PipelineError] = field(default_factory=list)

    def fault(self, node: yaml.Node, wrong: str, mend: str = "") -> None:
        place = f"{self.where}, line {node.start_mark.line + 1}"
        self.faults.append(PipelineError(wrong, where=place, mend=mend))

    def book(self, node: yaml.Node) -> Codebook:
        entries = self.mapping(node, "the codebook", BOOK_KEYS, BOOK_NEEDED)
        families = self.families(entries.get("families"))
        codes = list(self.codes(entries.get("codes"), families))
        book = Codebook(
            id=self.identifier(entries.get("id"), "id"),
            version=self.identifier(entries.get("version"), "version"),
            title=self.text(entries.get("title"), "title"),
            families=families,
            codes=tuple(code for code, _ in codes),
            derived=tuple(self.derived(entries.get("derived"), {code.id for code, _ in codes})),
        )
        self.text(entries.get("source"), "source")
        self.ids(codes)
        self.parents(codes)
        self.opposites(codes)
        self.excluded(codes)
        if self.faults:
            by_line = sorted(self.faults, key=lambda one: int(one.where.rsplit(" ", 1)[1]))
            raise PipelineError.join(by_line)
        return book

    def mapping(
        self, node: yaml.Node | None, what: str, keys: tuple[str, ...], needed: tuple[str, ...]
    ) -> dict[str, yaml.Node]:
        """The values of a mapping by key; unknown, doubled and missing keys are faults."""
        if not isinstance(node, yaml.MappingNode):
            if node is not None:
                self.fault(node, f"{what} must be keys with values ({', '.join(keys)})")
            return {}
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if name not in keys:
                self.fault(key, f"unknown key {_short(name)}", f"Known: {known_names(keys)}.")
            elif name in found:
                self.fault(key, f"the key {name} stands here a second time")
            else:
                found[name] = value
        for name in needed:
            if name not in found:
                self.fault(node, f"{what} has no {name}", f"Add {name}: ...")
        return found

    def families(self, node: yaml.Node | None) -> dict[str, str]:
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode) or not node.value:
            self.fault(node, "families must be ids with a text each")
            return {}
        found: dict[str, str] = {}
        for key, value in node.value:
            name = self.identifier(key, "a family's id")
            if name in found:
                self.fault(key, f"the family {_short(name)} stands here a second time")
            if name:
                found[name] = self.text(value, f"the text of family {_short(name)}")
        return found

    def codes(
        self, node: yaml.Node | None, families: dict[str, str]
    ) -> Iterator[tuple[Code, dict[str, yaml.Node]]]:
        if node is None:
            return
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            self.fault(node, "codes must be a list with at least one code")
            return
        for entry in node.value:
            found = self.mapping(entry, "a code", CODE_KEYS, CODE_NEEDED)
            code_id = self.identifier(found.get("id"), "a code's id")
            name = f"code {_short(code_id)}" if code_id else "a code"
            family = self.identifier(found.get("family"), f"the family of {name}")
            if family and families and family not in families:
                self.fault(
                    found["family"],
                    f"{name} is of the unknown family {_short(family)}",
                    f"Known: {known_names(families)}.",
                )
            yield (
                Code(
                    id=code_id,
                    family=family,
                    parent=self.identifier(found.get("parent"), f"the parent of {name}", ""),
                    label=self.text(found.get("label"), f"the label of {name}"),
                    definition=self.text(found.get("definition"), f"the definition of {name}"),
                    when=self.text(found.get("when"), f"when of {name}", ""),
                    when_not=self.text(found.get("when_not"), f"when_not of {name}", ""),
                    examples=self.texts(found.get("examples"), f"the examples of {name}"),
                    opposite=self.identifier(found.get("opposite"), f"the opposite of {name}", ""),
                    excludes=self.texts(found.get("excludes"), f"the exclusions of {name}"),
                ),
                found,
            )

    def derived(self, node: yaml.Node | None, codes: set[str]) -> Iterator[Derived]:
        if node is None or node.tag == _NULL:
            return
        if not isinstance(node, yaml.SequenceNode):
            self.fault(node, "derived must be a list")
            return
        seen = set(codes)
        for entry in node.value:
            found = self.mapping(entry, "a derived code", DERIVED_KEYS, DERIVED_KEYS)
            one = Derived(
                id=self.identifier(found.get("id"), "a derived code's id"),
                label=self.text(found.get("label"), "the label of a derived code"),
                definition=self.text(found.get("definition"), "the definition of a derived code"),
                rule=self.text(found.get("rule"), "the rule of a derived code"),
            )
            if one.id in seen and one.id:
                self.fault(found["id"], f"the id {_short(one.id)} is in use already")
            seen.add(one.id)
            if one.rule:
                self.rule(found["rule"], one, codes)
            yield one

    def rule(self, node: yaml.Node, one: Derived, codes: set[str]) -> None:
        """Read the rule, so that a slip is told here and not when something is compared."""
        try:
            parse(one.rule, codes)
        except PipelineError as error:
            for fault in error.faults:
                self.fault(node, f"the rule of {_short(one.id)}: {fault.wrong}", fault.mend)

    def identifier(self, node: yaml.Node | None, what: str, empty: str | None = None) -> str:
        """A short text without blank, semicolon, comma or bar, which separate ids elsewhere."""
        found = self.text(node, what, empty)
        if found and not _ID.fullmatch(found) and node is not None and what != "version":
            self.fault(node, f"{what} holds a blank, a comma, a semicolon or a bar")
        return found

    def text(self, node: yaml.Node | None, what: str, empty: str | None = None) -> str:
        """A text. With `empty` given the text may be missing, and nothing written counts as that.

        YAML reads no, on, 1 and 2024-01-01 as something else than text: that is told, not mended,
        because what the person meant (No? no? 01?) is lost by then.
        """
        if node is None:
            return empty or ""
        if not isinstance(node, yaml.ScalarNode):
            self.fault(node, f"{what} must be a text")
            return ""
        if node.tag == _NULL and empty is not None:
            return empty
        if node.tag != _STR:
            kind = _KIND.get(node.tag.rsplit(":", 1)[-1], "something else")
            self.fault(
                node,
                f"{what} is not a text: YAML reads it as {kind}",
                "Put it in quotation marks." if node.tag != _NULL else "Write one.",
            )
            return ""
        found = canonical(node.value)
        if not found and empty is None:
            self.fault(node, f"{what} is empty", "Write one.")
        return found

    def texts(self, node: yaml.Node | None, what: str) -> tuple[str, ...]:
        if node is None or node.tag == _NULL:
            return ()
        if not isinstance(node, yaml.SequenceNode):
            self.fault(node, f"{what} must be a list of texts")
            return ()
        return tuple(self.text(one, f"one of {what}") for one in node.value)

    def ids(self, codes: list[tuple[Code, dict[str, yaml.Node]]]) -> None:
        first: dict[str, int] = {}
        for code, nodes in codes:
            if not code.id:
                continue
            if code.id in first:
                self.fault(
                    nodes["id"],
                    f"the code {_short(code.id)} stands already in line {first[code.id]}",
                    "Give one of them another id.",
                )
            first.setdefault(code.id, nodes["id"].start_mark.line + 1)

    def opposites(self, codes: list[tuple[Code, dict[str, yaml.Node]]]) -> None:
        known = {code.id for code, _ in codes}
        for code, nodes in codes:
            if code.opposite and (code.opposite not in known or code.opposite == code.id):
                self.fault(
                    nodes["opposite"],
                    f"code {_short(code.id)} has the unknown opposite {_short(code.opposite)}",
                    f"Known: {known_names(known - {code.id})}.",
                )

    def excluded(self, codes: list[tuple[Code, dict[str, yaml.Node]]]) -> None:
        known = {code.id for code, _ in codes}
        parent_of = {code.id: code.parent for code, _ in codes}
        for code, nodes in codes:
            for other in code.excludes:
                if other not in known or other == code.id:
                    self.fault(
                        nodes["excludes"],
                        f"code {_short(code.id)} excludes the unknown code {_short(other)}"
                        if other not in known
                        else f"code {_short(code.id)} excludes itself",
                        f"Known: {known_names(known - {code.id})}.",
                    )
                elif _is_above(other, code.id, parent_of) or _is_above(code.id, other, parent_of):
                    self.fault(
                        nodes["excludes"],
                        f"codes {_short(code.id)} and {_short(other)} exclude each other, and one "
                        "is the other's parent",
                        "Who says a child says its parent: take the exclusion out, or the parent.",
                    )

    def parents(self, codes: list[tuple[Code, dict[str, yaml.Node]]]) -> None:
        parent_of = {code.id: code.parent for code, _ in codes if code.id}
        for code, nodes in codes:
            if not code.parent or not code.id:
                continue
            if code.parent not in parent_of:
                self.fault(
                    nodes["parent"],
                    f"code {_short(code.id)} has the unknown parent {_short(code.parent)}",
                    f"Known: {known_names(parent_of)}.",
                )
            elif _returns(code.id, lambda one: parent_of.get(one, "")):
                self.fault(
                    nodes["parent"],
                    f"code {_short(code.id)} is, through its parents, its own parent",
                    "Take one parent out of the circle.",
                )


def _is_above(above: str, below: str, parent_of: Mapping[str, str]) -> bool:
    """Does going from parent to parent lead from one code to the other?"""
    seen: set[str] = set()
    at = below
    while at and at not in seen:
        seen.add(at)
        at = parent_of.get(at, "")
        if at == above:
            return True
    return False


def _returns(start: str, step: Callable[[str], str]) -> bool:
    """Does going from parent to parent lead back to the start?"""
    seen: set[str] = set()
    at = step(start)
    while at and at not in seen:
        if at == start:
            return True
        seen.add(at)
        at = step(at)
    return False


def _short(name: str) -> str:
    """An id for a message, in quotation marks, never long."""
    return f"'{name if len(name) <= 40 else name[:37] + '...'}'"

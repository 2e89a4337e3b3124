"""Where sentences end, by spaCy's blank pipelines with the abbreviations that they lack."""

from __future__ import annotations

from functools import cache
from typing import Any

from pipeline.segment import Sentences

# spaCy's blank sentencizer cuts at these; forms with a capital first letter are added below.
_ABBREVIATIONS = {
    "en": "dr. mr. mrs. ms. prof. st. e.g. i.e. etc. vs. approx. dept. no. jr. sr.",
    "nl": "mw. mevr. dhr. dr. drs. mr. ir. ing. prof. o.a. bijv. bv. d.w.z. t.a.v. i.v.m. m.b.t. "
    "nr. blz. enz. etc. evt. incl. excl. max. min. ca. jl. a.s. e.d. e.a. z.s.m. t/m.",
    "da": "hr. fr. dr. prof. bl.a. f.eks. ca. osv. mv. dvs. evt. inkl. ekskl. kl. nr. jf. mht. "
    "pga. vedr. o.l. m.m. m.fl. tlf. stk. s.u.",
}


def sentence_splitter(language: str) -> Sentences:
    """A function from a text to the half-open ranges of its sentences, in order, covering it."""
    pipeline = _pipeline(language)

    def split(text: str) -> list[tuple[int, int]]:
        ends = [sentence.end_char for sentence in pipeline(text).sents][:-1]
        edges = [0, *ends, len(text)]
        return [(a, b) for a, b in zip(edges, edges[1:], strict=False) if a < b]

    return split


@cache
def _pipeline(language: str) -> Any:
    import spacy

    known = language if language in _ABBREVIATIONS else "en"
    pipeline: Any = spacy.blank(known)
    pipeline.max_length = 10**9
    pipeline.add_pipe("sentencizer")
    for short in _ABBREVIATIONS[known].split():
        for form in {short, short[:1].upper() + short[1:]}:
            pipeline.tokenizer.add_special_case(form, [{"ORTH": form}])
    return pipeline

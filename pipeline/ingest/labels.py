"""What a speaker's label looks like, and what role its words name. English, Dutch, Danish, German.

All comparing is done on `fold`ed text: lower case, without accents.
"""

from __future__ import annotations

import re

from pipeline.records import Role
from pipeline.text import fold


def _folded(words: str) -> frozenset[str]:
    return frozenset(fold(word.replace("_", " ")) for word in words.split())


_INTERVIEWER = _folded(
    "i int inter interv interviewer interviewster interviewerin interviewere iv ivr ir q "
    "question vraag vragensteller frage fragende spm spørgsmål spørger moderator mod "
    "facilitator researcher onderzoeker forsker forscher forscherin host gespreksleider "
    "interviewleider ordstyrer"
)
_RESPONDENT = _folded(
    "r res resp respondent respondente respondentin p pp pt part participant deelnemer "
    "deelneemster deltager teilnehmer teilnehmerin tn informant inf geïnterviewde "
    "geinterviewde interviewee interviewede interviewperson interviewpersoon interviewpartner "
    "ip ie befragte befragter befragte_person answer antwoord antwort svar client cliënt "
    "klient borger guest gast gæst"
)
_NEUTRAL = _folded(
    "a b s m f speaker spreker taler sprecher sprecherin sp spk voice stem stimme unknown "
    "unknown_speaker unidentified unidentified_speaker onbekend ukendt unbekannt all both "
    "alle allen beide beiden begge everyone iedereen man woman male female"
)
# These could also begin a sentence or a list: they have to come back.
_WEAK = _folded(
    "a b f m p q s ir ie ip pt tn question answer vraag antwoord frage antwort svar client "
    "klient cliënt guest gast host all both alle allen beide beiden begge everyone iedereen "
    "man woman male female voice stem stimme part unknown stimme mod forsker researcher "
    "onderzoeker borger"
)
# A heading of a document, or how people begin a sentence that has a colon.
_NO_SPEAKER = _folded(
    "note notes nb n.b. ps p.s. question_guide example e.g. i.e. date time place location "
    "duration length recording recorded transcript transcription transcriber interview file "
    "filename subject title topic theme section chapter appendix meeting agenda attendees "
    "participants present keywords summary url http https www email e-mail mail tel phone "
    "address warning source total step point rule option page project study version language "
    "consent code id city role wave conclusion result results reason reasons problem solution "
    "background introduction opmerking noot let_op bijvoorbeeld datum tijd plaats locatie "
    "duur opname onderwerp deel kortom conclusie dus functie stad taal lengte naam "
    "organisatie afdeling gemeente bestand bemærk dato tid sted varighed optagelse emne del "
    "altså eksempel konklusion kommune by sprog anmerkung ort dauer aufnahme thema teil "
    "beispiel zum_beispiel ergebnis fazit yes no yeah okay ok ja nee nej nein well so and "
    "but or then because also now like right en maar want nou toen og men så und aber oder "
    "dann weil monday tuesday wednesday thursday friday saturday sunday january february "
    "march july september october november december first second third "
    "fourth finally one two three"
)
_FUNCTION_WORDS = _folded(
    "mm mhm hm hmm eh ehm uh uhm um erm oh ah øh tja "
    "the a an that this these those there here he she they we you it my his her our their for "
    "if when what which who how why where in on at to of with from and but or so then because "
    "well yes no yeah okay ok just let say said says het een dat dit die deze daar hier hij "
    "zij ze wij we jij je mijn zijn haar ons hun voor als wat wie hoe waarom waar in op aan "
    "met van uit en maar dus want nou toen ja nee det den der her han hun de vi jeg du min "
    "din for hvis hvad hvem hvordan hvorfor hvor i på til med fra og men så fordi altså ja "
    "nej der die das er sie es wir ich du mein sein für wenn was wer wie warum wo im am mit "
    "von aus und aber oder dann weil also ja nein"
)
_PARTICLES = _folded(
    "van de der den het ten ter te 't von zu vom la le les du di da dos del della af av el al "
    "bin ibn ben y e of the and og en und & - – /"
)
_NOISE = _folded(
    "laughs laughter laugh laughing inaudible unintelligible crosstalk pause silence music "
    "applause sighs sigh coughs cough lacht gelach lachen onverstaanbaar stilte pauze griner "
    "latter utydeligt uhørligt unverständlich lachend redacted removed anonymised anonymized "
    "sic overlap overlapping foreign break blank_audio background_noise noise intro outro "
    "intermission jingle sponsor advertisement"
)

_I_TOO = frozenset({"i", "int", "interviewer"})

_NUMBERED = re.compile(
    r"(?:(?P<before>\d{1,2})[\s_.-]*)?(?P<word>.*?)(?:[\s_.#-]*(?P<n>\d{1,3})|[\s_-]+[a-h])?"
)
_ASIDE = re.compile(r"\s*\([^()]*\)\s*")
_FORBIDDEN = re.compile(r"[?!\"“”„«»;=<>{}|…]|\.\.|,.*,|--")
_LETTER = re.compile(r"[^\W\d_]")


def label_key(label: str) -> str:
    """What two spellings of one label share."""
    return fold(label).rstrip(".")


def _word(label: str) -> tuple[str, bool]:
    """The word of a label without its number, and whether it had one: `Speaker 1`, `R2`, `1R`."""
    plain = fold(_ASIDE.sub(" ", label)).strip(" .#_")
    match = _NUMBERED.fullmatch(plain)
    if match is None:
        return plain, False
    word = match["word"].strip(" ._-#")
    return word, bool(match["n"] or match["before"])


def label_role(label: str, others: frozenset[str] = frozenset()) -> Role | None:
    """The role that a label names, or None. `others` are the file's labels, as `label_key` gives.

    IV is the interviewer, but who is interviewed (interviewee) beside an `I`.
    """
    word, _ = _word(label)
    first = word.split(" ")[0].strip(".,")
    if word == "iv" and others & _I_TOO:
        return "respondent"
    for candidate in (word, first if len(first) > 3 else ""):
        if candidate in _INTERVIEWER:
            return "interviewer"
        if candidate in _RESPONDENT:
            return "respondent"
    return None


def word_role(word: str) -> Role | None:
    """The role that a word of a legend names, `(S = student; I = interviewer)`."""
    role = label_role(word)
    return role if role and len(fold(word)) > 2 else None


def is_typical(label: str) -> bool:
    """A label that transcripts use and sentences do not: `I`, `Interviewer`, `R2`, `Speaker 1`."""
    word, numbered = _word(label)
    if word not in _INTERVIEWER | _RESPONDENT | _NEUTRAL:
        return False
    if len(word) == 1 and not label.strip()[:1].isupper() and not numbered:
        return False
    return word not in _WEAK or (numbered and word not in ("a", "b", "part", "question", "answer"))


def is_weakly_typical(label: str) -> bool:
    """A label that is usual, but could begin a list or a sentence too: `A`, `Question`."""
    word, _ = _word(label)
    return word in _INTERVIEWER | _RESPONDENT | _NEUTRAL


def is_heading_word(label: str) -> bool:
    """Date, Location, Note: what documents say of themselves, or how a sentence begins."""
    word, _ = _word(label)
    return fold(label).strip(" .") in _NO_SPEAKER or word in _NO_SPEAKER


def is_noise(label: str) -> bool:
    """[laughs], [inaudible]: a transcriber's sign in brackets, nobody's name."""
    words = fold(label).split()
    return any(word.strip(".,()") in _NOISE for word in words) or not words


def could_be_label(label: str, *, most_words: int = 4) -> bool:
    """Short enough, with a letter, and without the signs that only sentences have."""
    return (
        0 < len(label) <= 40
        and len(_ASIDE.sub(" ", label).split()) <= most_words
        and _LETTER.search(label) is not None
        and _FORBIDDEN.search(label) is None
        and not label.endswith((",", "-"))
    )


def is_name_shaped(label: str) -> bool:
    """Each word a name, a code, a number or a particle: `Anna van der Berg`, `AK`, `Client 2`."""
    tokens = _ASIDE.sub(" ", label).split()
    if not tokens or is_heading_word(label) or is_noise(label):
        return False
    if fold(tokens[0]) in _FUNCTION_WORDS and not (
        len(tokens) > 1 and fold(tokens[0]) in _PARTICLES and tokens[-1][:1].isupper()
    ):
        return False
    proper = [t for t in tokens if t[:1].isupper() or t[:1].isdigit() or fold(t) in _PARTICLES]
    return len(proper) == len(tokens) and any(t[:1].isupper() for t in tokens)

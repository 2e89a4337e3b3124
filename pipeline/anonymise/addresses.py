"""Streets, house numbers, postcodes: English, Dutch, Danish, and common shapes elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.anonymise import Context
from pipeline.records import Span, Tier

_CAP = r"[A-ZÀ-ÞĀ-Ž][\w'’]*"
_NUMBER = r"\d{1,5}(?:\s?[A-Za-z]\b)?(?:\s?[-–/]\s?\d{1,4})?(?:\s(?:bis|hs|I{1,3}|rood|zw)\b)?"
_FLOOR = (
    r"(?:,?\s(?:\d{1,2}\.?\s?(?:sal|tv|th|mf|floor|etage|verdieping|hoog)\.?|"
    r"st\.?\s?(?:tv|th)\.?|kl\.?))*"
)
_UNIT = (
    r"(?:,?\s(?:Apt|Apartment|Suite|Ste|Unit|Flat|Room|Floor|Studio|Box|Bus)\b\.?\s?#?\w{1,6}|"
    r",?\s#\d+)?"
)

# Word endings that make a street of themselves, by how sure they are outside their own language.
_SURE = (
    r"(?:straat|straatje|laan|plein|gracht|singel|burgwal|plantsoen|stræde|vej|allé|stra(?:ß|ss)e)"
)
_OWN = {
    "nl": r"(?:weg|steeg|kade|dreef|dijk|wal|hofje|pad|boulevard|baan|markt)",
    "da": (
        r"(?:gade|gaden|vejen|alle|plads|pladsen|torv|torvet|boulevard|vænget|gård|esplanade|kaj)"
    ),
    "de": r"(?:str\.|platz|gasse|damm|ufer|allee|weg)",
}
# Those that need a house number behind them.
_NUMBERED = (
    r"(?:weg|steeg|kade|dreef|dijk|wal|pad|baan|markt|stee|hof|haven|ring|brug|kamp|veld|poort|hoek|"
    r"park|oord|akker|donk|berg|erf|tuin|wijk|werf|hout|gade|gaden|vejen|alle|allee|plads|torv|vænget|"
    r"gård|kaj|parken|bakken|toften|haven|stien|engen|vang|vangen|passage|have|marken|krogen|lunden|"
    r"skrænten|brinken|holmen|lien|ager|ageren|høj|højen|bro|svinget|bo|dal|dalen|str\.|platz|gasse|"
    r"damm|ufer|katu|gatan|vägen|gata|veien|vegen|utca|tie|gate|backen|gränd)"
)
_WORD_STREET = (
    r"(?:Gade|Vej|All[ée]|Stræde|Plads|Torv|Boulevard|Straße|Straat|Laan|Weg|Plein|Kade|Singel|Gracht|"
    r"Voorhout|Dijk)"
)
_EN = (
    r"(?:Street|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Boulevard|Blvd|Parkway|Pkwy|Highway|Hwy|Crescent|"
    r"Mews)"
)
_EN_NUMBERED = (
    r"(?:St|Dr|Court|Ct|Place|Pl|Square|Sq|Terrace|Ter|Cres|Alley|Circle|Cir|Turnpike|Freeway|Expressway|"
    r"Way|Row|Gardens|Grove|Hill|Hills|Close|Trail|Trl|Loop|Walk|Path|Pike|Run|Cove|Ridge|Point|View|Heights|"
    r"Green|Park|Plaza|Bend|Pass|Crossing|Junction|Rise|Vale|Wharf|Yard|Quay|Estate|Estates|Field|Fields|"
    r"Parade|Drove|Broadway)"
)
_PREFIXED = (
    r"(?:Rue|Avenue|Boulevard|Chemin|Impasse|Quai|Via|Viale|Piazza|Corso|Calle|Avenida|Paseo|Carrera|Rua|"
    r"Praça|Ulica|ul\.|Ulitsa|Laan|Plein)"
)
_SMALL = (
    r"(?:van|der|den|de|het|'t|’t|la|le|les|du|des|di|del|della|da|do|dos|op|aan|in|ten|ter|von|am|an|"
    r"af|på|of|the)"
)
_BEFORE = rf"(?:(?:{_CAP}\.?\s)(?:{_SMALL}\s){{0,2}}){{0,3}}"


def _compiled(shape: str) -> re.Pattern[str]:
    """A street never runs over the end of a turn."""
    return re.compile(shape.replace(r"[\s-]", r"[ \t\u00a0-]").replace(r"\s", r"[^\S\n]"))


_ANYWHERE = tuple(
    _compiled(shape)
    for shape in (
        # Jan van Galenstraat, Van der Helststraat 12-2
        rf"\b{_BEFORE}{_CAP}(?:-{_CAP})*?{_SURE}\b(?:\s{_NUMBER}\b{_FLOOR})?",
        # Vesterbrogade 14 B, 2. tv
        rf"\b{_BEFORE}{_CAP}{_NUMBERED}\s{_NUMBER}\b{_FLOOR}",
        # Nørre Allé 7, Sankt Hans Torv
        rf"\b(?:{_CAP}\s){{1,3}}{_WORD_STREET}\b(?:\s{_NUMBER}\b{_FLOOR})?",
        # Laan van Meerdervoort 120, Rue de la Paix
        rf"\b{_PREFIXED}\s(?:{_SMALL}\s){{0,2}}{_CAP}(?:[\s-](?:{_SMALL}\s)?{_CAP}){{0,3}}(?:,?\s{_NUMBER}\b)?",
        # 12 Elm Street, Elm Street, 4021 N. 3rd Ave., Apt. 5
        rf"(?:\b{_NUMBER}\s)?\b(?:[NSEW]{{1,2}}\.?\s)?(?:(?:{_CAP}|\d{{1,3}}(?:st|nd|rd|th))\.?\s){{1,4}}{_EN}\b\.?"
        rf"(?:\s[NSEW]{{1,2}}\b)?{_UNIT}(?:\s{_NUMBER}\b)?",
        rf"\b{_NUMBER}\s(?:[NSEW]\.?\s)?(?:{_CAP}\s){{1,3}}{_EN_NUMBERED}\b\.?{_UNIT}",
        # 6750 Koskikatu 25 Apt. 864, 1987 74 Diakou Street: a number, capitals, a number
        rf"\b\d{{1,5}}\s(?:{_CAP}[\s-]){{1,3}}\d{{1,4}}\b{_UNIT}",
        rf"\b{_CAP}(?:\s{_CAP}){{0,3}}\s\d{{1,4}}[A-Za-z]?,?\s?\n?\s?(?:Apt|Suite|Unit|Flat)\b\.?\s#?\w{{1,6}}",
        # what only a number before or after makes an address
        rf"\b\d{{1,5}}\s(?:{_CAP}[\s-]){{1,3}}(?:Apt|Suite|Unit|Flat)\b\.?\s?#?\w{{1,6}}",
        r"\b(?:P\.?\s?O\.?\s?[Bb]ox|[Pp]ostbus|[Pp]ostboks|[Bb]oîte [Pp]ostale)\s\d{1,7}\b",
        r"\b(?:Apt|Apartment|Suite|Flat|Unit)\b\.?\s#?\d{1,5}[A-Za-z]?\b",
        rf"\b(?:PSC|Unit|USS|USNS|USNV|USCGC)\s(?:\d{{3,5}}|{_CAP})\b"
        r"(?:,?\s(?:[Bb]ox\s\d+|(?:FPO|APO|DPO)\s(?:AA|AE|AP)\s\d{5}))?",
        r"\b(?:FPO|APO|DPO),?\s(?:AA|AE|AP)\s\d{5}\b",
    )
)
_BY_LANGUAGE = {
    language: _compiled(rf"\b{_BEFORE}{_CAP}(?:-{_CAP})*?{ending}\b(?:\s{_NUMBER}\b{_FLOOR})?")
    for language, ending in _OWN.items()
}
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|"
    "NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY"
)
_POSTCODES = tuple(
    re.compile(shape)
    for shape in (
        r"\b[1-9]\d{3}\s?(?!SA\b|SD\b|SS\b)[A-Z]{2}\b(?!-)",  # nl
        rf"\b(?:DK|D|B|NL|S|N|CH|A|F|FIN)-\d{{4,5}}(?:\s{_CAP})?",  # DK-8000 Aarhus
        rf"\b\d{{4}}\s(?:{_CAP}\s)?{_CAP}\s(?:C|V|N|S|Ø|K|SV|NV|NØ|SØ|M)\b",  # 8000 Aarhus C
        r"\b(?:GIR 0AA|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2})\b",  # gb
        r"\b[ABCEGHJ-NPRSTVXY]\d[A-Z]\s?\d[A-Z]\d\b",  # ca
        rf"\b(?:{_STATES}),?\s+\d{{5}}(?:-\d{{4}})?\b",  # us
        r"\b\d{5}-\d{4}\b",
    )
)
_AFTER_STREET = re.compile(rf"[,\s]+(?:\d{{4,5}}(?:\s?[A-Z]{{2}}\b)?(?:\s{_CAP}){{0,2}})")
# "Op de Molenweg": the words before a street that open the sentence are none of its name.
_OPENING = re.compile(
    r"(?:Op|In|Aan|Bij|Naar|Over|Langs|Achter|Uit|Tegenover|På|Fra|Til|I|Ved|Omkring|On|At|From|Near)\s"
    r"(?:(?:de|het|den|the)\s)?"
)
_HOUSE_BEFORE = re.compile(r"(?<![\w.,-])\d{1,5}[^\S\n]$")
# The lines of an address as forms and letters have them. In a transcript a new line is a new turn,
# which never starts with a blank or a comma.
_WORDS = rf"(?:{_CAP}|\d[\w-]*|{_SMALL})(?:[.,]?[^\S\n](?:{_CAP}|\d[\w-]*|{_SMALL}))*"
_BLOCK = re.compile(
    rf"(?:,?[^\S\n]*(?:\n{_WORDS}[^\S\n]*(?=\n[^\S\n,]))?\n(?:[^\S\n]+|,[^\S\n]?){_WORDS}){{1,5}}"
)
_ZIP_CUE = re.compile(
    r"\b(?:zip(?:\s?code)?|post\s?code|postal code|postcode|postnummer|postnr)\b\.?\D{0,12}"
    r"(\d{3,6}(?:[ -]\d{2,4})?)\b",
    re.I,
)
_LOWER = re.compile(
    rf"\b\w{{3,}}(?:{_SURE}|weg|kade|gade|dijk|plads)\s\d{{1,4}}\s?[a-z]?\b"
    rf"|\b\d{{1,5}}\s(?:\w+\s){{1,2}}(?:street|road|avenue|lane|drive|boulevard)\b",
    re.IGNORECASE,
)
# Capitalised words on these endings that are no streets, most of them at the start of a sentence.
_NO_STREET = re.compile(
    r"(?:\w*(?:Onder|Boven|Vandaag|Snel|Auto|Spoor|Land|Water|Uit|Af|Door|Half|Weg|Om|Rond|Lucht|Arbeids|Huizen|"
    r"Woning|Vak|Zwarte|Super|Under|Vold|Ud|Ind|Loopbaan|Bus|Om)(?:weg|baan|markt|vej|gade|gang|pad|wal|dijk|steeg)"
    r"|Weg|Markt|Plein|Vej|Gade|Baan|Loopbaan|Pad|Banaan|Vandaan|Daarvandaan|Bestaan|Toestand|Gedag|Egal|"
    r"Mor?gengade|Gate|Tie|Plads|Regaal|Afgang|Ankomst|Arbejdsplads|Byplads|Udgang|Postzegel|Orkaan)"
)


def find_addresses(text: str, context: Context) -> list[Span]:
    """`contact`; auto, but for bare five-digit numbers before a town: review."""
    return [
        Span(start=start, end=end, kind="contact", tier=tier, recogniser="addresses")
        for start, end, tier in _found(text, context.language)
    ]


def _found(text: str, language: str) -> Iterator[tuple[int, int, Tier]]:
    own = _BY_LANGUAGE.get(language)
    for pattern in (*_ANYWHERE, own) if own else _ANYWHERE:
        for match in pattern.finditer(text):
            if _NO_STREET.fullmatch(match.group()):
                continue
            start, end = match.span()
            opening = _OPENING.match(text, start, end)
            start = opening.end() if opening else start
            number = _HOUSE_BEFORE.search(text, max(0, start - 7), start)
            start = number.start() if number else start
            if number or any(char.isdigit() for char in match.group()):
                town = _AFTER_STREET.match(text, end)
                end = town.end() if town else end
                block = _BLOCK.match(text, end)
                end = block.end() if block else end
            yield start, end, "auto"
    for pattern in _POSTCODES:
        for match in pattern.finditer(text):
            yield match.start(), match.end(), "auto"
    for match in _ZIP_CUE.finditer(text):
        yield match.start(1), match.end(1), "auto"
    for match in _LOWER.finditer(text):
        yield match.start(), match.end(), "auto"

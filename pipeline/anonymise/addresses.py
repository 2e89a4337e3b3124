"""Streets, house numbers, postcodes: English, Dutch, Danish, and common shapes elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.anonymise import Context
from pipeline.anonymise.tokens import numbered_lines
from pipeline.records import Span, Tier

_CAP = r"[A-ZÀ-ÞĀ-ŽΆ-Ϋ][\w'’]*"
# "12", "14 B"; the S of "S-A-N-N-E" behind one is no part of it.
_NUMBER = (
    r"\d{1,5}(?:\s?[A-Za-z]\b(?!-\w))?(?:\s?[-–/]\s?\d{1,4})?(?:\s(?:bis|hs|I{1,3}|rood|zw)\b)?"
)
# Behind a street: " 12", ", op nummer 12"
_HOUSE = (
    r"(?:(?:,?\s(?:op|på|i|at))?,?\s(?:huisnummer|nummer|nr\.?|(?:house\s)?number|husnummer|no\.)\s|\s)"
    rf"{_NUMBER}"
)
_FLOOR = (
    r"(?:,?\s(?:\d{1,2}(?:\.|st|nd|rd|th|e|de|ste)?\s?(?:sal|tv|th|mf|floor|etage|verdieping|"
    r"hoog)\.?|"
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
    r"(?:weg|steeg|kade|dreef|dijk|wal|pad|baan|markt|stee|hof|haven|(?<=[dtn])ring|brug|kamp|"
    r"veld|poort|hoek|"
    r"park|oord|akker|donk|berg|erf|tuin|wijk|werf|hout|gade|gaden|vejen|alle|allee|plads|torv|"
    r"vænget|"
    r"gård|kaj|parken|bakken|toften|haven|stien|engen|vang|vangen|passage|have|marken|krogen|"
    r"lunden|"
    r"skrænten|brinken|holmen|lien|ager|ageren|høj|højen|bro|svinget|bo|dal|dalen|str\.|platz|"
    r"gasse|"
    r"damm|ufer|katu|gatan|vägen|gata|veien|vegen|utca|tie|gate|backen|gränd)"
)
_WORD_STREET = (
    r"(?:Gade|Vej|All[ée]|Stræde|Plads|Torv|Boulevard|Straße|Straat|Laan|Weg|Plein|Kade|Singel|"
    r"Gracht|"
    r"Voorhout|Dijk)"
)
_EN = (
    r"(?:Street|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Boulevard|Blvd|Parkway|Pkwy|Highway|Hwy|Crescent|"
    r"Mews)"
)
_EN_NUMBERED = (
    r"(?:St|Dr|Court|Ct|Place|Pl|Square|Sq|Terrace|Ter|Cres|Alley|Circle|Cir|Turnpike|Freeway|"
    r"Expressway|"
    r"Way|Row|Gardens|Grove|Hill|Hills|Close|Trail|Trl|Loop|Walk|Path|Pike|Run|Cove|Ridge|Point|"
    r"View|Heights|"
    r"Green|Park|Plaza|Bend|Pass|Crossing|Junction|Rise|Vale|Wharf|Yard|Quay|Estate|Estates|Field|"
    r"Fields|"
    r"Parade|Drove|Broadway)"
)
_PREFIXED = (
    r"(?:Rue|Avenue|Boulevard|Chemin|Impasse|Quai|Via|Viale|Piazza|Corso|Calle|Avenida|Paseo|"
    r"Carrera|Rua|"
    r"Praça|Ulica|ul\.|Ulitsa|Laan|Plein)"
)
_SMALL = (
    r"(?:van|der|den|de|het|'t|’t|la|le|les|du|des|di|del|della|delle|dei|da|do|dos|op|aan|in|ten|"
    r"ter|von|"
    r"am|an|"
    r"af|på|of|the)"
)
# The words before the last of a street's name: "Jan van", "St.". Behind "op" or "på" the street
# begins, and what stands before it is who lives there; a full stop behind a word ends a sentence.
_PARTICLE = r"(?:van|der|den|de|het|'t|’t|la|le|du|des|di|del|della|da|do|dos|ten|ter|von|af)"
_BEFORE = (
    rf"(?:(?:(?:[A-ZÀ-Þ]|St|Skt|Dr|Prof|Mr|Ds|Burg|Gen)\.\s|{_CAP}\s)"
    rf"(?:{_PARTICLE}\s){{0,2}}){{0,3}}"
)


def _on_one_line(shape: str) -> str:
    """A street never runs over the end of a turn."""
    return shape.replace(r"[\s-]", r"[ \t\u00a0-]").replace(r"\s", r"[^\S\n]")


def _compiled(shape: str) -> re.Pattern[str]:
    return re.compile(_on_one_line(shape))


_ANYWHERE = tuple(
    _compiled(shape)
    for shape in (
        # Jan van Galenstraat, Van der Helststraat 12-2
        rf"\b{_BEFORE}{_CAP}(?:-{_CAP})*?{_SURE}\b(?:{_HOUSE}\b{_FLOOR})?",
        # Vesterbrogade 14 B, 2. tv
        rf"\b{_BEFORE}{_CAP}{_NUMBERED}{_HOUSE}\b{_FLOOR}",
        # Nørre Allé 7, Sankt Hans Torv
        rf"\b(?:{_CAP}\s){{1,3}}{_WORD_STREET}\b(?:{_HOUSE}\b{_FLOOR})?",
        # Laan van Meerdervoort 120, Rue de la Paix
        rf"\b{_PREFIXED}\s(?:{_SMALL}\s){{0,2}}{_CAP}(?:[\s-](?:{_SMALL}\s)?{_CAP}){{0,3}}(?:,?\s{_NUMBER}\b)?",
        # 26 rue des Lilas, Rákóczi út 66, Luite tee 87
        rf"\b\d{{1,5}},?\s(?:rue|avenue|av|boulevard|chemin|impasse|quai|place)\s(?:(?:de|du|des|"
        rf"la|le|les)\s|l['’])"
        rf"{{0,2}}\w+(?:[\s-]{_CAP}){{0,3}}(?:\s\d{{1,4}}\b)?",
        rf"\b(?:{_CAP}\s){{1,3}}(?:fejedelem\s)?(?:út|útja|utca|u|tér|rkp|tee|gate|terrasse|"
        rf"põik)\b\.?\s\d{{1,4}}\b",
        # 12 Elm Street, Elm Street, 4021 N. 3rd Ave., Apt. 5
        rf"(?:\b{_NUMBER}\s)?\b(?:[NSEW]{{1,2}}\.?\s)?(?:(?:{_CAP}|\d{{1,3}}(?:st|nd|rd|"
        rf"th))\.?\s){{1,4}}{_EN}\b\.?"
        rf"(?:\s[NSEW]{{1,2}}\b)?{_UNIT}(?:{_HOUSE}\b)?",
        rf"\b{_NUMBER}\s(?:[NSEW]\.?\s)?(?:{_CAP}\.?\s){{1,3}}{_EN_NUMBERED}\b\.?{_UNIT}",
        rf"\b(?:{_CAP}\s){{1,3}}(?:Gardens|Terrace|Court|Close|Grove|Crescent|Mews|"
        rf"Plaza)\s\d{{1,4}}[A-Za-z]?\b",
        # 6750 Koskikatu 25 Apt. 864, 1987 74 Diakou Street: a number, capitals, a number
        rf"\b\d{{2,6}}\s(?:{_CAP}[\s-]){{1,3}}\d{{1,4}}\b{_UNIT}",
        rf"\b{_CAP}(?:\s{_CAP}){{0,3}}\s\d{{1,4}}[A-Za-z]?,?\s?\n?\s?(?:Apt|Suite|Unit|"
        rf"Flat)\b\.?\s#?\w{{1,6}}",
        # what only a number before or after makes an address
        rf"\b\d{{1,5}}\s(?:{_CAP}[\s-]){{1,3}}(?:Apt|Suite|Unit|Flat)\b\.?\s?#?\w{{1,6}}",
        r"\b(?:[Pp]\.?\s?[Oo]\.?\s?[Bb]ox|[Pp]ostbus|[Pp]ostboks|[Bb]oîte [Pp]ostale)\s\d{1,7}\b",
        # Singel 150: a street that has no other name
        rf"\b(?:Singel|Gracht|Kade|Plein|Markt|Havnen|Torvet|Strandvejen|"
        rf"Haven){_HOUSE}\b{_FLOOR}",
        r"\b(?:Apt|Apartment|Suite|Flat|Unit|apt|suite)\b\.?\s#?\d{1,5}[A-Za-z]?\b",
        rf"\b(?:PSC|Unit|USS|USNS|USNV|USCGC)\s(?:\d{{3,5}}|{_CAP})\b"
        r"(?:,?\s(?:[Bb]ox\s\d+|(?:FPO|APO|DPO)\s(?:AA|AE|AP)\s\d{5}))?",
        r"\b(?:FPO|APO|DPO),?\s(?:AA|AE|AP)\s\d{5}\b",
    )
)
_BY_LANGUAGE = {
    language: _compiled(rf"\b{_BEFORE}{_CAP}(?:-{_CAP})*?{ending}\b(?:{_HOUSE}\b{_FLOOR})?")
    for language, ending in _OWN.items()
}
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|"
    "NM|NY|"
    "NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY"
)
_POSTCODES = tuple(
    _compiled(shape)
    for shape in (
        r"\b[1-9]\d{3}\s?(?!SA\b|SD\b|SS\b)[A-Z]{2}\b(?!-)",  # nl
        rf"\b(?:DK|D|B|NL|S|N|CH|A|F|FIN)-\d{{4,5}}(?:\s{_CAP})?",  # DK-8000 Aarhus
        rf"\b\d{{4}}\s(?:{_CAP}\s)?{_CAP}\s(?:C|V|N|S|Ø|K|SV|NV|NØ|SØ|M)\b(?!-\w)",  # 8000 Aarhus C
        r"\b(?:GIR 0AA|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2})\b",  # gb
        r"\b[ABCEGHJ-NPRSTVXY]\d[A-Z]\s?\d[A-Z]\d\b",  # ca
        rf"\b(?:{_STATES}),?\s+\d{{5}}(?:-\d{{4}})?\b",  # us
        r"\b\d{5}-\d{4}\b",
    )
)
# On the next line only with a town or letters behind it: a turn may begin with a year.
_AFTER_STREET = re.compile(
    rf"(?:[^\S\n,]*,?[^\S\n]+|,|,?\s+(?=\d{{4,5}}[^\S\n]?[A-ZÀ-Þ]))"
    rf"\d{{4,5}}(?:[^\S\n]?[A-Z]{{2}}\b)?(?:[^\S\n]{_CAP}){{0,2}}"
)
# "Op de Molenweg": the words before a street that open the sentence are none of its name.
_OPENING = re.compile(
    r"(?:Op|In|Aan|Bij|Naar|Over|Langs|Achter|Uit|Tegenover|På|Fra|Til|I|Ved|Omkring|On|At|From|"
    r"Near)\s"
    r"(?:(?:de|het|den|the)\s)?"
)
_HOUSE_BEFORE = re.compile(r"(?<![\w.,-])(?:\d{1,6}[^\S\n]){1,2}$")
# The lines of an address as forms and letters have them. In a transcript a new line is a new turn,
# which never starts with a blank or a comma.
_WORDS = rf"(?:{_CAP}|\d[\w-]*|{_SMALL})(?:[.,]?[^\S\n](?:{_CAP}|\d[\w-]*|{_SMALL}))*"
_BLOCK = re.compile(
    rf"(?:,?[^\S\n]*(?:\n{_WORDS}[^\S\n]*(?=\n[^\S\n,]))?\n(?:[^\S\n]+|,[^\S\n]?){_WORDS}){{1,5}}"
)
_STATE = r"(?:[A-ZÀ-Þ][A-Za-z]?[A-Z]?|nan|\d{1,3})"
_COUNTRY = rf"(?:{_CAP}(?:[^\S\n](?:of[^\S\n]|and[^\S\n])?{_CAP}){{0,2}}(?:[^\S\n]\({_CAP}\))?)"
_TOWN = rf"(?:{_CAP}|{_CAP}[-'’]{_CAP})" + (
    rf"(?:[^\S\n](?:(?:{_SMALL}|u|w|s/d|d'|sur|en)[^\S\n])?\(?{_CAP}\)?){{0,4}}"
)
_FLAT = r"(?:(?:Apt|Apartment|Suite|Unit|Flat|Ste)\b\.?[^\S\n]?#?\w{1,6})"
# To the next part: a blank, a comma, or a new line; one that starts with a blank is no turn.
_ON = r"(?:,?[^\S\n]*\n{1,2}(?:[>?,\u00a0 \t]*)|,[^\S\n]?|[^\S\n]+)"
_WITHIN = r"(?:,?[^\S\n]*\n(?:[>?,\u00a0 \t]+)|,[^\S\n]?|[^\S\n]+)"
_CODE = r"(?:\d{4,6}|\d{3}[^\S\n]\d{2}|\d{2}-\d{3}|\d{4}-\d{3})(?!\w|[.,/-]\d)"
_NAMED = rf"(?:[^\S\n]{_CAP}){{0,3}}"
# What follows a street in a form or a letter, on the same line or the next ones; a postcode or a
# country behind a flat closes it, so that the next speaker's turn is none of it.
_TAIL = re.compile(
    rf"\.?{_NAMED}(?:\.?{_ON}{_FLAT}){{0,2}}(?:\.?{_ON}{_TOWN})?(?:{_ON}{_STATE})?(?:{_ON}{_COUNTRY})?{_ON}{_CODE}"
    rf"|\.?{_NAMED}(?:\.?{_WITHIN}{_FLAT}){{1,2}}(?:{_WITHIN}{_TOWN}(?:{_WITHIN}{_COUNTRY})?(?:{_WITHIN}{_STATE}(?!\w))?)?"
    rf"|(?:{_ON}{_TOWN})?{_ON}[A-Z]{{1,2}}\d[A-Z\d]?\s?\d[A-Z]{{2}}\b"
    rf"|,[^\S\n]{_CAP}(?:[^\S\n]{_CAP}){{0,2}},[^\S\n]{_COUNTRY}(?![^\S\n]\w)",
)
_HAS_FLAT = re.compile(r"\b(?:Apt|Suite|Flat|Unit)\b")
_TOWN_TAIL = re.compile(
    rf"(?:,[^\S\n]?|[^\S\n]){_TOWN}(?:,?[^\S\n]{_COUNTRY})?(?:,?[^\S\n]{_STATE}(?!\w))?"
)
# Words before which a name and a number are an address, whatever the name is.
_LIVES = re.compile(
    r"\b(?:liv(?:es?|ed|ing)[^\S\n](?:at|on|in)|address(?:[^\S\n](?:is|was|of[^\S\n]\w+[^\S\n]is)|"
    r":|[^\S\n]to)|"
    r"located[^\S\n](?:at|on)|moved[^\S\n](?:to|into)|(?:off|out|restaurant|station|office|shop|"
    r"party|"
    r"house|building|clinic|school|church|home|flat|apartment)[^\S\n](?:is[^\S\n])?(?:at|on)|"
    r"arrived[^\S\n]at|"
    r"offices[^\S\n]are[^\S\n](?:located[^\S\n])?at|delivered[^\S\n]to|return[^\S\n]to|"
    r"sent[^\S\n]to|one[^\S\n]to|"
    r"taxi[^\S\n]to|meet[^\S\n](?:me|you|us)[^\S\n]at|enter[^\S\n]on|corner[^\S\n]of|"
    r"north[^\S\n]side[^\S\n]of|"
    r"it's[^\S\n]in|adres(?:[^\S\n]is|:)?|woon(?:t|de|den)?[^\S\n](?:op|aan|in)|wonen[^\S\n](?:op|"
    r"aan)|gevestigd[^\S\n](?:op|aan)|"
    r"zit(?:ten)?[^\S\n](?:op|aan)|verhuisd?e?[^\S\n]naar|adresse(?:n)?(?:[^\S\n]er|:)?|"
    r"bor[^\S\n](?:på|i)|boede[^\S\n]på|"
    r"flyttede[^\S\n](?:til|ind[^\S\n]på)|ligger[^\S\n](?:på|i)|"
    r"at)[^\S\n]{1,6}(?:de[^\S\n]|het[^\S\n]|the[^\S\n])?",
    re.I,
)
_ANY_STREET = re.compile(
    rf"(?:\d{{1,6}}[^\S\n]){{0,2}}(?:[\w'’]{{1,4}}\.?/?[^\S\n]){{0,2}}"
    rf"(?:{_CAP}|\w+(?:gasse|gatan|veien|gate|vej|straat|weg|strasse|stræde|laan|plein|katu|"
    rf"tie))\.?(?:[^\S\n-](?:(?:{_PARTICLE}|of|the|e|z|u|út|útja|rkp|tér|fejedelem|trg)\.?[^\S\n])?"
    rf"(?:{_CAP}|tér|út|útja|u|rkp|st|str|allé|gate|gata|"
    rf"tachkent)\.?){{0,4}}[^\S\n]\d{{1,5}}(?:[^\S\n]?[A-Za-z]\b)?(?![\w:%€$£]|[.,/]\d)"
)
_CORNER = re.compile(
    rf"\b(?:the[^\S\n])?(?:corner|intersection|"
    rf"junction)[^\S\n]of[^\S\n](?P<a>(?:\w+\.?[^\S\n]){{0,4}}?[\w.]+)[^\S\n]and[^\S\n]"
    rf"{_CAP}(?:[^\S\n](?:{_CAP}|\d+)\.?){{0,4}}"
    rf"|\b(?:op[^\S\n])?(?:de[^\S\n])?hoek[^\S\n]van[^\S\n](?:de|"
    rf"het)[^\S\n]{_CAP}[^\S\n]en[^\S\n](?:de|het)[^\S\n]{_CAP}"
    rf"|\b(?:på[^\S\n])?hjørnet[^\S\n]af[^\S\n]{_CAP}[^\S\n]og[^\S\n]{_CAP}"
)
# a postcode of another country behind a town: "in Bjert 6091", "in Acquapendente 1021"
_TOWN_CODE = re.compile(
    rf"\b(?:in|near|from|to|i|fra|til|te|uit|"
    rf"naar)[^\S\n](?:{_CAP}(?:[^\S\n]{_SMALL})?[^\S\n]){{1,4}}(?P<code>(?!(?:19|20)\d\d\b)"
    rf"(?:\d{{4,5}}|\d{{3}}[ ]\d{{2}}|\d{{4}}-\d{{3}}|\d{{2}}-\d{{3}}))(?![\w%€$£]|[.,/-]\d)"
)
_YEAR_LAST = re.compile(r"(?<!\d)(?:19|20)\d\d$")
_ZIP_CUE = re.compile(
    r"\b(?:zip(?:\s?code)?|post\s?code|postal code|postcode|postnummer(?:et)?|postnr)\b\.?\D{0,12}"
    r"(?<!\w)(\d{4}[^\S\n]?[A-Z]{2}|[A-Z]{1,2}\d[A-Z\d]?[^\S\n]?\d[A-Z]{2}|"
    r"\d{3,6}(?:[ -]\d{2,4})?)\b",
    re.I,
)
# Postcodes in small letters look like other things, so that somebody looks, unless a town or a word
# for living somewhere says what they are. "2016 we", "500 kg", "a4 2nd" are none.
_SMALL_POSTCODES = {
    "nl": re.compile(
        r"(?<![\w.,:/-])[1-9]\d{3}[^\S\n]?(?!(?:al|af|bv|de|en|er|ex|ga|ha|he|in|is|ie|ik|ja|je|ka|me|na|"
        r"nb|nu|of|og|om|op|pc|pk|te|tv|uw|uh|va|we|wc|zo|ze|zn|an|as|at|be|by|do|go|id|if|it|my|no|"
        r"oh|ok|on|or|so|to|up|us|cm|mm|km|kg|mg|ml|dl|cl|kr|gb|mb|kb|tb|hz|kw|sa|sd|ss|st|nd|rd|th)"
        r"(?!\w))[a-z]{2}(?![\w-])"
    ),
    "en": re.compile(
        r"(?<![\w.,:/-])[a-z]{1,2}\d[a-z\d]?[^\S\n]?\d(?!(?:st|nd|rd|th|gb|hz|ft|lb|pp)\b)"
        r"[abd-hjlnp-uw-z]{2}(?![\w-])"
    ),
}
_POSTCODE_CUE = re.compile(
    r"(?:\bwoon\w*|\bwonen|\badres\w*|\bliv(?:e|es|ed|ing)|\baddress|\b(?:straat|laan|weg|street|road))"
    r"[^.!?\n]{0,40}$",
    re.I,
)
# In any letters: "kerkstraat 12", "op nummer 12 in de kerkstraat", "12 church street"
_SMALL_STREET = rf"\w{{3,}}(?:{_SURE}|weg|kade|gade|gaden|vejen|dijk|steeg|dreef|plads|torv)"
_SMALL_ROAD = r"(?:street|road|avenue|lane|drive|boulevard)"
# What a street of several words begins with; before "vej" or "alle" any word would do in speech:
# "på vej 2 timer", "vi var alle 12".
_QUALIFIER = (
    r"(?:nørre|nordre|sønder|søndre|øster|østre|vester|vestre|sankt|skt\.?|st\.?|gammel|gamle|gl\.?|"
    r"nye?|store|lille|kongens|dronningens|kong|dronning|prins|prinsesse)"
)
_QUALIFIER_NL = (
    r"(?:nieuwe|oude|korte|lange|grote|kleine|hoge|lage|nieuwezijds|oudezijds|eerste|tweede|derde)"
)
_IN_TWO = (
    rf"(?:{_QUALIFIER}\s(?:\w+\s)?(?:all[ée]|boulevard|\w*gade|vej|plads|torv|stræde)"
    rf"|{_QUALIFIER_NL}\s(?:\w+\s)?(?:gracht|singel|kade|burgwal|voorburgwal|achterburgwal|haven|"
    rf"markt|plein)"
    r"|(?!(?:en|den|denne|hver|min|vores|the|this|a)\b)\w{3,}\sallé"
    # Streets that have no such word.
    r"|rokin|damrak|spui|singel|vredenburg|neude|noordeinde|binnenhof|buitenhof|nyhavn|strøget)"
)
# A number behind a street that counts something: "een nieuwe markt 3 jaar geleden".
_COUNTED = (
    r"(?!\s(?:uur|jaar|maanden|weken|dagen|keer|meter|km|kilometer|euro|mensen|man|minuten|procent|"
    r"timer|år|måneder|uger|dage|gange|kroner|mennesker|minutter|personer)\b)"
)
# "3 people close", "2 metres square", "3 days in a row", "a 3 bed terrace" are no addresses.
_NO_ROAD_NAME = (
    r"(?:\w+ly|\w+(?<!s)s|people|men|women|children|staff|foot|feet|inch|bed|bedroom|bedroomed|storey|"
    r"very|so|too|that|this|quite|how|get|got|come|came|are|were|was|been|to|of|in|on|at|or|and|"
    r"front|back|whole|single|town|city|market|more|other|new|big|small|good|public|minute|hour|"
    r"mile|block|year)"
)
_LOWER = tuple(
    re.compile(_on_one_line(shape), re.I)
    for shape in (
        rf"\b(?P<street>{_SMALL_STREET}){_HOUSE}\b",
        rf"(?<!\w)(?<!een )(?<!\ben )(?P<street>{_IN_TWO}){_HOUSE}\b{_FLOOR}{_COUNTED}",
        # 14 elm close, 14 the grove, 9 st james square
        rf"(?<![\w.,:/-])\d{{1,4}}[a-z]?\s(?:the\s(?:grove|crescent|mews|terrace)|"
        rf"(?:st\.?\s\w+|(?!{_NO_ROAD_NAME}\b)[^\W\d_]{{3,}})\s"
        rf"(?:close|grove|crescent|square|row|mews|terrace|gardens))\b(?!-)",
        rf"\bnummer\s\d{{1,4}}[a-z]?\s(?:in|aan|op|i|på)\s(?:(?:de|het|den)\s)?"
        rf"(?P<street>{_SMALL_STREET})\b",
        rf"\b(?:number\s)?\d{{1,5}}\s(?:(?:on|in)\s)?(?!(?:minutes?|hours?|miles?)\b)"
        rf"(?:\w+\s){{1,2}}{_SMALL_ROAD}\b",
        rf"\b(?!(?:the|this|that|every|each|which|one|your|my|our|a|an|on|in|at)\b)\w{{3,}}\s"
        rf"{_SMALL_ROAD}\snumber\s\d{{1,4}}\b",
    )
)
# Capitalised words on these endings that are no streets, most of them at the start of a sentence.
_NO_STREET = re.compile(
    r"(?:\w*(?:Onder|Boven|Vandaag|Snel|Auto|Spoor|Land|Water|Uit|Af|Door|Half|Weg|Om|Rond|Lucht|"
    r"Arbeids|Huizen|"
    r"Woning|Vak|Zwarte|Super|Under|Vold|Ud|Ind|Loopbaan|Bus|Om)(?:weg|baan|markt|vej|gade|gang|"
    r"pad|wal|dijk|steeg)"
    r"|Weg|Markt|Plein|Vej|Gade|Baan|Loopbaan|Pad|Banaan|Vandaan|Daarvandaan|Bestaan|Toestand|"
    r"Gedag|Egal|"
    r"Mor?gengade|Gate|Tie|Plads|Regaal|Afgang|Ankomst|Arbejdsplads|Byplads|Udgang|Postzegel|"
    r"Orkaan)"
)


def _is_address(cue: str, street: str) -> bool:
    """Whether a name and a number behind "lives at" are one: "at LEAST 1", "in March 2018" not."""
    if _YEAR_LAST.search(street) or "\n" in street:
        return False
    bare = cue.strip().lower() in ("at", "at the", "at de", "at het")
    return not bare or (re.search(r"\d\d", street) is not None and ". " not in street)


def find_addresses(text: str, context: Context) -> list[Span]:
    """`contact`; auto, but for postcodes in small letters that nothing explains: review."""
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
            number = _HOUSE_BEFORE.search(text, max(0, start - 14), start)
            start = number.start() if number else start
            if number or any(char.isdigit() for char in match.group()):
                town = _AFTER_STREET.match(text, end)
                end = town.end() if town else end
                block = _BLOCK.match(text, end)
                end = block.end() if block else end
                tail = _TAIL.match(text, end) or (
                    _TOWN_TAIL.match(text, end) if _HAS_FLAT.search(match.group()) else None
                )
                end = tail.end() if tail else end
            yield start, end, "auto"
    numbered = tuple(numbered_lines(text))
    for first, last in numbered:
        for lives in _LIVES.finditer(text, first, last):
            street = _ANY_STREET.match(text, lives.end())
            if street and _is_address(lives.group(), street.group()):
                tail = _TAIL.match(text, street.end())
                yield street.start(), tail.end() if tail else street.end(), "auto"
    for match in _CORNER.finditer(text):
        yield match.start(), match.end(), "auto"
    for match in _TOWN_CODE.finditer(text):
        yield match.start("code"), match.end("code"), "auto"
    for pattern in _POSTCODES:
        for match in pattern.finditer(text):
            yield match.start(), match.end(), "auto"
    for match in _ZIP_CUE.finditer(text):
        yield match.start(1), match.end(1), "auto"
    small = _SMALL_POSTCODES.get(language)
    for match in small.finditer(text) if small else ():
        cue = _POSTCODE_CUE.search(text, max(0, match.start() - 60), match.start())
        yield match.start(), match.end(), "auto" if cue else "review"
    for first, last in numbered:
        for pattern in _LOWER:
            for match in pattern.finditer(text, first, last):
                word = match.groupdict().get("street")
                if word is None or not _NO_STREET.fullmatch(word.capitalize()):
                    yield match.start(), match.end(), "auto"

"""Numbers up to 99 as people say them, because what a sheet has in digits is said in words."""

from __future__ import annotations

_ONES = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen",
    "nl": "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien "
    "vijftien zestien zeventien achttien negentien",
    "da": "nul en to tre fire fem seks syv otte ni ti elleve tolv tretten fjorten femten seksten "
    "sytten atten nitten",
}
_TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "nl": "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
    "da": "tyve tredive fyrre halvtreds tres halvfjerds firs halvfems",
}


def said(number: int, language: str) -> str:
    """In words, as 22 is "twenty two" or "toogtyve"; "" for other languages and numbers."""
    if language not in _ONES or not 0 <= number < 100:
        return ""
    ones, tens = _ONES[language].split(), _TENS[language].split()
    if number < 20:
        return ones[number]
    ten, one = tens[number // 10 - 2], number % 10
    if not one:
        return ten
    if language == "en":
        return f"{ten} {ones[one]}"
    if language == "nl":
        return f"{ones[one]}{'ën' if ones[one].endswith('e') else 'en'}{ten}"
    return f"{ones[one]}og{ten}"


def pieces(column: str, value: str, languages: tuple[str, ...]) -> list[str]:
    """What of a cell may stand in a text: "22", "22 years", "twenty two years"."""
    if not value.isascii() or not value.isdigit():
        return [value] if value else []
    spoken = [said(int(value), language) for language in languages] if len(value) < 3 else []
    return [f"{number} {column}" for number in (value, *filter(None, spoken))]

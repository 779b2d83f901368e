"""Texts of a drawing whose places were filled before anybody knew who would read them.

Such a text is found again by what stands between its places, and what filled them is put into the words of the reader's language.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from bpm.engine.templates import FIELD


def translated(zh: str, strings: Mapping[str, str]) -> str:
    """A filled text in the language of ``strings`` (Chinese: translation); itself where nobody has translated it."""
    if zh in strings:
        return strings[zh]
    matches = [(template, found) for template in strings if FIELD.search(template) and (found := _pattern(template).fullmatch(zh.strip()))]
    if not matches:
        return zh
    template, found = max(matches, key=lambda match: len(FIELD.sub("", match[0])))  # the one that says most by itself
    said = dict(zip(_places(template), found.groups(), strict=True))
    return FIELD.sub(lambda place: said.get(place[1].strip(), ""), strings[template]).strip()


@lru_cache(1000)
def _pattern(template: str) -> re.Pattern[str]:
    """What a template looks like filled; blanks beside a place that nothing fills may have gone."""
    between = (re.escape(part.strip()) for part in FIELD.split(template)[::2])
    return re.compile(" ?(.*?) ?".join(between), re.DOTALL)


def _places(template: str) -> list[str]:
    return [place.strip() for place in FIELD.findall(template)]

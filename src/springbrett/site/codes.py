"""The catalogue's names for codes, whichever list they stand in."""

from functools import cache

from springbrett import catalogue
from springbrett.catalogue import Text


@cache
def _all_names() -> dict[str, Text]:
    """Code → name over the whole catalogue; the first list that holds a code names it."""
    loaded = catalogue.load()
    named: dict[str, Text] = {}
    for code, measure in loaded.measures.items():
        named.setdefault(code, measure.name)
    for code, chain in loaded.chains.items():
        named.setdefault(code, chain.name)
    for entries in loaded.lists.values():
        for code, entry in entries.items():
            named.setdefault(code, entry.name)
    return named


def text_of(code: str, kind: str = "") -> Text | None:
    """The name of ``code`` in the list ``kind`` (in any when empty), or None when the catalogue has no such code."""
    if not kind:
        return _all_names().get(code)
    entry = catalogue.load().lists.get(kind, {}).get(code)
    return entry.name if entry else None


def is_needs_level(code: str) -> bool:
    """Whether the code is a needs level, which has both an older and a newer name."""
    return code in catalogue.load().lists.get("needs_level", {})

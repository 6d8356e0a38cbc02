"""What may be written as a fact in the ledger: codes, numbers, dates, identifiers. Words are refused."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

_CODE = re.compile(r"[A-Za-z0-9_§\-.:/+]{0,80}")
_LOOKS_LIKE_A_NATIONAL_ID = re.compile(r"(?<!\d)\d{11}(?!\d)")


class NotAFact(ValueError):
    """A value that could carry free text or a national identity number was offered to the ledger."""


def coded(facts: Mapping[str, object]) -> dict[str, object]:
    """The facts as JSON values.

    Raises NotAFact, naming the key but never the value, for text that is not a code.
    """
    return {key: _coded(key, value) for key, value in facts.items()}


def _coded(key: str, value: object) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, str):
        return _code(key, value)
    if isinstance(value, Sequence | set | frozenset):
        return [_coded(key, item) for item in (sorted(value) if isinstance(value, set | frozenset) else value)]
    raise NotAFact(f"the fact {key!r} is a {type(value).__name__}; the ledger takes codes, numbers, dates and ids")


def _code(key: str, value: str) -> str:
    if not _CODE.fullmatch(value) or _LOOKS_LIKE_A_NATIONAL_ID.search(value):
        raise NotAFact(f"the fact {key!r} is not a code; free text belongs in the room's own rows")
    return value

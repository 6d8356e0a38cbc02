"""Pseudonyms: the same identifier gets the same pseudonym within one export, and nobody without the key can go back."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_LENGTH = 24


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Pseudonyms under one secret key (HMAC-SHA-256, 96 bits kept).

    A new key for each export makes two exports unlinkable; keep the key and follow-up exports line up.
    """

    key: bytes

    def __post_init__(self) -> None:
        if len(self.key) < 16:
            raise ValueError("the pseudonym key must be at least 16 bytes")

    def of(self, identifier: object) -> str | None:
        """The pseudonym of an identifier; None stays None."""
        if identifier is None:
            return None
        return hmac.new(self.key, str(identifier).encode(), hashlib.sha256).hexdigest()[:_LENGTH]

    def in_facts(self, facts: Mapping[str, object]) -> dict[str, object]:
        """The facts with every identifier inside them replaced."""
        return {key: self._in_value(value) for key, value in facts.items()}

    def _in_value(self, value: object) -> object:
        if isinstance(value, str):
            return self.of(value.lower()) if _UUID.fullmatch(value) else value
        if isinstance(value, list | tuple):
            return [self._in_value(item) for item in value]
        return value

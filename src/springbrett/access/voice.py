"""Words for a reader: the same said of a person to somebody else, and said to the person.

A sentence about the person is written twice, side by side: «The person has …» and «You have …». Texts of the catalogue
have their second form in its file to_self.toml.
"""

from collections.abc import Callable
from typing import cast

from django.utils.functional import Promise, lazy

from springbrett import catalogue
from springbrett.catalogue import Text
from springbrett.kernel.voice import speaking_to_self

Words = str | Promise


def addressed(of_person: Words, to_you: Words) -> str:
    """The words for the reader of this page."""
    return str(to_you if speaking_to_self() else of_person)


addressed_lazy = cast(Callable[[Words, Words], Promise], lazy(addressed, str))
"""The same, chosen each time the words are shown: for words that are made once and kept."""


def for_reader(text: Text) -> Text:
    """A text of the catalogue as it is put to the reader; unchanged where it does not speak of the person."""
    return catalogue.load().said_to_self(text) if speaking_to_self() else text


__all__ = ["Words", "addressed", "addressed_lazy", "for_reader"]

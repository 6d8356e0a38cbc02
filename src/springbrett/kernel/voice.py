"""Whom the words are put to: somebody who reads about a person, or the person, who is then called «you».

It is set once for a request and read where a sentence is made, so that rules, views and templates need not carry it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_TO_SELF: ContextVar[bool] = ContextVar("to_self", default=False)


def speaking_to_self() -> bool:
    """Whether the reader is the person spoken of."""
    return _TO_SELF.get()


@contextmanager
def to_self(*, yes: bool = True) -> Iterator[None]:
    """Inside, words are put to the person spoken of, or with `yes` False to anybody else."""
    before = _TO_SELF.set(yes)
    try:
        yield
    finally:
        _TO_SELF.reset(before)

"""Small things the pages of this room and of matching share."""

from typing import Any

from django.http import HttpResponseRedirect
from django.shortcuts import resolve_url


class SeeOther(HttpResponseRedirect):
    """After a post: go on to another page by GET (303), so that a reload does not post again."""

    status_code = 303


def see_other(to: str, *args: Any) -> SeeOther:
    """A 303 to a named page or an address."""
    return SeeOther(resolve_url(to, *args))

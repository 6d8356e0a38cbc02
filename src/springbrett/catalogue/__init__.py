"""Knowledge: measures, effect chains, codes and house values as dated data.

Nothing that comes from a law, from practice or from a choice of our own stands as a number in Python: it stands in
TOML under data/, with the date it holds from, the section or report it comes from, and which of the three it is. This
room reads those files into typed, frozen structs, refuses what does not hold together, and answers one question for
all the other rooms: *what was in force on this date?*

What comes in: TOML files. What goes out: a `Catalogue`, the same for everyone, with a version made from its contents.
The room knows nothing of Django and nothing of any person.
"""

from springbrett.catalogue.base import Text
from springbrett.catalogue.catalogue import Catalogue
from springbrett.catalogue.dated import NotInForce, all_in_force, dated, in_force
from springbrett.catalogue.errors import CatalogueError, Problem, UnknownCode
from springbrett.catalogue.loader import load

__all__ = [
    "Catalogue", "CatalogueError", "NotInForce", "Problem", "Text", "UnknownCode", "all_in_force", "dated", "in_force",
    "load",
]  # fmt: skip

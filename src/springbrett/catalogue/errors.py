"""What can be wrong with the catalogue, said so that the one who edits a TOML file can mend it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where it stands, what stands there and what may stand there."""

    file: str
    key: str
    value: object
    allowed: str
    message: str

    def __str__(self) -> str:
        found = "" if self.value is None else f" (found {_shown(self.value)})"
        allowed = f" Allowed: {self.allowed}." if self.allowed else ""
        return f"{self.file}: {self.key}: {self.message}{found}.{allowed}"


def _shown(value: object) -> str:
    """A value as TOML writes it, where that is not as Python does."""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date | time) else repr(value)


class CatalogueError(ValueError):
    """The catalogue cannot be used. `problems` holds every problem found, in file order."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class UnknownCode(KeyError):
    """A code that the catalogue does not hold was asked for."""

    def __init__(self, kind: str, code: str) -> None:
        self.kind = kind
        self.code = code
        super().__init__(f"No {kind} has the code {code!r}.")

    def __str__(self) -> str:
        return f"No {self.kind} has the code {self.code!r}."

"""Why a service of the room refused. The texts hold codes only; pages turn them into sentences."""


class VignetteError(ValueError):
    """It cannot be done like this; `code` says why and `field` names what to correct."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code, self.field = code, field


class StudyNotFound(LookupError):
    """There is no such study, or none that is open to the viewer."""

"""Why an outcome service refused. The texts hold codes only; pages turn them into sentences."""


class OutcomeError(ValueError):
    """It cannot be done like this; `code` says why and `field` names what to correct."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code, self.field = code, field

"""Why a funding service refused. The texts hold codes only; pages turn them into sentences."""

from springbrett.kernel.verdict import Verdict


class FundingError(ValueError):
    """It cannot be done like this; `code` says why and `field` names what to correct."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code, self.field = code, field


class RequestNotFound(LookupError):
    """No such request. The web shows the same page as for a wrong address."""


class FundingStop(FundingError):
    """A rule stops it; `verdict` is its tree."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.stopping[0].rule if verdict.stopping else verdict.rule)
        self.verdict = verdict


class BudgetBroken(FundingError):
    """The budget does not cover the request, and no coded reason says why it is granted in spite of that."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__("over_budget", "override_reason")
        self.verdict = verdict

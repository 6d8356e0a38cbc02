"""Why an agreement service refused. The texts hold codes and numbers only; pages turn them into sentences."""

from springbrett.kernel.verdict import Verdict


class AgreementNotFound(LookupError):
    """No such agreement for this viewer. The web shows the same page as for a wrong address."""


class AgreementError(ValueError):
    """The agreement cannot take this step; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class StaleVersion(AgreementError):
    """Somebody saved a newer version in between; `current` is its number."""

    def __init__(self, current: int) -> None:
        super().__init__("stale_version")
        self.current = current


class AlreadyApproved(AgreementError):
    """This party's approval already counts for the version."""

    def __init__(self) -> None:
        super().__init__("already_approved")


class RulesStop(AgreementError):
    """The check does not let it through; `verdict` says why."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__("rules_stop")
        self.verdict = verdict


class NeedsOverride(AgreementError):
    """The check warns; going on needs a coded reason. `verdict` says what it warns of."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__("needs_override")
        self.verdict = verdict

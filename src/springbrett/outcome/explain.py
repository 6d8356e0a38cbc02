"""The outcome in words: sentences for verdicts, judgements, and reasons for refusals."""

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from springbrett.agreement import explain as agreement_explain
from springbrett.kernel.verdict import Verdict

JUDGED: dict[str, str | Promise] = {
    "on_chain": gettext_lazy("On the chain"),
    "branch": gettext_lazy("A legitimate other branch"),
    "off_chain": gettext_lazy("Off the chain"),
    "unknown": gettext_lazy("No chain to judge against"),
}
COLOURS = {"on_chain": "success", "branch": "info", "off_chain": "warning", "unknown": "neutral"}


def _against(verdict: Verdict) -> str:
    sentences = {
        "on_chain": _("The outcome is what the chain should lead to."),
        "branch": _("The outcome is not what was aimed for, but a legitimate other branch of the chain."),
        "off_chain": _("The outcome is neither what the chain should lead to nor one of its branches."),
        "unknown": _("The case has no chain, so the outcome cannot be judged against one."),
    }
    return sentences[str(verdict.fact("judged"))]


def _desired(verdict: Verdict) -> str:
    return (_("One of the outcomes is what the chain should lead to.") if verdict.met
            else _("None of the outcomes is what the chain should lead to."))  # fmt: skip


def _branch(verdict: Verdict) -> str:
    return (_("One of the outcomes is a legitimate other branch of the chain.") if verdict.met
            else _("None of the outcomes is a legitimate other branch of the chain."))  # fmt: skip


SENTENCES: dict[str, Callable[[Verdict], str]] = {
    "outcome_against_chain": _against,
    "outcome_desired": _desired,
    "outcome_legitimate_branch": _branch,
}
FACTS: dict[str, str | Promise] = {
    "chain": gettext_lazy("chain"),
    "outcomes": gettext_lazy("outcomes"),
    "chain_outcomes": gettext_lazy("in the chain"),
    "in_common": gettext_lazy("in both"),
    "judged": "",  # the sentence itself says it
}
LABELS: dict[str, str | Promise] = {
    "ended_on": gettext_lazy("Last day"),
    "months_after_end": gettext_lazy("Months after the end"),
}
LINKS: dict[str, str | Promise] = {
    "characteristics": gettext_lazy("For whom"),
    "clarifications": gettext_lazy("Clear before the start"),
    "implementation": gettext_lazy("How it is done"),
    "desired_outcome": gettext_lazy("What it should lead to"),
    "desired_development": gettext_lazy("And then"),
}
"""The five links of a chain."""

REFUSALS: dict[str, str | Promise] = {
    "not_ended": gettext_lazy("The placement has not ended yet. End it first."),
    "never_began": gettext_lazy("The placement never began, so it has no outcome."),
    "already_decided": gettext_lazy("The outcome is already decided."),
    "already_corrected": gettext_lazy(
        "Somebody corrected the outcome while you were writing. Read it before you go on."
    ),
    "reason_missing": gettext_lazy("Choose why the outcome is corrected."),
    "outcome_missing": gettext_lazy("Choose at least one outcome."),
    "main_not_among": gettext_lazy("The main outcome must be one of those you have ticked."),
    "nothing_stands_alone": gettext_lazy("«No result yet» cannot stand together with another outcome."),
    "next_measure": gettext_lazy("Name the next measure when that is the next step, and leave it empty otherwise."),
    "learned_missing": gettext_lazy("Write what was learned. The participant can read it."),
    "unknown_reached": gettext_lazy("Answer whether the purpose was reached."),
    "no_outcome": gettext_lazy("The outcome must be decided first."),
    "too_early": gettext_lazy("It is too early. The status is asked for when the time has passed."),
    "already_recorded": gettext_lazy("The status is already recorded."),
    "already_chained": gettext_lazy("The next case is already open."),
    "words_national_id": gettext_lazy("Take out the national identity number."),
    "words_diagnosis": gettext_lazy("Do not write diagnoses. Write what is needed at work."),
}


def refusal(code: str) -> str:
    """Why it was not done, and what to do."""
    return str(REFUSALS.get(code) or agreement_explain.refusal(code))

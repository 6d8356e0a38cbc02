"""Sentences for the rules that a measure's own questions decide: the catalogue's words, with what the answer makes of
them."""

from collections.abc import Callable
from datetime import date
from functools import partial

from django.utils.translation import gettext as _

from springbrett import catalogue
from springbrett.access.voice import for_reader
from springbrett.agreement.wording import language
from springbrett.catalogue.structs import Rule
from springbrett.kernel.verdict import Verdict


def _answered(measure: str, code: str, verdict: Verdict) -> str:
    known = catalogue.load().measure(measure)
    found = known.rule_on(code, verdict.on or date.max) or _newest(measure, code)
    words = for_reader(found.text).get(language()) if found else code
    if verdict.met:
        return words
    if verdict.unknown:
        return _("Nobody has answered what this rests on: %(rule)s") % {"rule": words}
    return _("The answer goes against this: %(rule)s") % {"rule": words}


def _newest(measure: str, code: str) -> Rule | None:
    found = [rule for rule in catalogue.load().measure(measure).rules if rule.code == code]
    return found[-1] if found else None


SENTENCES: dict[str, Callable[[Verdict], str]] = {
    f"answered.{measure.code}.{rule.code}": partial(_answered, measure.code, rule.code)
    for measure in catalogue.load().measures.values()
    for rule in measure.rules
    if rule.fact
}
"""Rule code → sentence."""

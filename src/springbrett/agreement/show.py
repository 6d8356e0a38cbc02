"""What the agreement's pages show, gathered from the records: parts in words, parties' standing, versions, terms."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise

from springbrett import catalogue
from springbrett.access.roles import Role, Viewer
from springbrett.access.selectors import account_names
from springbrett.agreement import explain, rules, selectors
from springbrett.agreement.approvals import ApprovalState, PartyState
from springbrett.agreement.models import Agreement, AgreementVersion
from springbrett.agreement.records import (
    CASEWORKER,
    DECLARED,
    EMPLOYER,
    PARTICIPANT,
    PARTS,
    AgreementContent,
    Mentoring,
    diff,
)
from springbrett.catalogue.structs import Clause, Measure
from springbrett.kernel import clock
from springbrett.kernel.verdict import Severity, Verdict

Label = str | Promise


@dataclass(frozen=True, slots=True)
class PartRow:
    """A part of the agreement in plain lines."""

    part: str
    label: Label
    lines: list[str]


@dataclass(frozen=True, slots=True)
class Card:
    """A card of the form: its title and the template of each part on it."""

    code: str
    title: Label
    templates: list[str]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A part that differs, in plain lines before and after."""

    part: str
    label: Label
    before: list[str]
    after: list[str]


@dataclass(frozen=True, slots=True)
class PartyRow:
    """Where a party stands, in words."""

    party: str
    label: Label
    standing: Label
    colour: str
    at: datetime | None
    by: str
    version: int | None
    on_behalf: str
    cleared_by: list[Label]
    changes: list[ChangeRow]


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version in the list."""

    number: int
    at: datetime
    by: str
    reason: str
    reason_text: str
    in_force: bool


def seen_by(content: AgreementContent, measure: Measure, reader: str) -> AgreementContent:
    """The content as a party reads it. What the mentor earns is not for the participant; what the caseworker and the
    participant have answered about the person is not for the employer."""
    if reader == PARTICIPANT:
        mentor = content.mentoring
        plain = Mentoring(name=mentor.name, account_id=mentor.account_id, hours_month=mentor.hours_month)
        return replace(content, mentoring=plain)
    if reader == EMPLOYER:
        asked = measure.agreement.questions if measure.agreement else ()
        open_to = {question.code for question in asked if question.party == EMPLOYER}
        return replace(content, answers=tuple((code, yes) for code, yes in content.answers if code in open_to))
    return content


def reader_of(viewer: Viewer) -> str:
    """Which party the viewer reads as."""
    if viewer.role in {Role.EMPLOYER, Role.MENTOR}:
        return EMPLOYER
    return PARTICIPANT if viewer.role is Role.PARTICIPANT else CASEWORKER


def measure_of(agreement: Agreement) -> Measure:
    """The measure of an agreement."""
    return catalogue.load().measure(agreement.measure)


def asked_of(measure: Measure, content: AgreementContent) -> tuple[str, ...]:
    """The declarations that the measure asks for, by the rules of the first day."""
    asked = {rule.fact for rule in rules.asked_rules(measure, content.start or clock.today())}
    return tuple(name for name in DECLARED if name in asked)


def part_rows(content: AgreementContent, measure: Measure, reader: str = CASEWORKER) -> list[PartRow]:
    """The parts that the measure's agreements have and that say something, in the catalogue's order, as `reader` sees
    them."""
    seen, asked = seen_by(content, measure, reader), asked_of(measure, content)
    parts = measure.agreement.parts if measure.agreement else tuple(PARTS)
    rows = (PartRow(part, explain.PARTS[part], explain.part_lines(part, seen, asked)) for part in parts)
    return [row for row in rows if row.lines]


def change_rows(
    before: AgreementContent, after: AgreementContent, measure: Measure, reader: str = CASEWORKER
) -> list[ChangeRow]:  # fmt: skip
    """The parts that differ for the reader, in words."""
    one, other = seen_by(before, measure, reader), seen_by(after, measure, reader)
    asked = asked_of(measure, after)
    return [
        ChangeRow(c.part, explain.PARTS[c.part], explain.part_lines(c.part, one, asked),
                  explain.part_lines(c.part, other, asked))
        for c in diff(one, other)
    ]  # fmt: skip


def party_rows(agreement: Agreement, state: ApprovalState, reader: str = CASEWORKER) -> list[PartyRow]:
    """Where every party stands, with names, and what has changed since as `reader` may read it."""
    names = account_names({p.given.by_account for p in state.parties if p.given and p.given.by_account})
    return [_party(agreement, party, names, reader) for party in state.parties]


def _party(agreement: Agreement, state: PartyState, names: dict[UUID, str], reader: str) -> PartyRow:
    standing, colour = explain.STANDINGS[state.standing.value]
    given = state.given
    contents = selectors.contents_of(agreement)
    return PartyRow(
        party=state.party,
        label=explain.PARTIES[state.party],
        standing=standing,
        colour=colour,
        at=given.at if given else None,
        by=names.get(given.by_account, "") if given and given.by_account else "",
        version=given.version if given else None,
        on_behalf=explain.name("on_behalf_reason", given.on_behalf_reason) if given and given.on_behalf_reason else "",
        cleared_by=[explain.PARTS[part] for part in state.cleared_by],
        changes=change_rows(contents[given.version], contents[max(contents)], measure_of(agreement), reader)
        if given
        else [],
    )


def version_rows(agreement: Agreement) -> list[VersionRow]:
    """The versions, newest first."""
    versions: list[AgreementVersion] = sorted(agreement.versions.all(), key=lambda v: -v.number)
    names = account_names({version.created_by for version in versions})
    in_force = selectors.in_force_number(agreement)
    return [
        VersionRow(v.number, v.created_at, names.get(v.created_by, ""), _reason(v.reason_code), v.reason_text,
                   v.number == in_force)
        for v in versions
    ]  # fmt: skip


def _reason(code: str) -> str:
    lists = ("change_reason", "extension_reason", "adjustment_kind")
    known = catalogue.load()
    return next((known.name(kind, code, explain.language()) for kind in lists if known.has_code(kind, code)), code)


def clauses(agreement: Agreement, content: AgreementContent) -> list[tuple[Label, list[Clause]]]:
    """The terms that stand in every agreement of the measure, by whom they bind, as of the first day."""
    terms = measure_of(agreement).agreement
    found = terms.clauses_on(content.start or clock.today()) if terms else ()
    grouped: dict[str, list[Clause]] = {}
    for clause in found:
        grouped.setdefault(clause.party, []).append(clause)
    return [(explain.BOUND[party], grouped[party]) for party in explain.BOUND if party in grouped]


def objections(check: Verdict) -> list[Verdict]:
    """What stands in the way or deserves a look: every leaf that stops, warns or is unknown, in the rules' order."""
    if not check.children:
        return [check] if not check.met and check.severity is not Severity.INFO else []
    # An "either … or" that is met has alternatives that are not: they stand in nobody's way.
    asked = (c for c in check.children if c.met or not check.met or c.severity is not Severity.STOP)
    return [found for child in asked for found in objections(child)]


def waiting_for(agreement: Agreement) -> str:
    """The name of the measure the person is waiting for; empty when the placement is no waiting measure."""
    code = agreement.waiting_for
    return catalogue.load().measure(code).name.get(explain.language()) if code else ""


def measure_name(agreement: Agreement) -> str:
    """The measure's name in the page's language."""
    return measure_of(agreement).name.get(explain.language())


@dataclass(frozen=True, slots=True)
class SupportRow:
    """A support beside an agreement: what it is, its days, where it stands, and where to read it."""

    agreement: Agreement
    name: str
    standing: Label
    colour: str
    start: date | None
    end: date | None
    url: str


def support_rows(supports: Iterable[Agreement], reader: str) -> list[SupportRow]:
    """The supports that were not put away, as the party meets them."""
    return [_support(support, reader) for support in supports if support.discarded_at is None]


def _support(support: Agreement, reader: str) -> SupportRow:
    in_force = selectors.content_in_force(support)
    content = in_force or selectors.newest_version(support).record
    code = "ended" if support.ended_on else "in_force" if in_force else "draft"
    standing, colour = explain.SUPPORT_STANDINGS[code]
    if reader == CASEWORKER:
        url = reverse("agreement:support_page", args=[support.case_id, support.id])
    else:
        url = reverse(f"agreement:{reader}", args=[support.id])
    end = support.ended_on or content.end
    return SupportRow(support, measure_name(support), standing, colour, content.start, end, url)


def named(measures: Iterable[str]) -> list[tuple[str, str]]:
    """Measures by code and name."""
    known = catalogue.load()
    return [(code, known.measure(code).name.get(explain.language())) for code in measures]


def cards(parts: Iterable[str]) -> list[Card]:
    """The parts in the order of the catalogue, those that belong together on one card of the form."""
    found: list[Card] = []
    for part in parts:
        group = next((title for title in explain.CARDS if part in explain.CARDS[title]), part)
        if group not in {card.code for card in found}:
            inside = [p for p in explain.CARDS.get(group, (part,)) if p in parts]
            title = explain.CARD_TITLES.get(group) or explain.PARTS[part]
            found.append(Card(group, title, [f"agreement/parts/{p}.html" for p in inside]))
    return found


def labels(parts: Iterable[str]) -> list[Label]:
    """Names of parts, in the agreement's order."""
    wanted = set(parts)
    return [explain.PARTS[part] for part in PARTS if part in wanted]

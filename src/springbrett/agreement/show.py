"""What the agreement's pages show, gathered from the records: parts in words, parties' standing, versions, terms."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise

from springbrett import catalogue
from springbrett.access.selectors import account_names
from springbrett.agreement import explain, selectors
from springbrett.agreement.approvals import ApprovalState, PartyState
from springbrett.agreement.models import Agreement, AgreementVersion
from springbrett.agreement.records import PARTS, AgreementContent, PartChange, diff
from springbrett.catalogue.structs import Clause
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


def part_rows(content: AgreementContent) -> list[PartRow]:
    """Every part that says something."""
    rows = (PartRow(part, explain.PARTS[part], explain.part_lines(part, content)) for part in PARTS)
    return [row for row in rows if row.lines]


def change_rows(before: AgreementContent, after: AgreementContent) -> list[ChangeRow]:
    """The parts that differ, in words."""
    return [_change(change, before, after) for change in diff(before, after)]


def _change(change: PartChange, before: AgreementContent, after: AgreementContent) -> ChangeRow:
    part = change.part
    return ChangeRow(part, explain.PARTS[part], explain.part_lines(part, before), explain.part_lines(part, after))


def party_rows(agreement: Agreement, state: ApprovalState) -> list[PartyRow]:
    """Where every party stands, with names."""
    names = account_names({p.given.by_account for p in state.parties if p.given and p.given.by_account})
    return [_party(agreement, party, names) for party in state.parties]


def _party(agreement: Agreement, state: PartyState, names: dict[UUID, str]) -> PartyRow:
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
        changes=change_rows(contents[given.version], contents[max(contents)]) if given else [],
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
    rules = catalogue.load().measure(agreement.measure).agreement
    found = rules.clauses_on(content.start or clock.today()) if rules else ()
    grouped: dict[str, list[Clause]] = {}
    for clause in found:
        grouped.setdefault(clause.party, []).append(clause)
    return [(explain.BOUND[party], grouped[party]) for party in explain.BOUND if party in grouped]


def objections(check: Verdict) -> list[Verdict]:
    """What stands in the way or deserves a look: every leaf that stops, warns or is unknown, in the rules' order."""
    return [v for v in check.walk() if not v.children and not v.met and v.severity is not Severity.INFO]


def waiting_for(agreement: Agreement) -> str:
    """The name of the measure the person is waiting for; empty when the placement is no waiting measure."""
    code = agreement.waiting_for
    return catalogue.load().measure(code).name.get(explain.language()) if code else ""


def measure_name(agreement: Agreement) -> str:
    """The measure's name in the page's language."""
    return catalogue.load().measure(agreement.measure).name.get(explain.language())


def labels(parts: Iterable[str]) -> list[Label]:
    """Names of parts, in the agreement's order."""
    wanted = set(parts)
    return [explain.PARTS[part] for part in PARTS if part in wanted]

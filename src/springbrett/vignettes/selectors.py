"""The readers of studies, rounds and answers. An adviser reads the own answers; the analyst everybody's, unnamed."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q
from django.utils.crypto import salted_hmac

from springbrett.access.policy import OfficeAction, may_on_office, require
from springbrett.access.roles import Viewer
from springbrett.evaluation.vignettes.answers import Answer, Answers
from springbrett.evaluation.vignettes.studies import Study
from springbrett.people.models import Office
from springbrett.vignettes import library
from springbrett.vignettes.errors import StudyNotFound
from springbrett.vignettes.models import Respondent, Round, Sheet


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an adviser stands in an open round: the pages in the own order (empty until begun), which are answered, and
    whether the answers were withdrawn."""

    study: Study
    round: Round
    respondent: Respondent | None = None
    answered: frozenset[str] = frozenset()

    @property
    def pages(self) -> tuple[str, ...]:
        """Subjects in order."""
        return tuple(self.respondent.pages) if self.respondent else ()

    @property
    def withdrawn(self) -> bool:
        """Whether the answers were taken back."""
        return self.respondent is not None and self.respondent.withdrawn_on is not None

    @property
    def next_place(self) -> int | None:
        """The first page (from 1) that is not answered; None when all are, or nothing is begun."""
        return next((place for place, page in enumerate(self.pages, 1) if page not in self.answered), None)

    @property
    def finished(self) -> bool:
        """Whether every page is answered."""
        return bool(self.pages) and self.next_place is None and not self.withdrawn


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round as the analyst sees it: how many have begun, and how many have answered everything."""

    round: Round
    begun: int
    finished: int


def study_of(code: str) -> Study:
    """The study. Raises StudyNotFound."""
    if code not in library.studies():
        raise StudyNotFound(code)
    return library.studies()[code].study


def key_of(account_id: UUID, round_id: UUID) -> str:
    """What an account is known by in a round: nobody without the installation's secret can go the other way."""
    return salted_hmac("springbrett.vignettes", f"{round_id}:{account_id}", algorithm="sha256").hexdigest()


def invitations(viewer: Viewer) -> tuple[Standing, ...]:
    """The open rounds the viewer is invited to, where they stand in each. One query when none is open, else three."""
    if not may_on_office(viewer, OfficeAction.ANSWER_STUDY).allowed:
        return ()
    rounds = list(Round.objects.filter(closed_on__isnull=True).order_by("study"))
    mine = [one for one in rounds if one.study in library.studies() and viewer.role in study_of(one.study).roles]
    return _standings(viewer, mine) if mine else ()


def standing(viewer: Viewer, code: str) -> Standing:
    """Where the viewer stands in the open round of a study.

    Raises Denied; StudyNotFound when there is none, none is open, or the viewer is not invited.
    """
    require(may_on_office(viewer, OfficeAction.ANSWER_STUDY))
    study = study_of(code)
    found = Round.objects.filter(study=code, closed_on__isnull=True).first()
    if found is None or viewer.role not in study.roles:
        raise StudyNotFound(code)
    return _standings(viewer, [found])[0]


def _standings(viewer: Viewer, rounds: Iterable[Round]) -> tuple[Standing, ...]:
    keys = {one.id: key_of(viewer.account_id, one.id) for one in rounds}
    people = Respondent.objects.filter(round__in=keys, key__in=keys.values()).prefetch_related("sheets")
    known = {one.round_id: one for one in people}
    found = []
    for one in rounds:
        mine = known.get(one.id)
        answered = {sheet.subject for sheet in mine.sheets.all() if sheet.complete} if mine else set()
        found.append(Standing(study_of(one.study), one, mine, frozenset(answered)))
    return tuple(found)


def given_by(respondent: Respondent, subject: str) -> dict[str, list[str]]:
    """What the respondent has answered on a page; empty for nothing."""
    found = Sheet.objects.filter(respondent=respondent, subject=subject).values_list("given", flat=True).first()
    return dict(found) if found else {}


def rounds_of(viewer: Viewer, code: str) -> tuple[RoundRow, ...]:
    """The rounds of a study, newest first, with their counts. Two queries. Raises Denied, StudyNotFound."""
    require(may_on_office(viewer, OfficeAction.SEE_STUDY))
    study_of(code)
    return all_rounds(viewer).get(code, ())


def all_rounds(viewer: Viewer) -> dict[str, tuple[RoundRow, ...]]:
    """The rounds of every study, newest first, with their counts. Two queries. Raises Denied."""
    require(may_on_office(viewer, OfficeAction.SEE_STUDY))
    complete = Count("sheets", filter=Q(sheets__complete=True))
    people = Respondent.objects.filter(withdrawn_on__isnull=True).annotate(done=complete)
    counts: dict[UUID, list[int]] = {}
    for round_id, pages, done in people.values_list("round_id", "pages", "done"):
        both = counts.setdefault(round_id, [0, 0])
        both[0] += 1
        both[1] += done == len(pages)
    found: dict[str, list[RoundRow]] = {}
    for one in Round.objects.order_by("study", "-number"):
        found.setdefault(one.study, []).append(RoundRow(one, *counts.get(one.id, [0, 0])))
    return {code: tuple(rows) for code, rows in found.items()}


def answers_in(viewer: Viewer, round: Round) -> Answers:
    """Every answer of a round, unnamed: respondents carry random numbers and stand in the order of these. Pages that
    are only half answered come along. Two queries. Raises Denied."""
    require(may_on_office(viewer, OfficeAction.SEE_STUDY))
    offices = dict(Office.objects.values_list("id", "number"))
    sheets = Sheet.objects.filter(respondent__round=round, respondent__withdrawn_on__isnull=True)
    rows = [
        Answer(round.study, sheet.respondent_id.hex[:12], offices.get(sheet.respondent.office_ref, ""),
               sheet.respondent.role, sheet.subject, sheet.respondent.pages.index(sheet.subject) + 1, question, value)
        for sheet in sheets.select_related("respondent") for question, values in sheet.given.items() for value in values
    ]  # fmt: skip
    return Answers(tuple(sorted(rows, key=lambda row: (row.respondent, row.place, row.question, row.value))))

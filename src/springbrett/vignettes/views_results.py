"""The study leader's pages: open and close a round, see how many answered and what, take the answers out."""

import io
from datetime import date

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from springbrett import catalogue
from springbrett.access.roles import Role
from springbrett.access.web import ViewerRequest, page
from springbrett.evaluation.vignettes.answers import table_of
from springbrett.evaluation.vignettes.summary import summarise
from springbrett.kernel import clock
from springbrett.vignettes import library, selectors, services, show
from springbrett.vignettes.selectors import RoundRow
from springbrett.vignettes.views import of_a_study, refusal_said, see_other

DRAWS = 1000


@require_safe
@page(Role.ANALYST)
@of_a_study
def results(request: ViewerRequest, study: str) -> HttpResponseBase:
    """How many answered the newest round (or the one asked for), and what; small numbers hidden."""
    rounds = selectors.rounds_of(request.viewer, study)
    held = library.studies()[study]
    chosen = _chosen(request, rounds) if rounds else None
    context: dict[str, object] = {"study": held.study, "rounds": rounds, "row": chosen,
                                  "open": any(row.round.closed_on is None for row in rounds)}  # fmt: skip
    if chosen is not None:
        answers = selectors.answers_in(request.viewer, chosen.round)
        found = summarise(held.study, answers, minimum=_minimum(clock.today()), seed=chosen.round.seed, draws=DRAWS)
        context |= show.results(held.study, found)
        context["changed"] = chosen.round.fingerprint != held.fingerprint
    return render(request, "vignettes/results.html", context)


@require_POST
@page(Role.ANALYST)
@of_a_study
def open_round(request: ViewerRequest, study: str) -> HttpResponseBase:
    """Open a round."""
    with refusal_said(request):
        services.round_open(actor=request.viewer, study=study)
    return see_other("vignettes:results", study)


@require_POST
@page(Role.ANALYST)
@of_a_study
def close_round(request: ViewerRequest, study: str) -> HttpResponseBase:
    """Close the open round."""
    with refusal_said(request):
        services.round_close(actor=request.viewer, study=study)
    return see_other("vignettes:results", study)


@require_POST
@page(Role.ANALYST)
@of_a_study
def answers_csv(request: ViewerRequest, study: str) -> HttpResponseBase:
    """The answers as CSV. A form post, as taking them out is told in the ledger."""
    import pyarrow.csv as pa_csv

    answers = services.answers_export(actor=request.viewer, study=study, number=_number(request))
    sink = io.BytesIO()
    pa_csv.write_csv(table_of(answers), sink)
    return _file(sink, "text/csv; charset=utf-8", f"{study}.csv")


@require_POST
@page(Role.ANALYST)
@of_a_study
def answers_parquet(request: ViewerRequest, study: str) -> HttpResponseBase:
    """The answers as Parquet."""
    import pyarrow.parquet as pq

    answers = services.answers_export(actor=request.viewer, study=study, number=_number(request))
    sink = io.BytesIO()
    pq.write_table(table_of(answers), sink)
    return _file(sink, "application/vnd.apache.parquet", f"{study}.parquet")


def _file(sink: io.BytesIO, kind: str, name: str) -> HttpResponse:
    return HttpResponse(sink.getvalue(), content_type=kind,
                        headers={"Content-Disposition": f'attachment; filename="{name}"'})  # fmt: skip


def _number(request: ViewerRequest) -> int:
    said = request.POST.get("round", "")
    if not said.isdecimal() or len(said) > 6:
        raise Http404
    return int(said)


def _chosen(request: ViewerRequest, rounds: tuple[RoundRow, ...]) -> RoundRow:
    said = request.GET.get("round", "")
    return next((row for row in rounds if str(row.round.number) == said), rounds[0])


def _minimum(on: date) -> int:
    return catalogue.load().house_int("minimum_cell_size", on)

from django.urls import path

from springbrett.desk.views import (
    case,
    catalogue,
    company,
    day,
    history,
    law,
    mine,
    new_case,
    office,
    portfolio,
    results,
    start,
)

app_name = "desk"
urlpatterns = [
    path("", start.start, name="start"),
    path("day/", day.day, name="day"),
    path("portfolio/", portfolio.portfolio, name="portfolio"),
    path("cases/new/", new_case.new_case, name="new_case"),
    path("cases/<uuid:case_id>/", case.case, name="case"),
    path("cases/<uuid:case_id>/history/", history.history, name="history"),
    path("cases/<uuid:case_id>/assign/", case.assign, name="assign"),
    path("mine/", mine.mine, name="mine"),
    path("mine/looks/", mine.looks, name="looks"),
    path("company/", company.company, name="company"),
    path("office/", office.office, name="office"),
    path("catalogue/", catalogue.measures, name="catalogue"),
    path("catalogue/soon/", law.soon, name="soon"),
    path("catalogue/diff/", law.diff, name="diff"),
    path("catalogue/rates/", law.rates, name="rates"),
    path("catalogue/sources/", law.acts, name="acts"),
    path("catalogue/sources/<slug:act>/", law.act, name="act"),
    path("catalogue/sources/<slug:act>/<str:section>/", law.section, name="section"),
    path("catalogue/codes/", catalogue.codes, name="codes"),
    path("catalogue/codes/<slug:name>/", catalogue.code_list, name="code_list"),
    path("catalogue/measures/<slug:code>/", catalogue.measure, name="measure"),
    path("catalogue/measures/<slug:code>/history/", catalogue.measure_history, name="measure_history"),
    path("catalogue/chains/<slug:code>/", catalogue.chain, name="chain"),
    path("results/", results.results, name="results"),
]

from django.urls import path

from springbrett.agreement import party_views, views

app_name = "agreement"
CASE = "cases/<uuid:case_id>/agreement/"
BESIDE = f"{CASE}beside/<uuid:agreement_id>/"
urlpatterns = [
    path(CASE, views.overview, name="page"),
    path(f"{CASE}draft/", views.draft, name="draft"),
    path(f"{CASE}edit/", views.edit, name="edit"),
    path(f"{CASE}approve/", views.approve, name="approve"),
    path(f"{CASE}withdraw/", views.withdraw, name="withdraw"),
    path(f"{CASE}money/", views.money, name="money"),
    path(f"{CASE}discard/", views.discard, name="discard"),
    path(f"{CASE}compare/", views.compare, name="compare"),
    path(f"{CASE}beside/", views.draft_support, name="draft_support"),
    path(BESIDE, views.overview, name="support_page"),
    path(f"{BESIDE}edit/", views.edit, name="support_edit"),
    path(f"{BESIDE}approve/", views.approve, name="support_approve"),
    path(f"{BESIDE}withdraw/", views.withdraw, name="support_withdraw"),
    path(f"{BESIDE}money/", views.money, name="support_money"),
    path(f"{BESIDE}discard/", views.discard, name="support_discard"),
    path(f"{BESIDE}compare/", views.compare, name="support_compare"),
    path(f"{BESIDE}end/", views.end_support, name="support_end"),
    path("company/agreements/<uuid:agreement_id>/", party_views.employer, name="employer"),
    path("company/agreements/<uuid:agreement_id>/withdraw/", party_views.employer_withdraw, name="employer_withdraw"),
    path("mine/agreements/<uuid:agreement_id>/", party_views.participant, name="participant"),
    path("mine/agreements/<uuid:agreement_id>/withdraw/", party_views.participant_withdraw,
         name="participant_withdraw"),
    path("agreements/<uuid:agreement_id>/calculation/", party_views.calculation, name="calculation"),
    path("agreements/<uuid:agreement_id>/versions/<int:number>.pdf", party_views.pdf, name="pdf"),
]  # fmt: skip

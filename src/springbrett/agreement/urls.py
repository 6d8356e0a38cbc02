from django.urls import path

from springbrett.agreement import views

app_name = "agreement"
CASE = "cases/<uuid:case_id>/agreement/"
urlpatterns = [
    path(CASE, views.overview, name="page"),
    path(f"{CASE}draft/", views.draft, name="draft"),
    path(f"{CASE}edit/", views.edit, name="edit"),
    path(f"{CASE}approve/", views.approve, name="approve"),
    path(f"{CASE}withdraw/", views.withdraw, name="withdraw"),
    path(f"{CASE}discard/", views.discard, name="discard"),
    path(f"{CASE}compare/", views.compare, name="compare"),
    path("company/agreements/<uuid:agreement_id>/", views.employer, name="employer"),
    path("company/agreements/<uuid:agreement_id>/withdraw/", views.employer_withdraw, name="employer_withdraw"),
    path("mine/agreements/<uuid:agreement_id>/", views.participant, name="participant"),
    path("mine/agreements/<uuid:agreement_id>/withdraw/", views.participant_withdraw, name="participant_withdraw"),
    path("agreements/<uuid:agreement_id>/versions/<int:number>.pdf", views.pdf, name="pdf"),
]

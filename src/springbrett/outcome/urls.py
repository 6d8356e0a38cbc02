from django.urls import path

from springbrett.outcome import views

app_name = "outcome"
urlpatterns = [
    path("cases/<uuid:case_id>/outcome/", views.overview, name="page"),
    path("cases/<uuid:case_id>/outcome/decide/", views.decide, name="decide"),
    path("cases/<uuid:case_id>/outcome/correct/", views.correct, name="correct"),
    path("cases/<uuid:case_id>/outcome/next/", views.chain, name="chain"),
    path("cases/<uuid:case_id>/outcome/status/", views.status, name="status"),
    path("company/agreements/<uuid:agreement_id>/outcome/", views.employer, name="employer"),
    path("mine/agreements/<uuid:agreement_id>/outcome/", views.participant, name="participant"),
]

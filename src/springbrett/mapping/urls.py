from django.urls import path

from springbrett.mapping import views

app_name = "mapping"
urlpatterns = [
    path("cases/<uuid:case_id>/mapping/", views.overview, name="page"),
    path("cases/<uuid:case_id>/mapping/start/", views.start, name="start"),
    path("cases/<uuid:case_id>/mapping/confirm/", views.confirm, name="confirm"),
    path("cases/<uuid:case_id>/mapping/compare/", views.compare, name="compare"),
    path("cases/<uuid:case_id>/mapping/occupations/", views.occupations, name="occupations"),
    path("cases/<uuid:case_id>/mapping/versions/<int:number>/", views.version, name="version"),
    path("cases/<uuid:case_id>/mapping/<slug:section>/", views.section, name="section"),
    path("cases/<uuid:case_id>/mapping/<slug:section>/autosave/", views.autosave, name="autosave"),
]

from django.urls import path

from springbrett.matching import views

app_name = "matching"
urlpatterns = [
    path("cases/<uuid:case_id>/matching/", views.openings, name="page"),
    path("cases/<uuid:case_id>/matching/chosen/", views.chosen, name="chosen"),
    path("cases/<uuid:case_id>/matching/openings/<uuid:opening_id>/", views.opening, name="opening"),
    path("cases/<uuid:case_id>/matching/openings/<uuid:opening_id>/contact/", views.contact, name="contact"),
    path("cases/<uuid:case_id>/matching/own/", views.own, name="own"),
    path("cases/<uuid:case_id>/matching/own/<uuid:workplace_id>/", views.own_workplace, name="own_workplace"),
    path("cases/<uuid:case_id>/matching/own/<uuid:workplace_id>/contact/", views.own_contact, name="own_contact"),
]

from django.urls import path

from springbrett.choice import views

app_name = "choice"
urlpatterns = [
    path("cases/<uuid:case_id>/choice/", views.overview, name="page"),
    path("cases/<uuid:case_id>/choice/decisions/<int:number>/", views.decision, name="decision"),
    path("cases/<uuid:case_id>/choice/<slug:measure>/", views.measure, name="measure"),
    path("cases/<uuid:case_id>/choice/<slug:measure>/why/", views.why, name="why"),
    path("cases/<uuid:case_id>/choice/<slug:measure>/decide/", views.decide, name="decide"),
    path("cases/<uuid:case_id>/choice/<slug:measure>/chains/<slug:chain>/", views.chain, name="chain"),
]

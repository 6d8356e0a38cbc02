from django.urls import path

from springbrett.followup import views

app_name = "followup"
urlpatterns = [
    path("cases/<uuid:case_id>/followup/", views.overview, name="page"),
    path("cases/<uuid:case_id>/followup/contact/", views.contact, name="contact"),
    path("cases/<uuid:case_id>/followup/review/", views.review, name="review"),
    path("cases/<uuid:case_id>/followup/extend/", views.extend, name="extend"),
    path("cases/<uuid:case_id>/followup/adjust/", views.adjust, name="adjust"),
    path("cases/<uuid:case_id>/followup/end/", views.end, name="end"),
    path("cases/<uuid:case_id>/followup/plan/", views.plan_add, name="plan_add"),
    path("cases/<uuid:case_id>/followup/plan/<uuid:item_id>/remove/", views.plan_remove, name="plan_remove"),
    path("agreements/<uuid:agreement_id>/plan/", views.plan, name="plan"),
    path("company/agreements/<uuid:agreement_id>/reports/<slug:kind>/", views.report, name="report"),
    path("mine/agreements/<uuid:agreement_id>/feedback/", views.feedback, name="feedback"),
]

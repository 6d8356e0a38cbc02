from django.urls import path

from springbrett.funding import views, views_budget, views_employer

app_name = "funding"
urlpatterns = [
    path("funding/", views.day, name="day"),
    path("funding/claims/", views.claims, name="claims"),
    path("funding/requests/<uuid:request_id>/", views.one, name="request"),
    path("funding/requests/<uuid:request_id>/decide/", views.decide, name="decide"),
    path("funding/requests/<uuid:request_id>/<int:year>/<int:month>/", views.claim, name="claim"),
    path("funding/budget/", views_budget.budget, name="budget"),
    path("funding/budget/<int:year>/<slug:code>/", views_budget.line, name="line"),
    path("company/refunds/", views_employer.refunds, name="refunds"),
    path("company/refunds/<uuid:request_id>/", views_employer.refund, name="refund"),
    path("company/refunds/<uuid:request_id>/<int:year>/<int:month>/", views_employer.month, name="refund_month"),
]

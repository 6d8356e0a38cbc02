from django.urls import path

from springbrett.employers import views

app_name = "employers"
urlpatterns = [
    path("employers/", views.employers, name="list"),
    path("employers/new/", views.employer_new, name="new"),
    path("employers/<uuid:employer_id>/", views.employer, name="page"),
    path("employers/<uuid:employer_id>/edit/", views.employer_edit, name="edit"),
    path("employers/<uuid:employer_id>/notes/new/", views.note_new, name="note_new"),
    path("employers/<uuid:employer_id>/stop/", views.stop, name="stop"),
    path("employers/<uuid:employer_id>/resume/", views.resume, name="resume"),
    path("employers/<uuid:employer_id>/workplaces/new/", views.workplace_new, name="workplace_new"),
    path("workplaces/<uuid:workplace_id>/edit/", views.workplace_edit, name="workplace_edit"),
    path("workplaces/<uuid:workplace_id>/contacts/new/", views.contact_new, name="contact_new"),
    path("employer-contacts/<uuid:contact_id>/edit/", views.contact_edit, name="contact_edit"),
    path("workplaces/<uuid:workplace_id>/openings/new/", views.opening_new, name="opening_new"),
    path("openings/<uuid:opening_id>/edit/", views.opening_edit, name="opening_edit"),
    path("openings/<uuid:opening_id>/close/", views.opening_close, name="opening_close"),
]

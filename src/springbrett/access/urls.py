from django.urls import path

from springbrett.access import views

app_name = "access"
urlpatterns = [
    path("log-in/", views.log_in, name="log_in"),
    path("log-in/as/", views.log_in_as, name="log_in_as"),
    path("log-out/", views.log_out, name="log_out"),
]

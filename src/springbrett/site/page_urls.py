from django.urls import path

from springbrett.site import views

app_name = "site"
urlpatterns = [
    path("language/", views.language, name="language"),
    path("health/", views.health, name="health"),
    path("styleguide/", views.styleguide, name="styleguide"),
]

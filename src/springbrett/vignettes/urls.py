from django.urls import path

from springbrett.vignettes import views, views_results

app_name = "vignettes"
urlpatterns = [
    path("studies/", views.studies, name="list"),
    path("studies/<slug:study>/", views.intro, name="study"),
    path("studies/<slug:study>/begin/", views.begin, name="begin"),
    path("studies/<slug:study>/pages/<int:place>/", views.sheet, name="page"),
    path("studies/<slug:study>/done/", views.done, name="done"),
    path("studies/<slug:study>/withdraw/", views.withdraw, name="withdraw"),
    path("studies/<slug:study>/results/", views_results.results, name="results"),
    path("studies/<slug:study>/open/", views_results.open_round, name="open"),
    path("studies/<slug:study>/close/", views_results.close_round, name="close"),
    path("studies/<slug:study>/answers.csv", views_results.answers_csv, name="csv"),
    path("studies/<slug:study>/answers.parquet", views_results.answers_parquet, name="parquet"),
]

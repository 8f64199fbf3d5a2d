from django.urls import path

from . import views

app_name = "exports"
urlpatterns = [
    path("outcome/<uuid:public_id>/", views.outcome, name="outcome"),
    path("outcome/<uuid:public_id>/new-version/", views.new_version, name="new-version"),
    path("outcome/<uuid:public_id>/history/", views.history, name="history"),
    path("outcome/<uuid:public_id>/history.json", views.history_data, name="history-data"),
    path("outcome/<uuid:public_id>/poster/<slug:paper>.<slug:file_format>", views.poster, name="poster"),
    path("outcome/<uuid:public_id>/<str:name>", views.download, name="download"),
]

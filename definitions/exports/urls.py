from django.urls import path

from . import views

app_name = "exports"
urlpatterns = [
    path("outcome/<uuid:public_id>/", views.outcome, name="outcome"),
    path("outcome/<uuid:public_id>/<str:name>", views.download, name="download"),
]

from django.urls import path

from . import views

app_name = "rehearsal"
urlpatterns = [
    path("<uuid:public_id>/rehearse/", views.rehearse, name="rehearse"),
    path("<uuid:public_id>/forget/", views.forget, name="forget"),
]

from django.urls import path

from . import views

app_name = "elements"
urlpatterns = [
    path("meetings/<uuid:public_id>/elements/", views.elements, name="elements"),
    path("meetings/<uuid:public_id>/elements/take/", views.take_set, name="take-set"),
]

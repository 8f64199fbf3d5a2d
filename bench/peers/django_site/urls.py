from django.urls import path

from bench.peers.django_site.room import views

urlpatterns = [
    path("healthz", views.alive),
    path("join/<str:code>", views.join),
    path("phone/<str:code>", views.phone),
    path("vote/<str:code>", views.vote),
]

from django.urls import path

from . import views

app_name = "sessions"
urlpatterns = [
    path("", views.list_, name="list"),
    path("new/", views.new, name="new"),
    path("<uuid:public_id>/", views.setup, name="setup"),
    path("<uuid:public_id>/settings/", views.settings, name="settings"),
    path("<uuid:public_id>/ready/", views.ready, name="ready"),
    path("<uuid:public_id>/paper/", views.paper, name="paper"),
    path("<uuid:public_id>/steps/add/", views.add_step, name="add-step"),
    path("<uuid:public_id>/steps/<int:step_id>/", views.change_step, name="change-step"),
    path("<uuid:public_id>/steps/<int:step_id>/minutes/", views.change_minutes, name="change-minutes"),
    path("<uuid:public_id>/steps/<int:step_id>/move/", views.move_step, name="move-step"),
    path("<uuid:public_id>/steps/<int:step_id>/remove/", views.remove_step, name="remove-step"),
    path("<uuid:public_id>/links/<str:scope>/issue/", views.issue_link, name="issue-link"),
    path("<uuid:public_id>/links/<str:scope>/withdraw/", views.withdraw_links, name="withdraw-links"),
]

"""The addresses."""

from django.urls import path

from notes import views

urlpatterns = [
    path("me", views.me),
    path("greeting", views.greeting),
    path("notes", views.notes),
]

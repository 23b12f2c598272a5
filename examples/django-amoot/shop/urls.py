"""Addresses."""

from django.urls import path
from login import views

urlpatterns = [
    path("", views.phone, name="phone"),
    path("code", views.code, name="code"),
]

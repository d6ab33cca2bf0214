"""Roles that members create and change."""

"""Mirrors service/pages/."""

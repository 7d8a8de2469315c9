"""Cleaning steps."""

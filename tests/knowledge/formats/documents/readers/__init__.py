"""Readers of single formats."""

"""Tests of the editors' desk behind its API and its page."""

"""Tests of `knowledge/lint/rules`, one file a rule."""

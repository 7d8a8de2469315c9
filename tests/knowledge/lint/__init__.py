"""Tests of `knowledge/lint`."""

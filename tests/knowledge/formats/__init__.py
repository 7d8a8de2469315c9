"""Tests of `knowledge/formats`."""

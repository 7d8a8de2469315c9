"""Tests of `knowledge/store`."""

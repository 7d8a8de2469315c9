"""Tests of what the adapters share; each wire format is tested in tests/contract."""

"""Measurements of speed, memory and quality, one module a benchmark; `scripts/bench NAME` runs it."""

"""Names that are needed where importing the machinery behind them would cost seconds."""

from __future__ import annotations

DEFAULT_EMBEDDER = "huashu-default"

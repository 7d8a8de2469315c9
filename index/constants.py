"""Names that are needed where importing the machinery behind them would cost seconds."""

from __future__ import annotations

from pathlib import Path

DEFAULT_EMBEDDER = "huashu-default"
SHIPPED_TUNING = Path(__file__).parent / "tuning.npz"

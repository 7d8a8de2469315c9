"""Names that are needed where importing the machinery behind them would cost seconds."""

from __future__ import annotations

from pathlib import Path

DEFAULT_EMBEDDER = "huashu-default"
SHIPPED_ADAPTER = Path(__file__).parent / "adapter.npz"

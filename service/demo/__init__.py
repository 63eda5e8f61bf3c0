"""A demonstration desk: invented sites and people, and tickets that stand where stories have left them."""

from __future__ import annotations

from service.demo.furnishing import furnish

__all__ = ["furnish"]

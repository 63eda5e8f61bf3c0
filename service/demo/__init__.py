"""A demonstration desk: invented sites, invented people, and tickets that stand where stories have left them."""

from __future__ import annotations

from service.demo.furnishing import furnish

__all__ = ["furnish"]

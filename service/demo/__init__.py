"""The demonstration desk: invented sites, people and tickets in various states."""

from __future__ import annotations

from service.demo.build import build_demo

__all__ = ["build_demo"]

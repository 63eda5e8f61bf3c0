"""What is gone through when a house is inspected."""

from __future__ import annotations

ROOMS = (
    "doors-windows",
    "walls-ceilings",
    "floors",
    "waterproofing",
    "water-supply",
    "drainage",
    "electricity",
    "gas",
    "fittings",
    "other",
)

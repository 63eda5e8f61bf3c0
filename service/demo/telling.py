"""The invented past: the stories that the definitions themselves tell, begun some days ago and left off somewhere.

All of them are told side by side on one time line, and the clock fires what comes due between their steps, as it
would have. What was to be said to people then counts as said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heapify, heapreplace, heappop

from service.channels.letter import Letter
from service.demo.staffing import SITES
from service.demo.story import Story
from service.relay import Relay
from service.scheduler import sweep
from service.wiring import Desk
from workflows.importing_ids import ticket_id
from workflows.timing.instants import Instant

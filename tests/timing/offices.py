"""The offices of these tests, and local times written as people write them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from workflows.language.schemas.calendars import read_calendar
from workflows.language.schemas.escalations import read_policy
from workflows.timing.calendars import Calendar
from workflows.timing.escalation import EscalationPolicy
from workflows.timing.instants import Instant, from_datetime

SHANGHAI = read_calendar(
    "office",
    {"zone": "Asia/Shanghai", "hours": {"mon-fri": ["09:00-12:00", "13:30-18:00"]}, "holidays": "CN"},
)
NEW_YORK = read_calendar(
    "lodge", {"zone": "America/New_York", "hours": {"mon-sun": ["01:00-04:00", "09:00-17:00"]}}
)
BOSTON = read_calendar(
    "city",
    {
        "zone": "America/New_York",
        "hours": {"mon-fri": ["08:30-17:00"]},
        "working_days": "to-the-minute",
        "after_hours": "next-opening",
    },
)
CUSTODY = read_calendar(
    "custody",
    {
        "zone": "Asia/Hong_Kong",
        "hours": {"mon-thu": ["18:00-24:00", "00:00-06:00"], "sat": ["10:00-12:00"]},
        "closed": {"2026-05-05": "typhoon"},
        "open": {"2026-05-10": {"hours": ["10:00-11:00"], "reason": "stocktaking"}},
        "working_days": "to-the-minute",
    },
)
OFFICES = (SHANGHAI, NEW_YORK, BOSTON, CUSTODY)

for office in OFFICES:
    # the years are worked out beforehand, or the first example of a property would be blamed for being slow
    office.count_open_seconds(1_420_000_000, 1_930_000_000)


def policy_of(*levels: object) -> EscalationPolicy:
    """The policy with these levels; what one does is left out where it is not what is tested."""
    actions = {"notify", "raise", "fire"}
    told = [
        {**level, "notify": "owner"} if isinstance(level, dict) and not actions & level.keys() else level
        for level in levels
    ]
    return read_policy("standard", {"levels": told})


def at(text: str, calendar: Calendar = SHANGHAI) -> Instant:
    """The instant of `2026-03-02 09:00` on the wall of the office."""
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=calendar.zone))


def shown(instant: Instant, calendar: Calendar = SHANGHAI) -> str:
    """What clock and calendar on the wall show, to the minute."""
    return datetime.fromtimestamp(instant, ZoneInfo(calendar.zone.key)).strftime("%Y-%m-%d %H:%M")

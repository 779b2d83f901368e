"""Words for codes, times and spans, in the reader's language. English is written here; Chinese stands in the catalogue."""

from collections.abc import Mapping
from datetime import datetime

from bpm import clock, order_fields, org, suspension, workorders
from bpm.errors import N_
from bpm.request import language, now
from bpm.timeline import Face
from bpm.web.speech import gettext, ngettext

LABELS: Mapping[str, Mapping[str, str]] = {
    "level": {"L1": N_("Major"), "L2": N_("Urgent"), "L3": N_("Normal"), "L4": N_("Minor")},
    "grade": {"DIAMOND": N_("Diamond"), "GOLD": N_("Gold"), "SILVER": N_("Silver"), "GROUP": N_("Group"), "ORDINARY": N_("Standard")},
    "type": order_fields.TYPES,
    "channel": order_fields.CHANNELS,
    "state": workorders.STATES,
    "suspend_reason": suspension.REASONS,
    "return_reason": {
        "WRONG_UNIT": N_("Wrong unit"),
        "INCOMPLETE": N_("Facts are missing"),
        "NOT_REPRODUCED": N_("Could not be reproduced"),
        "ANSWER_UNSUITABLE": N_("Answer does not fit"),
        "MISSING_EVIDENCE": N_("Evidence is missing"),
    },
    "role": org.ROLES,
    "definition_state": {"draft": N_("Draft"), "published": N_("In use"), "retired": N_("Retired")},
    "draft_state": {
        "open": N_("Being drawn"),
        "review": N_("Waits for review"),
        "approved": N_("Approved"),
        "published": N_("Published"),
        "discarded": N_("Deleted"),
    },
    "finding": {"error": N_("Error"), "warning": N_("Warning"), "info": N_("Note")},
}

_HOUR = 60
_WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
_MONTHS = (
    N_("Jan"),
    N_("Feb"),
    N_("Mar"),
    N_("Apr"),
    N_("May"),
    N_("Jun"),
    N_("Jul"),
    N_("Aug"),
    N_("Sep"),
    N_("Oct"),
    N_("Nov"),
    N_("Dec"),
)


def is_chinese() -> bool:
    """Tell whether the reader reads Chinese."""
    return language() == "zh"


def label(kind: str, code: str | None) -> str:
    """The word for a code of a list; the code itself where nobody has named it."""
    text = LABELS[kind].get(code or "")
    return gettext(text) if text else (code or "")


def name_of(thing: object) -> str:
    """The name of a person, unit or class in the reader's language."""
    english: str | None = getattr(thing, "name_en", None)
    name: str = getattr(thing, "name", "")
    return name if is_chinese() or not english else english


def local(moment: datetime) -> datetime:
    """A moment as the clocks of the organisation show it."""
    return moment.astimezone(clock.zone())


def time_of(moment: datetime) -> str:
    """16:30."""
    return local(moment).strftime("%H:%M")


def day_of(moment: datetime) -> str:
    """Today, tomorrow, or 24 Nov (11-24); with the year where it is another one."""
    at, today = local(moment), local(now())
    distance = (at.date() - today.date()).days
    if distance in (-1, 0, 1):
        return (gettext("yesterday"), gettext("today"), gettext("tomorrow"))[distance + 1]
    return date_of(moment)


def date_of(moment: datetime) -> str:
    """24 Nov (11-24); with the year where it is another one."""
    at = local(moment)
    if is_chinese():
        return at.strftime("%m-%d" if at.year == local(now()).year else "%Y-%m-%d")
    text = f"{at.day} {gettext(_MONTHS[at.month - 1])}"
    return text if at.year == local(now()).year else f"{text} {at.year}"


def moment_of(moment: datetime) -> str:
    """Today 16:30, or 24 Nov 11:00."""
    return f"{day_of(moment)} {time_of(moment)}"


def long_date(moment: datetime) -> str:
    """Wednesday, 25 Nov, as the public reads it: 11 月 25 日（周三）."""
    at = local(moment)
    weekday = gettext(_WEEKDAYS[at.weekday()])
    if is_chinese():
        return f"{at.month} 月 {at.day} 日（{weekday}）"
    return f"{weekday} {at.day} {gettext(_MONTHS[at.month - 1])}"


def long_moment(moment: datetime) -> str:
    """Wednesday, 25 Nov, 11:42, as the public reads it: 11 月 25 日（周三）11:42."""
    return f"{long_date(moment)}{'' if is_chinese() else ', '}{time_of(moment)}"


def story_day(moment: datetime) -> str:
    """The heading of a day in a story."""
    at = long_date(moment)
    return gettext("%(day)s (today)", day=at) if local(moment).date() == local(now()).date() else at


def span(minutes: float, day_minutes: float = 24 * 60, *, natural: bool = True) -> str:
    """1 h 20 min; from two days on, days (working days where the calendar has hours)."""
    whole = max(0, round(minutes))
    if whole >= 2 * day_minutes:
        days, rest = int(whole // day_minutes), int(whole % day_minutes // _HOUR)
        if not natural:
            return ngettext("%(num)d working day", "%(num)d working days", days)
        words = ngettext("%(num)d day", "%(num)d days", days)
        return gettext("%(days)s %(hours)d h", days=words, hours=rest) if rest else words
    hours, rest = divmod(whole, _HOUR)
    if not hours:
        return gettext("%(minutes)d min", minutes=rest)
    return gettext("%(hours)d h %(minutes)s min", hours=hours, minutes=f"{rest:02d}") if rest else gettext("%(hours)d h", hours=hours)


def left(face: Face) -> str:
    """1 h 20 min left, 25 min late, On hold to 30 Nov."""
    if face.state == "hold":
        return gettext("On hold to %(day)s", day=date_of(face.until)) if face.until else gettext("On hold")
    words = span(abs(face.minutes), face.day_minutes, natural=face.natural)
    return gettext("%(span)s late", span=words) if face.state == "late" else gettext("%(span)s left", span=words)


def due_note(face: Face) -> str:
    """Due today 16:30 · limit 960 working min, 60 min on hold taken off."""
    limit = span(face.limit_minutes, face.day_minutes, natural=face.natural)
    on_hold = face.state == "hold"  # by when it will be due depends on when it goes on
    parts = [gettext("Goes on when resumed") if on_hold else gettext("Due %(moment)s", moment=moment_of(face.due_at))]
    says_it = face.natural or face.limit_minutes >= 2 * face.day_minutes  # "working days" says that it is working time
    parts.append(gettext("limit %(limit)s", limit=limit) if says_it else gettext("limit %(limit)s of working time", limit=limit))
    if face.paused_minutes >= 1:
        parts.append(gettext("%(span)s on hold taken off", span=span(face.paused_minutes)))
    return " · ".join(parts)


def size(octets: int) -> str:
    """412 KB."""
    return f"{octets / 1024 / 1024:.1f} MB" if octets >= 1024 * 1024 else f"{max(1, round(octets / 1024))} KB"

"""Facts of the meeting in components, and what depends on them: see assets/meeting.js.

The build knows no meeting. In the built pages each fact is a placeholder of a Jinja template, which
`web/pages/meeting_pages.py` renders once for each version of a meeting. The browser has the same
facts in the page, so that React finds what it would have rendered itself.
"""

from typing import Any

import reflex as rx

from cme_reflex.reflex_bridge.javascript import MEETING
from cme_reflex.services.meetings.meeting_view import MeetingView

meeting: Any = rx.Var(
    "meeting",
    _var_type=MeetingView,
    _var_data=rx.vars.VarData(
        imports={MEETING: "useMeeting"}, hooks={"const meeting = useMeeting()": None}
    ),
).guess_type()
"""The facts as vars, by the names of `MeetingView`: ``meeting.short_name``.

Conditions on them need `when_fact` and `unless_fact`, and lists `each_paragraph`: the build has no
values to decide by.
"""


def address(path: Any) -> Any:
    """The address of a path of this site, such as ``/claim``, in the meeting.

    For native links and forms. React Router adds the base to its own links.
    """
    return f"{meeting.base}{path}" if isinstance(path, rx.Var) or path != "/" else meeting.base


class _WhenFact(rx.Component):
    library = MEETING
    tag = "WhenFact"

    name: rx.Var[str]
    absent: rx.Var[bool]


class _EachParagraph(rx.Component):
    library = MEETING
    tag = "EachParagraph"

    name: rx.Var[str]


def when_fact(name: str, *children: Any) -> rx.Component:
    """The children if the meeting has this fact, a name of `MeetingView`."""
    return _WhenFact.create(*children, name=name, absent=False)


def unless_fact(name: str, *children: Any) -> rx.Component:
    """The children if the meeting does not have this fact."""
    return _WhenFact.create(*children, name=name, absent=True)


def each_paragraph(name: str) -> rx.Component:
    """A paragraph for each text of this fact, which is a list."""
    return _EachParagraph.create(name=name)

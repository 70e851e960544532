"""What every page shows of its meeting: names, colors, logos, help contact, deadline, texts.

A view has no personal data, and is the same for all attendees. It is made once for each version of
the meeting, and the last one is kept for pages that are shown while the database is away.
"""

from dataclasses import dataclass

from sqlmodel import Session, select

from cme_reflex import text
from cme_reflex.domain.meetings.meeting import Logo, Meeting
from cme_reflex.domain.programme.programme import Programme
from cme_reflex.formats.meeting_folder.document import meeting_from_document
from cme_reflex.routes import in_meeting, meeting_file
from cme_reflex.services.programme import programme_cache
from cme_reflex.settings import settings
from cme_reflex.store.database import read
from cme_reflex.store.meetings import images
from cme_reflex.store.meetings.tables import MeetingRow

LOGO_HEIGHT = 28  # on every page
LOGO, LOGO_DARK = "logo", "logo-dark"
PREVIEW = "preview.png"
FACTS = "meeting.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingView:
    """The facts of a meeting for pages and their templates; texts are as people read them.

    `base` is the path that all addresses of the meeting begin with, and `source` the address at
    which a page finds the newest version of these facts.
    `logo` and `logo_dark` are addresses, empty without an image; their size is in pixels.
    `single_sign_on` is the label of the society's single sign-on, empty without one.
    `preview` is the address of the image that previews of a link show.
    `second_number` is "asked" if both numbers are always needed to sign in, otherwise empty.
    """

    code: str
    base: str
    source: str
    version: int
    name: str
    short_name: str
    provider: str
    society: str
    account_name: str
    help_contact: str
    help_email: str
    deadline: str
    accent: str
    accent_dark: str
    logo: str
    logo_dark: str
    logo_width: int
    logo_height: int
    preview: str
    single_sign_on: str
    second_number: str
    note: str
    attestation: str
    reporting_name: str
    reporting_text: str
    privacy: tuple[str, ...]


_views: dict[str, MeetingView] = {}


async def current_view(code: str) -> MeetingView:
    """The view of the meeting's newest version. Raises MeetingNotFound."""

    def load(db: Session) -> MeetingView:
        version = db.exec(select(MeetingRow.version).where(MeetingRow.code == code)).one_or_none()
        known = _views.get(code)
        if known is not None and known.version == version:
            return known
        row = programme_cache.meeting_by_code(db, code)
        return meeting_view(meeting_from_document(row.document), row.version)

    view = _views[code] = await read(load)
    return view


async def newest_meeting(code: str) -> Meeting:
    """The newest version of the meeting. Raises MeetingNotFound."""
    row = await read(lambda db: programme_cache.meeting_by_code(db, code))
    return meeting_from_document(row.document)


def view_of(programme: Programme) -> MeetingView:
    """The view of the meeting at the version of this programme."""
    code = programme.meeting.code
    known = _views.get(code)
    if known is None or known.version != programme.version:
        known = _views[code] = meeting_view(programme.meeting, programme.version)
    return known


def last_view(code: str) -> MeetingView | None:
    """The last view of this meeting that was read in this process; None before the first."""
    return _views.get(code)


def meeting_view(meeting: Meeting, version: int) -> MeetingView:
    """The view of this version of the meeting."""
    light, dark = meeting.logo, meeting.logo_dark
    return MeetingView(
        code=meeting.code,
        base=in_meeting(meeting.code, "/"),
        source=meeting_file(meeting.code, FACTS),
        version=version,
        name=meeting.name,
        short_name=meeting.short_name,
        provider=meeting.provider.name,
        society=meeting.provider.short_name,
        account_name=meeting.provider.account_name,
        help_contact=meeting.provider.help_contact,
        help_email=meeting.provider.help_email,
        deadline=text.dates.instant(meeting.claim.closes_at, meeting.zone),
        accent=meeting.look.accent,
        accent_dark=meeting.look.accent_dark,
        logo=_address(meeting, LOGO, light),
        logo_dark=_address(meeting, LOGO_DARK, dark),
        logo_width=round(LOGO_HEIGHT * light.ratio) if light else 0,
        logo_height=LOGO_HEIGHT,
        preview=f"{settings().public_url or ''}{meeting_file(meeting.code, PREVIEW)}",
        single_sign_on=meeting.single_sign_on.label if meeting.single_sign_on else "",
        second_number="" if meeting.sign_in.badge_alone else "asked",
        note=meeting.claim.note,
        attestation=meeting.claim.attestation,
        reporting_name=meeting.reporting.name,
        reporting_text=meeting.reporting.text,
        privacy=_paragraphs(meeting.privacy),
    )


async def logo(meeting: Meeting, file: str) -> bytes | None:
    """The content of the meeting's logo with this file name; None if it has none."""
    named = {
        f"{name}{found.suffix}": found.image
        for name, found in ((LOGO, meeting.logo), (LOGO_DARK, meeting.logo_dark))
        if found is not None
    }
    digest = named.get(file)
    return None if digest is None else (await read(lambda db: images.load(db, [digest])))[digest]


def _address(meeting: Meeting, name: str, logo: Logo | None) -> str:
    return meeting_file(meeting.code, f"{name}{logo.suffix}") if logo else ""


def _paragraphs(statement: str) -> tuple[str, ...]:
    """The paragraphs of a text that has an empty line between them."""
    return tuple(" ".join(part.split()) for part in statement.split("\n\n") if part.strip())

"""Writer of a whole meeting folder; `read_meeting_folder` reads equal records back."""

from dataclasses import asdict

from cme_reflex.domain.credit.credit_type import NO_CREDIT
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.formats.meeting_folder import attendees_csv, members_csv
from cme_reflex.formats.meeting_folder.images.logo import DARK, LIGHT
from cme_reflex.formats.meeting_folder.keys import MEETING_TOML
from cme_reflex.formats.meeting_folder.records import MeetingFolder, MemberRecord, SessionRecord
from cme_reflex.formats.meeting_folder.settings_writer import meeting_toml
from cme_reflex.formats.pdf.signature_image import PNG, SVG, embedded_png
from cme_reflex.formats.people.password_hashes import fingerprint
from cme_reflex.formats.programmes.items import ProgrammeItem, SourceLocation
from cme_reflex.formats.programmes.writer import to_sessions_csv
from cme_reflex.formats.tables.csv_table import csv_text


def folder_files(folder: MeetingFolder) -> dict[str, bytes]:
    """The content of the folder's files, by name."""
    meeting, signatures = folder.meeting, _signatures(folder)
    names = {digest: name for digest, (name, _) in signatures.items()}
    items = (_item(each, meeting) for each in folder.sessions)
    attendees = (asdict(each) | {"member": each.member or ""} for each in folder.attendees)
    member_columns = (*members_csv.COLUMNS, members_csv.EXPORTED_HASH)
    texts = {
        MEETING_TOML: meeting_toml(meeting, folder.based_on_version, names),
        "sessions.csv": to_sessions_csv(items, meeting.credit, meeting.zone),
        "attendees.csv": csv_text(attendees_csv.COLUMNS, attendees),
        "members.csv": csv_text(member_columns, map(_member, folder.members)),
    }
    files = {name: text.encode() for name, text in texts.items()}
    return files | dict(signatures.values()) | _logos(folder)


def _item(session: SessionRecord, meeting: Meeting) -> ProgrammeItem:
    """A row of sessions.csv. A release that follows from meeting.toml is left out."""
    releases = {
        Delivery.LIVE: None,
        Delivery.BOTH: meeting.claim.on_demand_from,
        Delivery.ON_DEMAND: session.starts_at,
    }
    release, default = session.on_demand_from, releases[session.delivery]
    # A type that would give the session's duration needs a zero to give nothing.
    none = {each.code: NO_CREDIT for each in meeting.credit if each.gives_duration}
    return ProgrammeItem(
        location=SourceLocation(),
        code=session.code,
        title=session.title,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        kind=session.kind,
        track=session.track,
        room=session.room,
        speakers=session.speakers,
        delivery=session.delivery,
        credit={**none, **session.credit} if session.eligible else {},
        identifiers=session.identifiers,
        eligible=session.eligible,
        faculty_badges=tuple(sorted(session.faculty_badges)),
        on_demand_from=None if release == default else release,
    )


def _member(member: MemberRecord) -> dict[str, str]:
    cells = {column: getattr(member, column) for column in members_csv.COLUMNS}
    return cells | {members_csv.EXPORTED_HASH: fingerprint(member.password_hash)}


def _signatures(folder: MeetingFolder) -> dict[str, tuple[str, bytes]]:
    """The names and the content of the signatures' files, by digest."""
    digests = dict.fromkeys(each.image for each in folder.meeting.signatures)
    files: dict[str, tuple[str, bytes]] = {}
    for number, digest in enumerate(digests, start=1):
        png = embedded_png(folder.images[digest])
        suffix, content = (PNG, png) if png is not None else (SVG, folder.images[digest])
        files[digest] = f"signature-{number}{suffix}", content
    return files


def _logos(folder: MeetingFolder) -> dict[str, bytes]:
    logos = {LIGHT: folder.meeting.logo, DARK: folder.meeting.logo_dark}
    return {
        f"{name}{logo.suffix}": folder.images[logo.image]
        for name, logo in logos.items()
        if logo is not None
    }

"""`cme programme convert`: conversion of another system's programme to sessions.csv."""

from pathlib import Path
from zoneinfo import ZoneInfo

from cme_reflex.cli.column_options import header_mapping, split_option
from cme_reflex.cli.column_options import save_mapping as save
from cme_reflex.cli.conversion import Conversion, emit_conversion
from cme_reflex.cli.errors import CliError
from cme_reflex.cli.files import find_meeting
from cme_reflex.domain.folding import fold
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.formats.programmes import convert as programmes
from cme_reflex.formats.programmes.headings import programme_columns
from cme_reflex.formats.programmes.items import NO_TYPES, ProgrammeOptions
from cme_reflex.formats.programmes.summary import summarize_programme as summarize
from cme_reflex.formats.programmes.writer import to_sessions_csv
from cme_reflex.formats.tables.date_order import DateOrder
from cme_reflex.formats.tables.local_time import ZONE_REMEDY, known_zone


def convert(  # each argument is an option of the command
    file: Path,
    out: Path | None,
    force: bool,
    supplement: Path | None,
    maps: list[str] | None,
    defaults: list[str] | None,
    mapping: Path | None,
    save_mapping: Path | None,
    meeting: Path | None,
    sheet: str,
    zone: str,
    zone_map: list[str] | None,
    wall_clock: bool,
    dates: DateOrder | None,
    delivery: Delivery,
    eligible: list[str] | None,
    not_eligible: list[str] | None,
    all_eligible: bool,
    summary: bool,
    strict: bool,
    as_json: bool,
) -> None:
    """Convert a programme. Raises InvalidInput or CliError, with nothing written."""
    its_meeting = find_meeting(meeting)
    types = its_meeting.credit if its_meeting else NO_TYPES
    columns = programme_columns(types)
    mapped = header_mapping(maps or (), defaults or (), mapping, columns, "a programme")
    options = ProgrammeOptions(
        mapping=mapped,
        credit_types=types,
        zone=_zone(zone, "--zone") if zone else None,
        zone_map=dict(map(_mapped_zone, zone_map or ())),
        strict=strict,
        eligible_kinds=frozenset(map(fold, eligible or ())),
        ineligible_kinds=frozenset(map(fold, not_eligible or ())),
        all_eligible=all_eligible,
        ask_eligible=out is not None or not summary,
        wall_clock=wall_clock,
        dates=dates,
        first_day=its_meeting.starts_on if its_meeting else None,
        delivery=delivery,
    )
    converted = programmes.convert_programme(file, options, supplement=supplement, sheet=sheet)
    figures = summarize(converted.sessions) if summary else None
    text = "" if figures and out is None else to_sessions_csv(converted.sessions, types)
    if save_mapping:
        save(save_mapping, converted.columns, mapped, force=force)
    conversion = Conversion(
        len(converted.sessions), out, figures, converted.warnings, converted.columns
    )
    emit_conversion(text, conversion, "sessions", force=force, as_json=as_json)


def _zone(name: str, option: str) -> ZoneInfo:
    """The time zone of this name. Raises CliError for an unknown one."""
    zone = known_zone(name)
    if zone is None:
        raise CliError(f"{option}: There is no time zone {name!r}. {ZONE_REMEDY}")
    return zone


def _mapped_zone(option: str) -> tuple[str, ZoneInfo]:
    name, zone = split_option(option, "--zone-map NAME=ZONE")
    return name, _zone(zone, "--zone-map")

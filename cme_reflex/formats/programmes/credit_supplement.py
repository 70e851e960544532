"""Credit supplement with one row per session and credit type, joined on the session's code."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from cme_reflex.domain.credit.credit_type import Amount, Amounts, CreditType, CreditTypes
from cme_reflex.formats.programmes.headings import CREDIT_HEADINGS, credit_names, plain
from cme_reflex.formats.programmes.items import ConversionLog, ProgrammeItem, SourceLocation
from cme_reflex.formats.tables.header_mapping import read_mapped_table
from cme_reflex.formats.tables.input_file import InputFile
from cme_reflex.formats.tables.spreadsheet import Spreadsheet
from cme_reflex.text.plural import Plural

_WITHOUT_ROW = Plural(
    one="{count} session has no {label} row: {codes}.",
    other="{count} sessions have no {label} row: {codes}.",
)


def join_credits(
    items: Sequence[ProgrammeItem], source: InputFile, types: CreditTypes, log: ConversionLog
) -> list[ProgrammeItem]:
    """The items with their credit from the supplement.

    An unknown session, or the same credit twice for a session, is a fault of the
    supplement. Credit types that the meeting does not have are omitted with a
    warning. Raises InvalidInput if the supplement has no such table, or the meeting's types are
    not known.
    """
    if not types:
        fault = "No meeting says which credit types there are."
        raise source.invalid(fault, "Name the meeting's folder: --meeting DIR.")
    spreadsheet = Spreadsheet(source)
    mapped = read_mapped_table(spreadsheet, CREDIT_HEADINGS, ("code", "credit_type", "credits"))
    codes, names = {item.code for item in items}, credit_names(types)
    given: defaultdict[str, dict[str, Amount]] = defaultdict(dict)
    other_types: dict[str, int] = {}  # unknown credit types, with the first row of each
    for row in mapped.table.rows:
        code, name = row.required("code"), plain(row.required("credit_type"))
        type_code = names.get(name)
        amount = row.amount("credits", types[type_code]) if type_code else None
        if row.required("credits") and name and not type_code:
            other_types.setdefault(row.text("credit_type"), row.number)
        if code and code not in codes:
            fault = f"The programme has no session {code!r}."
            row.add_fault("code", fault, "Correct it, or remove the row.")
        if type_code and code and amount is not None:
            first = mapped.table.first_row(row, (code, type_code))
            if first != row.number:
                fault = f"Row {first} gives the same session the same credit."
                row.add_fault("code", fault, "Keep one of them.")
            given[code][type_code] = amount
    supplement_log = ConversionLog(source.name, list(mapped.problems()))
    for name, number in other_types.items():
        what = f"The meeting has no credit type {name!r}; its rows are omitted."
        labels = ", ".join(each.label for each in types)
        remedy = f"Correct it, or add it to meeting.toml; there are: {labels}."
        supplement_log.add_warning(SourceLocation(number), "credit_type", what, remedy)
    for note in spreadsheet.notes:
        supplement_log.add_warning(SourceLocation(), "", note.fault, note.remedy)
    _warn_missing_credit(items, given, types.primaries[0], supplement_log)
    log.faults.extend(supplement_log.faults)
    log.warnings.extend(supplement_log.warnings)
    return [replace(item, credit={**item.credit, **given[item.code]}) for item in items]


def _warn_missing_credit(
    items: Sequence[ProgrammeItem],
    given: Mapping[str, Amounts],
    primary: CreditType,
    log: ConversionLog,
) -> None:
    """Add a warning for the sessions without a row of the first primary type."""
    missing = [
        item.code
        for item in items
        if primary.code not in item.credit and primary.code not in given.get(item.code, {})
    ]
    if missing:
        codes = ", ".join(missing[:5]) + (" …" if len(missing) > 5 else "")
        what = _WITHOUT_ROW(len(missing), codes=codes, label=primary.label)
        remedy = "Eligible sessions get their rounded duration."
        if not primary.gives_duration:
            remedy = "They give none of it."
        log.add_warning(SourceLocation(), "", what, remedy)

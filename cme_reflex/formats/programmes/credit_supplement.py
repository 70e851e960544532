"""Credit supplement with one row per session and credit type, joined on the session's code."""

from collections.abc import Sequence
from dataclasses import replace

from cme_reflex.domain.credit.quarters import Quarters
from cme_reflex.domain.folding import fold
from cme_reflex.formats.programmes.headings import CATEGORY1, CREDIT_HEADINGS, SAFETY
from cme_reflex.formats.programmes.items import ConversionLog, ProgrammeItem, SourceLocation
from cme_reflex.formats.tables.header_mapping import read_mapped_table
from cme_reflex.formats.tables.input_file import InputFile
from cme_reflex.formats.tables.spreadsheet import Spreadsheet
from cme_reflex.text.plural import Plural

_WITHOUT_ROW = Plural(
    one="{count} session has no Category 1 row: {codes}.",
    other="{count} sessions have no Category 1 row: {codes}.",
)


def join_credits(
    items: Sequence[ProgrammeItem], source: InputFile, log: ConversionLog
) -> list[ProgrammeItem]:
    """The items with their credit from the supplement.

    An unknown session, or the same credit twice for a session, is a fault of the
    supplement. Credit types that cannot be claimed here are omitted with a
    warning. Raises InvalidInput if the supplement has no such table.
    """
    spreadsheet = Spreadsheet(source)
    mapped = read_mapped_table(spreadsheet, CREDIT_HEADINGS, ("code", "credit_type", "credits"))
    codes = {item.code for item in items}
    credits_by_code: dict[tuple[str, str], Quarters] = {}
    other_types: dict[str, int] = {}  # unknown credit types, with the first row of each
    for row in mapped.table.rows:
        code, kind = row.required("code"), fold(row.required("credit_type").replace("™", ""))
        column = "category1" if kind in CATEGORY1 else "safety" if kind in SAFETY else ""
        amount = row.hours("credits") if row.required("credits") else None
        if code and code not in codes:
            fault = f"The programme has no session {code!r}."
            row.add_fault("code", fault, "Correct it, or remove the row.")
        if kind and not column:
            other_types.setdefault(row.text("credit_type"), row.number)
        if column and code and amount is not None:
            first = mapped.table.first_row(row, (code, column))
            if first != row.number:
                fault = f"Row {first} gives the same session the same credit."
                row.add_fault("code", fault, "Keep one of them.")
            credits_by_code[code, column] = amount
    supplement_log = ConversionLog(source.name, list(mapped.problems()))
    for kind, number in other_types.items():
        what = f"The credit type {kind!r} cannot be claimed here; its rows are omitted."
        supplement_log.add_warning(
            SourceLocation(number),
            "credit_type",
            what,
            "Only Category 1 and Patient Safety can be claimed.",
        )
    _warn_missing_credit(items, credits_by_code, supplement_log)
    log.faults.extend(supplement_log.faults)
    log.warnings.extend(supplement_log.warnings)
    return [
        replace(
            item,
            quarters=credits_by_code.get((item.code, "category1"), item.quarters),
            safety=credits_by_code.get((item.code, "safety"), item.safety),
        )
        for item in items
    ]


def _warn_missing_credit(
    items: Sequence[ProgrammeItem],
    credits_by_code: dict[tuple[str, str], Quarters],
    log: ConversionLog,
) -> None:
    missing = [
        item.code
        for item in items
        if (item.code, "category1") not in credits_by_code and item.quarters is None
    ]
    if missing:
        codes = ", ".join(missing[:5]) + (" …" if len(missing) > 5 else "")
        what = _WITHOUT_ROW(len(missing), codes=codes)
        remedy = "Eligible sessions get their rounded duration."
        log.add_warning(SourceLocation(), "", what, remedy)

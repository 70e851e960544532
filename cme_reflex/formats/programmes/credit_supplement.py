"""The supplement with one row per session and credit type, joined on the session's code."""

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
    """The items with the credits that the supplement gives them.

    A session or credit given twice, or unknown, is a fault of the supplement;
    credit types that cannot be claimed here are told and left out. Raises
    InvalidInput where the supplement is no such table.
    """
    grid = Spreadsheet(source.name, source.data, source.sheet)
    headed = read_mapped_table(grid, CREDIT_HEADINGS, ("code", "credit_type", "credits"))
    known = {item.code for item in items}
    given: dict[tuple[str, str], Quarters] = {}
    others: dict[str, int] = {}
    for row in headed.table.rows:
        code, kind = row.required("code"), fold(row.required("credit_type").replace("™", ""))
        column = "category1" if kind in CATEGORY1 else "safety" if kind in SAFETY else ""
        amount = row.hours("credits") if row.required("credits") else None
        if code and code not in known:
            fault = f"The programme has no session {code!r}."
            row.add_fault("code", fault, "Correct it, or take the row out.")
        if kind and not column:
            others.setdefault(row.text("credit_type"), row.number)
        if column and code and amount is not None:
            first = headed.table.first_row(row, (code, column))
            if first != row.number:
                fault = f"Row {first} gives the same session the same credit."
                row.add_fault("code", fault, "Keep one of them.")
            given[code, column] = amount
    found = ConversionLog(source.name, list(headed.problems()))
    for kind, number in others.items():
        what = f"The credit type {kind!r} cannot be claimed here; its rows are left out."
        found.add_warning(
            SourceLocation(number),
            "credit_type",
            what,
            "Claimed are Category 1 and Patient Safety.",
        )
    _warn_missing_credit(items, given, found)
    log.faults.extend(found.faults)
    log.warnings.extend(found.warnings)
    return [
        replace(
            item,
            quarters=given.get((item.code, "category1"), item.quarters),
            safety=given.get((item.code, "safety"), item.safety),
        )
        for item in items
    ]


def _warn_missing_credit(
    items: Sequence[ProgrammeItem], given: dict[tuple[str, str], Quarters], log: ConversionLog
) -> None:
    without = [
        item.code
        for item in items
        if (item.code, "category1") not in given and item.quarters is None
    ]
    if without:
        named = ", ".join(without[:5]) + (" …" if len(without) > 5 else "")
        what = _WITHOUT_ROW(len(without), codes=named)
        log.add_warning(SourceLocation(), "", what, "An eligible one gets its rounded duration.")

"""Program that reads an ODS or XLS workbook of standard input, and prints its sheets as JSON.

calamine ends the whole process for some damaged files, and takes gigabytes for others, so it has a
process of its own with a limit of memory. It is run as a file and imports nothing of this project.
"""

import datetime as dt
import io
import json
import resource
import sys
from typing import Any

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

MEMORY = 1_500_000_000  # bytes of addresses, of which the interpreter takes a part


def main() -> None:
    """Print the sheets; any failure is that of the process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    columns, cells = map(int, sys.argv[1:])
    book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    sheets = []
    for sheet in book.sheets_metadata:
        if sheet.typ is SheetTypeEnum.WorkSheet:
            read = book.get_sheet_by_name(sheet.name)
            last_row, last_column = read.end or (-1, -1)  # from 0
            size = (last_row + 1) * (last_column + 1)
            cells -= size
            is_large = last_column >= columns or cells < 0
            rows = [] if is_large else read.to_python(skip_empty_area=False)
            visible = sheet.visible is SheetVisibleEnum.Visible
            size_of = {"columns": last_column + 1, "cells": size}
            sheets.append({"name": sheet.name, "visible": visible, "rows": rows, **size_of})
    json.dump(sheets, sys.stdout, default=_encode)


def _encode(value: Any) -> dict[str, Any]:
    match value:
        case dt.timedelta():
            return {"timedelta": value.total_seconds()}
        case dt.datetime() | dt.date() | dt.time():
            return {type(value).__name__: value.isoformat()}
    raise TypeError


if __name__ == "__main__":
    main()

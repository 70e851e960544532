"""The formats of files that leave."""

from enum import StrEnum


class FileFormat(StrEnum):
    """One CSV file a table, one workbook with all tables, or one JSON document."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"

"""Formats of export files."""

from enum import StrEnum


class FileFormat(StrEnum):
    """Format of an export: one CSV file per table, one workbook, or one JSON document."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"

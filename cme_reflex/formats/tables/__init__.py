"""CSV files and workbooks, read and written."""

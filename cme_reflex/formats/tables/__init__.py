"""Reading and writing of CSV files and workbooks."""

"""The sections of the page, one file each: numbers of the report arranged as blocks."""

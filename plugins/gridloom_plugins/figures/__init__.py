"""What figures show, as plain data from a result; `plotting` draws it for print, `html` for a page."""

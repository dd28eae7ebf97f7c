"""The page that the reporter `html` writes: a module for each section, and the templates in `page/`."""

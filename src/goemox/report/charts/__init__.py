"""Pictures as inline SVG: rows of numbers in, markup out; no file, no metric, no colour but classes."""

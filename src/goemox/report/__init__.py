"""Draws a study: report.json in, one self-contained HTML page (or a Markdown summary) out.

Nothing here measures anything. Sentences, charts and tables arrange numbers that the report already
holds; a number that is not there is shown as missing, never guessed.
"""

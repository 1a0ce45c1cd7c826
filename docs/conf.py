"""How Sphinx builds the site: `python -m tasks docs`, offline, into build/docs, where warnings are errors.

Every page is plain Markdown that reads as well in the repository. A link to a file of the repository that is
no page (a script, a result, a licence) becomes a download of that file.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import download_reference, pending_xref
from sphinx.application import Sphinx

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE))

project = "goemox"
author = "the goemox authors"
project_copyright = "the goemox authors, Apache-2.0"
VERSION = ROOT / "src" / "goemox" / "_version.py"
version = release = re.findall(r'^__version__ = "(.+)"', VERSION.read_text("utf-8"), re.M)[0]

extensions = ["myst_parser", "sphinx_copybutton"]
if (HERE / "reference_pages.py").exists():
    extensions.append("reference_pages")
nitpicky = True
exclude_patterns = ["conf.py"]
highlight_language = "none"  # a block without a language is a file or an output
pygments_style, pygments_dark_style = "tango", "native"

myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
copybutton_prompt_text = r"\$ |>>> "
copybutton_prompt_is_regexp = True
copybutton_only_copy_prompt_lines = True
copybutton_line_continuation_character = "\\"

html_theme = "furo"
html_title = f"goemox {release}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False


def setup(app: Sphinx) -> dict[str, bool]:
    """Let links to Markdown outside docs/ be downloads, as those to other files of the repository are."""
    app.connect("doctree-read", download_outside_pages, priority=400)  # before files are collected (500)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def download_outside_pages(app: Sphinx, doctree: nodes.document) -> None:
    """Make downloads of links to Markdown above docs/, which MyST takes for pages that are missing."""
    for link in list(doctree.findall(pending_xref)):
        outside = Path(f"{link['reftarget']}.md")
        if link.get("refdomain") == "doc" and outside.is_absolute() and outside.is_file():
            folder = Path(app.env.doc2path(link["refdoc"])).parent
            target = os.path.relpath(outside, folder).replace(os.sep, "/")
            link.replace_self(download_reference("", "", *link.children, reftarget=target))

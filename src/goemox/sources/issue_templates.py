"""The words of issue templates: headings that nobody wrote who filed the issue."""

from __future__ import annotations

__all__ = ["is_placeholder", "is_template_heading"]

# GitHub's own templates first, then those that many repositories share.
_LINES = """
    describe the bug
    to reproduce
    expected behavior
    screenshots
    desktop (please complete the following information
    smartphone (please complete the following information
    additional context
    is your feature request related to a problem? please describe
    is your feature request related to a problem
    describe the solution you'd like
    describe alternatives you've considered
    actual behavior
    actual result
    actual results
    additional information
    additional notes
    alternatives considered
    bug description
    bug report
    checklist
    code of conduct
    code to reproduce
    contact details
    context
    current behavior
    describe the feature
    describe the problem
    description
    environment
    environment details
    expected result
    expected results
    feature request
    how to reproduce
    minimal reproducible example
    operating system
    possible solution
    pre-submission checklist
    prerequisites
    proposed solution
    relevant log output
    reproduction
    reproduction steps
    steps to reproduce
    steps to reproduce the behavior
    steps to reproduce the problem
    system info
    system information
    version
    versions
    what did you do
    what did you expect to happen
    what happened
    what happened instead
    what is the current behavior
    what is the expected behavior
    what version are you using
    what you expected to happen
    your environment
    """
_HEADINGS = frozenset(line.strip() for line in _LINES.split("\n") if line.strip())
_AROUND = " \t\n\x1e:.?!*_#-)"
_PLACEHOLDERS = ("_No response_", "*No response*")


def is_template_heading(text: str) -> bool:
    """Whether a heading is a template's question, whatever its case, spelling of behaviour and end."""
    words = " ".join(text.lower().replace("\u2019", "'").replace("behaviour", "behavior").split())
    if len(words) > 100:
        return False
    # Some templates put an emoji or a number before the words.
    while words and not words[0].isalpha():
        words = words[1:]
    return words.strip(_AROUND) in _HEADINGS


def is_placeholder(content: str) -> bool:
    """Whether a paragraph is what GitHub writes where a form was left empty."""
    return content.strip() in _PLACEHOLDERS

"""A hundred labels: which texts to label, what a rater did with them, how far two raters agree."""

from goemox.labelling.raters import Agreement, agreement
from goemox.labelling.selection import Selection, select_rows

__all__ = ["Agreement", "Selection", "agreement", "select_rows"]

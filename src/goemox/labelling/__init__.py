"""A hundred labels: which texts to label, what a rater did with them, how far two raters agree."""

from goemox.labelling.label_file import n_labelled
from goemox.labelling.raters import Agreement, agreement
from goemox.labelling.selection import Selection, select_rows

__all__ = ["Agreement", "Selection", "agreement", "n_labelled", "select_rows"]

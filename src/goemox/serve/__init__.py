"""A REST API over one model: dynamic batches, strict bodies, allow-lists in front. Needs `goemox[serve]`."""

from goemox.serve.app import create_app
from goemox.serve.guard import Door
from goemox.serve.limits import Limits

__all__ = ["Door", "Limits", "create_app"]

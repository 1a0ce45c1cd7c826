"""`doctor`: what is installed, missing, broken or odd on this machine, and what mends each.

Each module looks at one thing and yields `Finding`s: packages, processor, model, cache, network, clock. What
the command line knows (options, goemox.toml, variables of options) is looked at by `cli.doctor_settings`.
Nothing is fetched.
"""

from goemox.doctor.examination import examine
from goemox.doctor.finding import Finding

__all__ = ["Finding", "examine"]

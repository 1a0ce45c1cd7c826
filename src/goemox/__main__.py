"""`python -m goemox` is `goemox`."""

from goemox.cli import main

if __name__ == "__main__":
    main()

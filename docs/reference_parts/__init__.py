"""What pages of the reference are made of: Markdown from commands, docstrings, errors, the server."""

"""Collecting texts from the web: Hacker News and GitHub in, `TextRecord`s out.

Each source is one module that knows the remote's rules; how requests are made politely
is `goemox.http`'s business alone. Import the module you need: nothing is loaded here.
"""

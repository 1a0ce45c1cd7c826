"""What a collection of texts is like before a model reads it: repeats, lengths, languages, times, sources."""

from goemox.profiling.collection import Profiler, TextProfile, profile

__all__ = ["Profiler", "TextProfile", "profile"]

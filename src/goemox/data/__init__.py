"""Texts and labels from files: GoEmotions, the user's own, and the embedded samples."""

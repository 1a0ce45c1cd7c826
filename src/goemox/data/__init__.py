"""Texts and labels in files: GoEmotions, the user's own and the embedded samples; predictions written."""

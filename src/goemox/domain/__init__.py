"""How far texts lie from those that a model was trained on, and a sample of those, as numbers only."""

from goemox.domain.profile import ACCEPTED, ADAPTED, TRAINED, DomainProfile, Placed
from goemox.domain.words import HashedWords, bucket_of, hash_words, words_of

__all__ = [
    "ACCEPTED", "ADAPTED", "TRAINED", "DomainProfile", "HashedWords", "Placed", "bucket_of", "hash_words",
    "words_of",
]  # fmt: skip

"""Bytes to text: which encoding, how sure, where it changes, what could not be read; and all of it back."""

from cleancorpus.encoding.decoding import Candidate, Decoding
from cleancorpus.encoding.labels import declared_in, encoding_of_label
from cleancorpus.encoding.private_use import standardize_private_use
from cleancorpus.encoding.reader import decode, decode_many, detect
from cleancorpus.encoding.recipe import Segment, Undecodable

__all__ = [
    "Candidate",
    "Decoding",
    "Segment",
    "Undecodable",
    "declared_in",
    "decode",
    "decode_many",
    "detect",
    "encoding_of_label",
    "standardize_private_use",
]

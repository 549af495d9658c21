"""Signatures go to datasketch and come back, and its own functions agree with ours."""

from __future__ import annotations

import random

import numpy as np
import pytest
from datasketch import LeanMinHash, MinHash, MinHashLSH

from cleancorpus.errors import InputError
from cleancorpus.neardup.interchange import from_minhashes, to_lean_minhashes, to_minhashes
from cleancorpus.neardup.signatures import Signer, estimated_jaccard
from cleancorpus.text import TextBatch
from tests.neardup.corpus import edited, passage

SIGNER = Signer()


@pytest.fixture(scope="module")
def texts() -> list[str]:
    rng = random.Random(1)
    return [text for _ in range(20) for text in [passage(rng, 200)] for text in (text, edited(rng, text, 0.02))]


def test_there_and_back(texts: list[str]) -> None:
    signatures = SIGNER.sign(TextBatch.from_texts(texts))
    for made in (to_minhashes(signatures, SIGNER), to_lean_minhashes(signatures, SIGNER)):
        assert np.array_equal(from_minhashes(made, SIGNER), signatures)


def test_datasketch_estimates_what_we_estimate(texts: list[str]) -> None:
    signatures = SIGNER.sign(TextBatch.from_texts(texts))
    ours = estimated_jaccard(signatures[0::2], signatures[1::2])
    minhashes = to_minhashes(signatures, SIGNER)
    theirs = [one.jaccard(other) for one, other in zip(minhashes[0::2], minhashes[1::2], strict=True)]
    assert theirs == ours.tolist()
    assert min(theirs) > 0.5


def test_its_lsh_finds_the_copies(texts: list[str]) -> None:
    lsh = MinHashLSH(threshold=0.5, num_perm=SIGNER.size, weights=(0.1, 0.9))
    minhashes = to_lean_minhashes(SIGNER.sign(TextBatch.from_texts(texts)), SIGNER)
    for number, minhash in enumerate(minhashes):
        lsh.insert(number, minhash)
    for number in range(0, len(texts), 2):
        assert set(lsh.query(minhashes[number])) == {number, number + 1}


def test_its_bytes_come_back(texts: list[str]) -> None:
    signatures = SIGNER.sign(TextBatch.from_texts(texts[:1]))
    (lean,) = to_lean_minhashes(signatures, SIGNER)
    buffer = bytearray(lean.bytesize())
    lean.serialize(buffer)
    assert np.array_equal(from_minhashes([LeanMinHash.deserialize(buffer)], SIGNER), signatures)


def test_merging_gives_the_signature_of_the_union() -> None:
    one, other = "春眠不觉晓处处闻啼鸟", "夜来风雨声花落知多少"
    signatures = SIGNER.sign(TextBatch.from_texts([one, other]))
    left, right = to_minhashes(signatures, SIGNER)
    left.merge(right)
    hashes = SIGNER.sign_sets(*_sets_of([one, other]))
    assert np.array_equal(from_minhashes([left], SIGNER), hashes)


def _sets_of(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """One set of the shingles of all the texts."""
    from cleancorpus.neardup.shingles import shingles32

    hashes = shingles32(TextBatch.from_texts(texts))
    return hashes, np.array([0, len(hashes)])


def test_signatures_do_not_mix_with_others() -> None:
    signature = SIGNER.sign(TextBatch.from_texts(["春眠不觉晓处处闻啼鸟"]))
    (ours,) = to_minhashes(signature, SIGNER)
    with pytest.raises(ValueError, match="different seeds"):
        ours.jaccard(MinHash(num_perm=128))
    with pytest.raises(InputError):
        from_minhashes([MinHash(num_perm=128)], SIGNER)
    with pytest.raises(InputError):
        from_minhashes([ours], Signer(shingle=7))
    with pytest.raises(TypeError, match="cannot be updated"):
        ours.update(b"x")
    with pytest.raises(InputError):
        to_minhashes(signature[:, :64], SIGNER)

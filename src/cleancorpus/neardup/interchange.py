"""Signatures as datasketch's ``MinHash`` and ``LeanMinHash``, and back.

The slots are carried over as they are, so datasketch estimates the same Jaccard index, makes unions, and its
LSH, in memory or in Redis or Cassandra, serves them.  The seed is made from the signer's name: datasketch
refuses to compare signatures of two seeds, so those of another scheme, size or shingle never mix with these.
"""

from __future__ import annotations

import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, NoReturn

import numpy as np
from numpy.typing import NDArray

from cleancorpus.errors import InputError
from cleancorpus.neardup.signatures import Signatures, Signer

if TYPE_CHECKING:
    from datasketch import LeanMinHash, MinHash

_SCHEME = "affine32"  # datasketch's name for slots of 32 bits


def minhash_seed(signer: Signer) -> int:
    """Give the seed under which datasketch holds the signatures of ``signer``."""
    return zlib.crc32(signer.name.encode("ascii"))


def to_minhashes(signatures: Signatures, signer: Signer) -> list[MinHash]:
    """Give each row of ``uint32[D, size]`` as a ``datasketch.MinHash``.

    It can be compared, merged, indexed and stored; ``update`` raises ``TypeError``, as datasketch would hash
    the addition by another scheme.
    """
    from datasketch import MinHash

    permutations, seed = _permutations(signer.size), minhash_seed(signer)
    return [
        MinHash(seed=seed, hashfunc=_refuse, hashvalues=row, permutations=permutations, scheme=_SCHEME)
        for row in _checked(signatures, signer)
    ]


def to_lean_minhashes(signatures: Signatures, signer: Signer) -> list[LeanMinHash]:
    """Give each row of ``uint32[D, size]`` as a ``datasketch.LeanMinHash``, the form that is stored."""
    from datasketch import LeanMinHash

    seed = minhash_seed(signer)
    return [LeanMinHash(seed=seed, hashvalues=row, scheme=_SCHEME) for row in _checked(signatures, signer)]


def from_minhashes(minhashes: list[MinHash] | list[LeanMinHash], signer: Signer) -> Signatures:
    """Give the signatures back, ``uint32[D, size]``; raises ``InputError`` for those of another signer."""
    rows = np.empty((len(minhashes), signer.size), dtype=np.uint32)
    for row, minhash in zip(rows, minhashes, strict=True):
        if minhash.seed != minhash_seed(signer) or len(minhash) != signer.size:
            raise InputError(f"a MinHash of seed {minhash.seed} and {len(minhash)} values is none of {signer.name}")
        row[:] = minhash.hashvalues
    return rows


def _checked(signatures: Signatures, signer: Signer) -> Signatures:
    if signatures.ndim != 2 or signatures.shape[1] != signer.size:
        raise InputError(f"signatures of {signer.name} have {signer.size} columns, not {signatures.shape}")
    return signatures


@lru_cache(maxsize=4)
def _permutations(size: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Give any permutations of the right number: datasketch asks for some, and nothing here uses them."""
    from datasketch import MinHash

    first, second = MinHash(num_perm=size, scheme=_SCHEME).permutations
    return first, second


def _refuse(_: bytes) -> NoReturn:
    raise TypeError("a signature made by cleancorpus cannot be updated: sign the changed text instead")

"""Key pairs: what is signed is verified by the public half and by nothing else."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from betterauth_py.crypto.jwks import read_key
from betterauth_py.crypto.signing_keys import Algorithm, SigningKey, generate_key_pair

ALGORITHMS = get_args(Algorithm)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_public_half_verifies_what_the_private_half_signs(algorithm: Algorithm) -> None:
    pair, other = generate_key_pair(algorithm), generate_key_pair(algorithm)
    token = SigningKey("k1", algorithm, pair.private).sign(b'{"sub":"x"}')
    own, foreign = (
        read_key({**json.loads(half.public), "kid": "k1", "alg": algorithm}, ALGORITHMS) for half in (pair, other)
    )
    assert own is not None
    assert foreign is not None
    assert own.claims(token) == {"sub": "x"}
    assert foreign.claims(token) is None


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_public_half_holds_nothing_private(algorithm: Algorithm) -> None:
    pair = generate_key_pair(algorithm)
    private = set(json.loads(pair.private)) - set(json.loads(pair.public))
    assert private == ({"d", "p", "q", "dp", "dq", "qi"} if algorithm in {"RS256", "PS256"} else {"d"})


def test_rsa_keys_have_the_wanted_length() -> None:
    modulus = json.loads(generate_key_pair("RS256", 3072).public)["n"]
    assert len(modulus) == 512


def test_two_halves_of_different_keys_are_refused() -> None:
    one, other = (json.loads(generate_key_pair("EdDSA").private) for _ in range(2))
    with pytest.raises(ValueError, match="no private key for EdDSA"):
        SigningKey("k1", "EdDSA", json.dumps({**one, "x": other["x"]}))


@pytest.mark.parametrize("private", ["", "rubbish", "[]", "{}", '{"kty":"OKP","crv":"Ed25519","x":"AA"}', "null"])
def test_what_is_no_private_key_is_refused(private: str) -> None:
    with pytest.raises(ValueError, match="no private key for EdDSA"):
        SigningKey("k1", "EdDSA", private)


def test_a_key_is_used_with_its_own_algorithm_only() -> None:
    pair = generate_key_pair("ES256")
    for algorithm in ("EdDSA", "ES512", "RS256", "HS256", "none"):
        with pytest.raises(ValueError, match="no private key for"):
            SigningKey("k1", algorithm, pair.private)

"""Proofs over real processes that are killed at random: `make proofs` runs them whole, `make test` a part of each."""

"""Latent spaces that are learned from pictures and their captions."""

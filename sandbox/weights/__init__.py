"""Trained weights: where they are kept and which come with the code."""

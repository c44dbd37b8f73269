"""Trained weights: how they are kept, and which come with the code."""

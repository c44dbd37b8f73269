"""Coalescer networks in two dimensions: a method, its rivals, and the pictures that tell them apart."""

"""The concepts that the shipped spaces share: "cat", "dog", and the ambiguous "animal" half-way between them."""

from sandbox.spaces.base import Concept

CAT, DOG = "CAT", "DOG"


def animal_concepts() -> tuple[Concept, ...]:
    """Two units between cat and dog; one third of the pairs is described as "animal"."""
    return (
        Concept("cat", (-1.0, 0.0), (CAT,), weight=2.0),
        Concept("dog", (1.0, 0.0), (DOG,), weight=2.0),
        Concept("animal", (0.0, 0.0), (CAT, DOG), weight=1.0),
    )

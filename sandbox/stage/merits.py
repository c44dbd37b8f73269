"""What the race compares: figures of merit and what they cost, each by its column in the table of the comparison."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Merit:
    """A figure of merit as a reader knows it; a distance is better when smaller, and drawn on a logarithmic axis."""

    label: str
    distance: bool = False

    @property
    def better(self) -> str:
        """Which way is better."""
        return "less is better" if self.distance else "more is better"


MERITS = {
    "precision": Merit("Precision"),
    "recall": Merit("Recall"),
    "coverage": Merit("Coverage"),
    "energy_distance": Merit("Energy distance", distance=True),
    "sliced_wasserstein": Merit("Sliced Wasserstein", distance=True),
    "in_region": Merit("In-region share"),
    "condition_agreement": Merit("Right animal"),
}
BEYOND_FIGURES = {  # of learned spaces, by their columns in the table of more dimensions
    "recognised": Merit("Recognised"),
    "precision": Merit("Precision"),
    "recall": Merit("Recall"),
    "energy_distance": Merit("Energy distance", distance=True),
}
COSTS = {
    "nfe": "Network calls per sample",
    "seconds_per_1000": "Milliseconds for 1,000 samples",
    "train_seconds": "Seconds of training",
}

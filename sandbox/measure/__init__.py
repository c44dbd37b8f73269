"""One experiment, and how good its samples are."""

"""How well the learned ends do, from several seeds: what returns, what the judge sees, and what their training takes."""

import time
from collections.abc import Container, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from joblib import Parallel, delayed
from scipy.spatial.distance import pdist

from sandbox.engine import Stored
from sandbox.learned.ends import Ends, astray
from sandbox.learned.parts import flat
from sandbox.results.cells import Cells
from sandbox.results.compare import one_thread
from sandbox.spaces import LEARNED_SPACES, LearnedSpace

SEEDS = (0, 1, 2)  # of training


def autoencoders(there: Container[tuple[Any, ...]], jobs: int) -> Iterator[tuple[Any, ...]]:
    """Every learned space's ends trained anew from every seed; a quarter of an hour on two cores."""
    tasks = [delayed(row)(space, seed) for space in LEARNED_SPACES for seed in SEEDS if (space.name, seed) not in there]
    yield from Parallel(n_jobs=jobs, batch_size=1, return_as="generator")(tasks)


def row(space: LearnedSpace, seed: int) -> tuple[Any, ...]:
    """What pictures that nobody was trained on, and all captions, become: pixels from 0 to 1, seconds of one processor."""
    with one_thread():
        recipes = [replace(recipe, seed=seed) for recipe in space.ends.recipes]
        images, texts, judge = recipes
        ends, modules, seconds = Ends(images, texts, judge), [], []  # type: ignore[arg-type]
        for recipe in recipes:
            began = time.process_time()
            modules.append(trained(recipe))
            seconds.append(time.process_time() - began)
        # Where the store would have put them: what is measured is what has just been trained.
        vars(ends).update(zip(("autoencoder", "writer", "judgement"), modules, strict=True))
        known, taught = ends.pictures.pictures("held_out"), ends.pictures.pictures("train")
        back = ends.decode(latents := ends.encode(known.pixels))
        embeddings, captions = ends.embeddings(), [caption.text for caption in ends.pictures.captions]
        returned = ends.writer.decode(torch.tensor(embeddings, dtype=torch.float32))
        return (
            space.name,
            seed,
            float((ends.judgement.kind(flat(known.pixels)).numpy() == known.kind).mean()),
            float((ends.kind(latents) == known.kind).mean()),
            float(np.sqrt(np.square(back - known.pixels).mean())),
            float(np.mean([one == other for one, other in zip(captions, returned, strict=True)])),
            float(pdist(embeddings).min()),
            float(astray(ends.encode(taught.pixels), taught.kind).mean()),
            *seconds,
        )


def trained(recipe: Stored) -> Any:  # noqa: ANN401  (the module that the recipe makes)
    """The module of a recipe, trained anew and not kept."""
    *_, last = recipe.train(every=1_000_000)
    return last.network.eval().requires_grad_(False)


def over_seeds(table: Any) -> Iterator[Cells]:  # noqa: ANN401  (a data frame)
    """A row of text for each space: means over the seeds, and the least or the most of them where that is what counts."""
    for name, rows in table.groupby("space", sort=False):
        seconds = rows[["seconds_images", "seconds_texts", "seconds_judge"]].mean()
        yield {
            "space": str(name),
            "seeds": str(len(rows)),
            "judge, real": f"{rows.judge_real.mean():.3f}",
            "judge, returned": f"{rows.judge_returned.mean():.3f} (least {rows.judge_returned.min():.3f})",
            "error": f"{rows.error.mean():.4f}",
            "captions": f"{rows.captions.min():.1%}",
            "apart": f"{rows.apart.min():.2f}",
            "astray": f"{rows.astray.mean():.1%}",
            "seconds": " + ".join(f"{value:.0f}" for value in seconds),
        }

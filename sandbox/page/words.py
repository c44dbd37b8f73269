"""What the page says about its controls and marks."""

HELP = {
    "space": "Where images live: a plane that is mostly noise, with a few regions that mean something.",
    "concept": "What is asked for. “animal” is ambiguous: it may mean a cat or a dog. “none” gives no description at all "
    "(unconditional generation).",
    "desc_scale": "How much the description weighs against the place when the index looks up the nearest pair, by "
    "desc_scale · description next to image. Too small and the description is ignored; too large and its noise alone picks "
    "the pair, and the network cannot learn that. These stops have trained weights: they answer at once.",
    "desc_scale_typed": "Any number above 0. A value without trained weights is trained on the spot, in some seconds.",
    "field": "Learned: what the trained networks answer. Exact: what they were trained to answer, computed from the pairs "
    "where there is a way to; no training, any value at once.",
    "method": "What answers “where does this point belong?” in this panel.",
    "steps": "How many steps it takes. The table counts the evaluations of the network that they cost.",
    "neighbours": "The target is the mean of this many nearest pairs. Other values than 4 are trained on the spot.",
    "points": "How many of the 2,000 starting points R are drawn. The table always judges all 2,000.",
    "direction_loss": "What training charges for a wrong direction e: sqrt(|e|) as published, |e|, or |e|². Only the last "
    "lets arrows shrink much where directions conflict.",
    "seed": "Decides the starting points R and the descriptions. The same seed always shows the same picture.",
    "sampler": "DDIM keeps the noise that a point carries; ancestral sampling replaces a part of it; "
    "Heun's method and DPM-Solver++ (2M) are of "
    "second order. Methods that have only one are not concerned.",
    "guidance": "Classifier-free guidance: 1 is none; more pushes away from the answer without a description, at a second "
    "evaluation for each step.",
    "adaptive": "Stop jumping as soon as a jump was made with a trust of .95 or more.",
    "threshold": "While the first direction is trusted less than this, R is drawn anew; each try counts as an evaluation.",
    "description_noise": "Standard deviation of the noise in every description, where cat and dog are 2 apart. Other values "
    "than .05 are trained on the spot.",
    "t": "Arrows of methods that anneal noise depend on how noisy they take a point to be: 1 is pure noise, where every arrow "
    "points at the mean of all targets; 0 is data. The trajectories pass through all levels from 1 to 0.",
}

HOW_TO_READ = """
**The plane** is a latent space: every point stands for an image, nearly all of them noise. Only points inside a region
decode to a picture that means something. Both panels start from the *same* random points R and are asked for the same
descriptions.

**Arrows** point from a place to where the method says it belongs. Long and dark means a trusted direction: where the method
says so itself, the length of its target_direction; where it knows the spread of its targets, how well they agree,
|E[x₀ − x]| / √E|x₀ − x|². No arrow is longer than the way it stands for.

**Jumps** end at an image after every step, so the table has a row for each. Methods that anneal noise are half noise until
their last step, and have one row.
"""

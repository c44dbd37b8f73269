"""What every method is made of; nothing here knows a space, a pair or a method."""

from sandbox.engine.denoiser import Counted, Denoiser, Guided, Prediction, Targets, guide, is_given
from sandbox.engine.heads import Displacement, Head, Landing, Learned, Velocity
from sandbox.engine.network import BANDWIDTH, Network, mlp
from sandbox.engine.recipe import Option, Recipe, Stored, agrees, departures, key, option, options, recorded, values
from sandbox.engine.samplers import Ancestral, Ddim, DpmSolver2M, Heun, Renoise, Run, Sampler, Trajectory
from sandbox.engine.schedule import COSINE, DATA, LINEAR, Schedule
from sandbox.engine.training import DivergedError, Progress, fit

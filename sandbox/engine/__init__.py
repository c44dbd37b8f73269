"""What every method is made of: schedule, network, denoiser, samplers and the loop that trains."""

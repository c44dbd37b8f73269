"""The toy decoder: the picture that a point of the latent space stands for."""

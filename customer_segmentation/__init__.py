"""Customer segmentation: the Python that SQL cannot serve, one module per verb."""

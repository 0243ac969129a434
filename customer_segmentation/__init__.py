"""Customer segmentation: the Python that SQL cannot serve, one module per verb."""

import os

# Before NumPy is loaded: threads that add up long vectors cost three times the work and change the last digits.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

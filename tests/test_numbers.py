"""JAX computes what it should on this machine: a release that did not was the newest for Python 3.11 for a while."""

import jax
import jax.numpy as jnp
import numpy as np


def test_a_compiled_batch_of_small_products_is_right_in_every_row():
    """JAX 0.10.2 gave 7,000 wrong rows of 40,000 on the CPU."""
    rng = np.random.default_rng(0)
    matrix, rows = (rng.normal(size=shape).astype(np.float32) for shape in ((3, 3), (40_000, 3)))
    squared_length = jax.jit(jax.vmap(lambda row: jnp.sum((jnp.asarray(matrix) @ row) ** 2)))
    np.testing.assert_allclose(squared_length(rows), ((rows @ matrix.T) ** 2).sum(1), rtol=1e-4, atol=1e-5)

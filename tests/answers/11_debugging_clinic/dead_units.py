# %% wrong: the share of zeros | says: whole *column*
def dead_units(activations):
    return jnp.mean(activations == 0)
# %% right: any
def dead_units(activations):
    return 1.0 - jnp.mean(jnp.any(activations != 0, axis=0))
# %% right: the largest size
def dead_units(activations):
    return (jnp.abs(jnp.asarray(activations)).max(axis=0) == 0).sum() / activations.shape[1]
# %% right: counting
def dead_units(activations):
    alive = jnp.count_nonzero(activations, axis=0) > 0
    return jnp.float32(1) - alive.astype(jnp.float32).mean()
# %% right: vmap over columns
def dead_units(activations):
    return jnp.mean(jax.vmap(lambda column: jnp.all(column == 0), in_axes=1)(activations))
# %% wrong: dead rows | says: dead rows
def dead_units(activations):
    return jnp.mean(jnp.all(activations == 0, axis=1))
# %% wrong: any zero | says: every
def dead_units(activations):
    return jnp.mean(jnp.any(activations == 0, axis=0))
# %% wrong: sums that cancel | says: cancel
def dead_units(activations):
    return jnp.mean(jnp.sum(activations, axis=0) == 0)
# %% wrong: how many | says: share
def dead_units(activations):
    return jnp.sum(jnp.all(activations == 0, axis=0)) * 1.0
# %% wrong: negative is dead | says: negative unit
def dead_units(activations):
    return jnp.mean(jnp.all(activations <= 0, axis=0))
# %% wrong: small is dead | says: small is not dead
def dead_units(activations):
    return jnp.mean(jnp.all(jnp.isclose(activations, 0.0, atol=1e-5), axis=0))
# %% wrong: those alive on average | says: positive sum
def dead_units(activations):
    return jnp.mean(jnp.mean(activations, axis=0) > 0)
# %% wrong: divided by rows | says: number of columns
def dead_units(activations):
    return jnp.sum(jnp.all(activations == 0, axis=0)) / len(activations)
# %% wrong: for each unit | says: shape
def dead_units(activations):
    return jnp.all(activations == 0, axis=0) * 1.0
# %% wrong: the maximum | says: negative unit
def dead_units(activations):
    return jnp.mean(jnp.max(activations, axis=0) <= 0)
# %% wrong: a variance of 0 | says: the same for every input
def dead_units(activations):
    return jnp.mean(jnp.var(activations, axis=0) == 0)
# %% wrong: a Python loop with if | says: if
def dead_units(activations):
    dead = 0
    for column in activations.T:
        if (column == 0).all():
            dead += 1
    return dead / activations.shape[1]
# %% wrong: nothing comes back | says: returned None
def dead_units(activations):
    jnp.mean(jnp.all(activations == 0, axis=0))

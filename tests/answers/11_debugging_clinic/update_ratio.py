# %% wrong: squared | says: root is missing
def update_ratio(old, new):
    square = lambda tree: sum(jnp.sum(jnp.square(x)) for x in jax.tree.leaves(tree))
    return square(jax.tree.map(lambda a, b: b - a, old, new)) / square(old)
# %% right: leaves
def update_ratio(old, new):
    change = sum(jnp.sum((b - a) ** 2) for a, b in zip(jax.tree.leaves(old), jax.tree.leaves(new)))
    return jnp.sqrt(change / sum(jnp.sum(a**2) for a in jax.tree.leaves(old)))
# %% right: one long vector
def update_ratio(old, new):
    from jax.flatten_util import ravel_pytree
    a, b = ravel_pytree(old)[0], ravel_pytree(new)[0]
    return jnp.linalg.norm(b - a) / (jnp.linalg.norm(a) + 1e-8)
# %% right: concatenated, the other order
@jax.jit
def update_ratio(old, new):
    flat = lambda tree: jnp.concatenate([jnp.ravel(x) for x in jax.tree.leaves(tree)])
    return jnp.linalg.norm(flat(old) - flat(new)) / jnp.linalg.norm(flat(old))
# %% right: norms of norms, optax's tree functions
def update_ratio(old, new):
    norm = lambda tree: jnp.linalg.norm(jnp.stack([jnp.linalg.norm(jnp.ravel(x)) for x in jax.tree.leaves(tree)]))
    return norm(jax.tree.map(jnp.subtract, new, old)) / norm(old)
# %% wrong: the change alone | says: size of the change
def update_ratio(old, new):
    return optax.global_norm(jax.tree.map(lambda a, b: b - a, old, new))
# %% wrong: divided by the new | says: not of the new ones
def update_ratio(old, new):
    return optax.global_norm(jax.tree.map(lambda a, b: b - a, old, new)) / optax.global_norm(new)
# %% wrong: the mean of ratios | says: mean over the leaves
def update_ratio(old, new):
    ratio = lambda a, b: jnp.linalg.norm(jnp.ravel(b - a)) / (jnp.linalg.norm(jnp.ravel(a)) + 1e-8)
    return jnp.mean(jnp.array(jax.tree.leaves(jax.tree.map(ratio, old, new))))
# %% wrong: norms added up | says: do not add up
def update_ratio(old, new):
    norm = lambda tree: sum(jnp.linalg.norm(jnp.ravel(x)) for x in jax.tree.leaves(tree))
    return norm(jax.tree.map(lambda a, b: b - a, old, new)) / norm(old)
# %% wrong: a difference of norms | says: compares two norms
def update_ratio(old, new):
    return jnp.abs(optax.global_norm(new) - optax.global_norm(old)) / optax.global_norm(old)
# %% wrong: a ratio of norms | says: compares two norms
def update_ratio(old, new):
    return optax.global_norm(new) / optax.global_norm(old)
# %% wrong: absolute values | says: absolute values
def update_ratio(old, new):
    size = lambda tree: sum(jnp.sum(jnp.abs(x)) for x in jax.tree.leaves(tree))
    return size(jax.tree.map(lambda a, b: b - a, old, new)) / size(old)
# %% wrong: upside down | says: upside down
def update_ratio(old, new):
    return optax.global_norm(old) / (optax.global_norm(jax.tree.map(lambda a, b: b - a, old, new)) + 1e-12)
# %% wrong: the first leaf | says: one leaf alone
def update_ratio(old, new):
    a, b = jax.tree.leaves(old)[0], jax.tree.leaves(new)[0]
    return jnp.linalg.norm(jnp.ravel(b - a)) / (jnp.linalg.norm(jnp.ravel(a)) + 1e-8)
# %% wrong: the last leaf | says: one leaf alone
def update_ratio(old, new):
    a, b = jax.tree.leaves(old)[-1], jax.tree.leaves(new)[-1]
    return jnp.linalg.norm(jnp.ravel(b - a)) / (jnp.linalg.norm(jnp.ravel(a)) + 1e-8)
# %% wrong: sums that cancel | says: cancel
def update_ratio(old, new):
    total = lambda tree: sum(jnp.sum(x) for x in jax.tree.leaves(tree))
    return total(jax.tree.map(lambda a, b: b - a, old, new)) / total(old)
# %% wrong: dictionaries only
def update_ratio(old, new):
    change = {name: new[name] - old[name] for name in old}
    return optax.global_norm(change) / optax.global_norm(old)
# %% wrong: swapped | says: not of the new ones
def update_ratio(new, old):
    return optax.global_norm(jax.tree.map(lambda a, b: b - a, old, new)) / optax.global_norm(old)
# %% wrong: a tree of ratios | says: dict
def update_ratio(old, new):
    return jax.tree.map(lambda a, b: jnp.linalg.norm(jnp.ravel(b - a)) / (jnp.linalg.norm(jnp.ravel(a)) + 1e-8), old, new)
# %% wrong: a large number in the denominator
def update_ratio(old, new):
    return optax.global_norm(jax.tree.map(lambda a, b: b - a, old, new)) / (optax.global_norm(old) + 0.01)
# %% wrong: nothing comes back | says: returned None
def update_ratio(old, new):
    optax.global_norm(old)

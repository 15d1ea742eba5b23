# %% right: optax
def soft_update(target, online, tau):
    return optax.incremental_update(online, target, tau)

# %% right: moves by the difference
def soft_update(target, online, tau):
    return jax.tree.map(lambda t, o: t + tau * (o - t), target, online)

# %% right: leaves, jitted, prints
@jax.jit
def soft_update(target, online, tau):
    leaves, structure = jax.tree.flatten(target)
    print(structure)
    return structure.unflatten([(1 - tau) * t + tau * o for t, o in zip(leaves, jax.tree.leaves(online))])

# %% right: the old name of tree.map, and a cast
def soft_update(target, online, tau):
    mix = lambda o, t: jnp.asarray(tau * o + (1.0 - tau) * t, jnp.float32)
    return jax.tree_util.tree_map(mix, online, target)

# %% right: two trees, then added
def soft_update(target, online, tau):
    kept = jax.tree.map(lambda x: x * (1 - tau), target)
    gained = jax.tree.map(lambda x: x * tau, online)
    return jax.tree.map(jnp.add, kept, gained)

# %% right: one long vector
from jax.flatten_util import ravel_pytree

def soft_update(target, online, tau):
    old, unravel = ravel_pytree(target)
    new, _ = ravel_pytree(online)
    return unravel((1.0 - tau) * old + tau * new)

# %% wrong: the wrong way round | says: swapped
def soft_update(target, online, tau):
    return jax.tree.map(lambda t, o: tau * t + (1 - tau) * o, target, online)

# %% wrong: the arguments of optax | says: swapped
def soft_update(target, online, tau):
    return optax.incremental_update(target, online, tau)

# %% wrong: a hard update | says: moves only part
def soft_update(target, online, tau):
    return online

# %% wrong: nothing moves | says: did not move
def soft_update(target, online, tau):
    return target

# %% wrong: keeps all of the target | says: multiply it by 1 - tau
def soft_update(target, online, tau):
    return jax.tree.map(lambda t, o: t + tau * o, target, online)

# %% wrong: forgets the target | says: old target is missing
def soft_update(target, online, tau):
    return jax.tree.map(lambda o: tau * o, online)

# %% wrong: forgets the online network | says: online parameters are missing
def soft_update(target, online, tau):
    return jax.tree.map(lambda t: (1 - tau) * t, target)

# %% wrong: the mean | says: mean of both
def soft_update(target, online, tau):
    return jax.tree.map(lambda t, o: (t + o) / 2, target, online)

# %% wrong: away from it | says: away
def soft_update(target, online, tau):
    return jax.tree.map(lambda t, o: t - tau * (o - t), target, online)

# %% wrong: if | says: jax.jit
def soft_update(target, online, tau):
    if tau == 1:
        return online
    return jax.tree.map(lambda t, o: (1 - tau) * t + tau * o, target, online)

# %% wrong: only the weights | says: every leaf
def soft_update(target, online, tau):
    return jax.tree.map(lambda t, o: (1 - tau) * t + tau * o if t.ndim > 0 else t, target, online)

# %% wrong: only a dictionary of dictionaries | says: any pytree
def soft_update(target, online, tau):
    return {
        layer: {name: jax.tree.map(lambda t, o: (1 - tau) * t + tau * o, w, online[layer][name]) for name, w in ws.items()}
        for layer, ws in target.items()
    }

# %% wrong: no tree | says: jax.tree.map
def soft_update(target, online, tau):
    return (1 - tau) * target + tau * online

# %% wrong: a list of leaves | says: structure
def soft_update(target, online, tau):
    return [(1 - tau) * t + tau * o for t, o in zip(jax.tree.leaves(target), jax.tree.leaves(online))]

# %% wrong: both trees | says: structure
def soft_update(target, online, tau):
    return jax.tree.map(lambda t, o: (1 - tau) * t + tau * o, target, online), online

# %% wrong: half precision | says: float32
def soft_update(target, online, tau):
    return jax.tree.map(lambda t, o: ((1 - tau) * t + tau * o).astype(jnp.float16), target, online)

# %% wrong: half precision on the way | says: half precision
def soft_update(target, online, tau):
    half = lambda x: jnp.asarray(x, jnp.bfloat16)
    return jax.tree.map(lambda t, o: jnp.float32((1 - tau) * half(t) + tau * half(o)), target, online)

# %% wrong: whole numbers | says: fractions are gone
def soft_update(target, online, tau):
    return jax.tree.map(lambda t, o: jnp.floor((1 - tau) * t + tau * o), target, online)

# %% wrong: a fixed tau | says: whatever is passed in
def soft_update(target, online, tau):
    return jax.tree.map(lambda t, o: 0.75 * t + 0.25 * o, target, online)

# %% wrong: changes NumPy arrays in place | says: of NumPy arrays
def soft_update(target, online, tau):
    def mix(t, o):
        if isinstance(t, np.ndarray) and t.ndim:
            t *= 1 - tau
            t += tau * o
            return t
        return (1 - tau) * t + tau * o
    return jax.tree.map(mix, target, online)

# %% wrong: forgets to return | says: return
def soft_update(target, online, tau):
    jax.tree.map(lambda t, o: (1 - tau) * t + tau * o, target, online)

# %% wrong: float64 from NumPy | says: dtype float32
def soft_update(target, online, tau):
    return jax.tree.map(lambda t, o: np.asarray((1 - tau) * t + tau * o, np.float64), target, online)

# %% right: tau as a JAX scalar, the weights as one vector
def soft_update(target, online, tau):
    weights = jnp.stack([1.0 - jnp.float32(tau), jnp.float32(tau)])
    return jax.tree.map(lambda old, new: jnp.tensordot(weights, jnp.stack([old, new]), axes=1), target, online)

# %% wrong: never quite still, never quite there | says: nothing moves at all
def soft_update(target, online, tau):
    tau = jnp.clip(tau, 1e-3, 1 - 1e-3)
    return jax.tree.map(lambda old, new: (1.0 - tau) * old + tau * new, target, online)

# %% wrong: the dictionary itself is changed | says: target
def soft_update(target, online, tau):
    new = jax.tree.map(lambda old, aim: (1.0 - tau) * old + tau * aim, target, online)
    if isinstance(target, dict):
        target.update(new)
    return new

# %% right: no gradient passes, which leaves NumPy arrays in JAX's own kind of ndarray
def soft_update(target, online, tau):
    moved = jax.tree.map(lambda old, new: (1.0 - tau) * old + tau * new, target, online)
    return jax.lax.stop_gradient(moved)

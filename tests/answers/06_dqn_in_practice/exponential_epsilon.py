# %% right: jnp.exp, other order
def exponential_epsilon(step, start, end, decay):
    return (start - end) * jnp.exp(-1.0 * step / decay) + end

# %% right: divides by the exponential
def exponential_epsilon(step, start, end, decay):
    return end + (start - end) / jnp.exp(step / decay)

# %% right: a weighted mean, jitted, prints
@jax.jit
def exponential_epsilon(step, start, end, decay):
    weight = jnp.exp(-jnp.asarray(step, jnp.float32) / decay)
    print("epsilon")
    return weight * start + (1 - weight) * end

# %% right: a power of e
def exponential_epsilon(step, start, end, decay):
    return end + (start - end) * jnp.e ** (-(step / decay))

# %% right: a power of the factor per step
def exponential_epsilon(step, start, end, decay):
    factor = jnp.exp(-1.0 / decay)
    return end + (start - end) * factor**step

# %% right: one step at a time under vmap
def exponential_epsilon(step, start, end, decay):
    one = lambda s: jnp.add(end, jnp.multiply(jnp.subtract(start, end), jnp.exp(jnp.negative(s) / decay)))
    step = jnp.asarray(step, float)
    return jax.vmap(one)(step.reshape(-1)).reshape(step.shape)

# %% right: minus one, by expm1
def exponential_epsilon(step, start, end, decay):
    return start + (start - end) * jnp.expm1(-step / decay)

# %% wrong: start instead of the distance | says: distance
def exponential_epsilon(step, start, end, decay):
    return end + start * jnp.exp(-step / decay)

# %% wrong: falls to zero | says: towards 0
def exponential_epsilon(step, start, end, decay):
    return start * jnp.exp(-step / decay)

# %% wrong: a floor | says: towards 0
def exponential_epsilon(step, start, end, decay):
    return jnp.maximum(end, start * jnp.exp(-step / decay))

# %% wrong: forgets to add the end | says: end has to be added
def exponential_epsilon(step, start, end, decay):
    return (start - end) * jnp.exp(-step / decay)

# %% wrong: no minus | says: minus sign
def exponential_epsilon(step, start, end, decay):
    return end + (start - end) * jnp.exp(step / decay)

# %% wrong: swapped | says: rises
def exponential_epsilon(step, start, end, decay):
    return start + (end - start) * jnp.exp(-step / decay)

# %% wrong: rises | says: rises
def exponential_epsilon(step, start, end, decay):
    return end + (start - end) * (1 - jnp.exp(-step / decay))

# %% wrong: linear | says: straight line
def exponential_epsilon(step, start, end, decay):
    return jnp.maximum(end, start + (end - start) * step / decay)

# %% wrong: step and decay swapped | says: swapped
def exponential_epsilon(step, start, end, decay):
    return end + (start - end) * jnp.exp(-decay / step)

# %% wrong: half-life | says: base is e
def exponential_epsilon(step, start, end, decay):
    return end + (start - end) * 0.5 ** (step / decay)

# %% wrong: powers of ten | says: not 10
def exponential_epsilon(step, start, end, decay):
    return end + (start - end) * 10.0 ** (-step / decay)

# %% wrong: multiplies | says: divide step by decay
def exponential_epsilon(step, start, end, decay):
    return end + (start - end) * jnp.exp(-step * decay)

# %% wrong: whole numbers | says: integer division
def exponential_epsilon(step, start, end, decay):
    return end + (start - end) * jnp.exp(-(step // decay))

# %% wrong: whole numbers, rounded down below zero | says: integer division
def exponential_epsilon(step, start, end, decay):
    return end + (start - end) * jnp.exp(-step // decay)

# %% wrong: math | says: under jax.jit
import math

def exponential_epsilon(step, start, end, decay):
    return end + (start - end) * math.exp(-step / decay)

# %% wrong: NumPy | says: jax.numpy
def exponential_epsilon(step, start, end, decay):
    return end + (start - end) * np.exp(-step / decay)

# %% wrong: if | says: jax.jit
def exponential_epsilon(step, start, end, decay):
    if step == 0:
        return start
    return end + (start - end) * jnp.exp(-step / decay)

# %% wrong: only scalars | says: shape
def exponential_epsilon(step, start, end, decay):
    return (end + (start - end) * jnp.exp(-jnp.atleast_1d(step) / decay))[0]

# %% wrong: always an array | says: shape
def exponential_epsilon(step, start, end, decay):
    return end + (start - end) * jnp.exp(-jnp.atleast_1d(step) / decay)

# %% wrong: never below 0.05 | says: no floor
def exponential_epsilon(step, start, end, decay):
    return jnp.maximum(0.05, end + (start - end) * jnp.exp(-step / decay))

# %% wrong: only falls | says: then epsilon rises
def exponential_epsilon(step, start, end, decay):
    return jnp.maximum(end, end + (start - end) * jnp.exp(-step / decay))

# %% wrong: decay is fixed | says: not 1,000
def exponential_epsilon(step, start, end, decay):
    return end + (start - end) * jnp.exp(-step / 1000)

# %% wrong: changes its input | says: step was modified
def exponential_epsilon(step, start, end, decay):
    if isinstance(step, np.ndarray) and step.dtype.kind == "f" and step.ndim:
        step /= -decay
        return end + (start - end) * jnp.exp(step)
    return end + (start - end) * jnp.exp(-step / decay)

# %% wrong: forgets to return | says: None
def exponential_epsilon(step, start, end, decay):
    epsilon = end + (start - end) * jnp.exp(-step / decay)

# %% right: vectorised by JAX
exponential_epsilon = jnp.vectorize(
    lambda step, start, end, decay: end + (start - end) * jax.lax.exp(-(step / decay))
)

# %% wrong: e rounded to three places | says: 2.718
def exponential_epsilon(step, start, end, decay):
    return end + (start - end) * 2.718 ** (-step / decay)

# %% right: optax
def huber_loss(error, delta=1.0):
    return optax.losses.huber_loss(error, delta=delta)

# %% right: the part inside and the part outside
def huber_loss(error, delta=1.0):
    size = jnp.abs(error)
    inside = jnp.minimum(size, delta)
    return 0.5 * inside**2 + delta * (size - inside)

# %% right: clip
def huber_loss(error, delta=1.0):
    clipped = jnp.clip(error, -delta, delta)
    return clipped * (error - clipped / 2)

# %% right: three branches, strict, jitted
@jax.jit
def huber_loss(error, delta=1.0):
    error = jnp.asarray(error)
    middle = jnp.square(error) / 2
    return jnp.where(error > delta, delta * (error - delta / 2), jnp.where(error < -delta, -delta * (error + delta / 2), middle))

# %% right: one error at a time
def huber_loss(error, delta=1.0):
    def one(e):
        return jax.lax.cond(jnp.abs(e) <= delta, lambda: 0.5 * e * e, lambda: delta * (jnp.abs(e) - 0.5 * delta))
    error = jnp.asarray(error, jnp.float32)
    return jax.vmap(one)(error.ravel()).reshape(error.shape)

# %% right: select, prints
def huber_loss(error, delta=1.0):
    print("losses of", error)
    a = jnp.abs(error)
    return jnp.select([a < delta], [a * a * 0.5], default=delta * a - 0.5 * delta**2)

# %% right: adds up the slope
def huber_loss(error, delta=1.0):
    excess = jnp.maximum(jnp.abs(error) - delta, 0.0)
    return 0.5 * (jnp.asarray(error) ** 2 - excess**2) if jnp.ndim(error) < 0 else jnp.where(
        excess > 0, delta * (jnp.abs(error) - delta / 2), 0.5 * jnp.asarray(error) ** 2
    )

# %% right: the sign in place of the absolute value
def huber_loss(error, delta=1.0):
    size = error * jnp.sign(error)
    return jnp.where(size > delta, delta * size - delta * delta / 2, jnp.power(error, 2) / 2)

# %% wrong: no half | says: factor 1/2
def huber_loss(error, delta=1.0):
    size = jnp.abs(error)
    return jnp.where(size <= delta, error**2, delta * (size - 0.5 * delta))

# %% wrong: twice | says: twice
def huber_loss(error, delta=1.0):
    size = jnp.abs(error)
    return jnp.where(size <= delta, error**2, delta * (2 * size - delta))

# %% wrong: the sign of the error | says: error's size
def huber_loss(error, delta=1.0):
    return jnp.where(error <= delta, 0.5 * error**2, delta * (jnp.abs(error) - 0.5 * delta))

# %% wrong: no absolute value on the line | says: absolute value
def huber_loss(error, delta=1.0):
    return jnp.where(jnp.abs(error) <= delta, 0.5 * error**2, delta * (error - 0.5 * delta))

# %% wrong: the line jumps | says: continue the parabola
def huber_loss(error, delta=1.0):
    size = jnp.abs(error)
    return jnp.where(size <= delta, 0.5 * error**2, delta * size)

# %% wrong: subtracts delta | says: should be delta/2
def huber_loss(error, delta=1.0):
    size = jnp.abs(error)
    return jnp.where(size <= delta, 0.5 * error**2, delta * (size - delta))

# %% wrong: slope 1 | says: slope is delta
def huber_loss(error, delta=1.0):
    size = jnp.abs(error)
    return jnp.where(size <= delta, 0.5 * error**2, size - 0.5 * delta)

# %% wrong: brackets | says: brackets
def huber_loss(error, delta=1.0):
    size = jnp.abs(error)
    return jnp.where(size <= delta, 0.5 * error**2, delta * size - 0.5 * delta)

# %% wrong: ignores delta | says: delta = 1
def huber_loss(error, delta=1.0):
    size = jnp.abs(error)
    return jnp.where(size <= 1.0, 0.5 * error**2, size - 0.5)

# %% wrong: smooth L1 | says: smooth L1
def huber_loss(error, delta=1.0):
    size = jnp.abs(error)
    return jnp.where(size <= delta, 0.5 * error**2 / delta, size - 0.5 * delta)

# %% wrong: branches swapped | says: swapped
def huber_loss(error, delta=1.0):
    size = jnp.abs(error)
    return jnp.where(size > delta, 0.5 * error**2, delta * (size - 0.5 * delta))

# %% wrong: the smaller of the two | says: line everywhere
def huber_loss(error, delta=1.0):
    size = jnp.abs(error)
    return jnp.minimum(0.5 * error**2, delta * (size - 0.5 * delta))

# %% wrong: the larger of the two | says: half the square everywhere
def huber_loss(error, delta=1.0):
    size = jnp.abs(error)
    return jnp.maximum(0.5 * error**2, delta * (size - 0.5 * delta))

# %% wrong: clips the error | says: flat for large errors
def huber_loss(error, delta=1.0):
    return 0.5 * jnp.clip(error, -delta, delta) ** 2

# %% wrong: the sum | says: that is the sum
def huber_loss(error, delta=1.0):
    size = jnp.abs(error)
    return jnp.where(size <= delta, 0.5 * error**2, delta * (size - 0.5 * delta)).sum()

# %% wrong: the mean | says: that is the mean
def huber_loss(error, delta=1.0):
    return jnp.mean(optax.losses.huber_loss(error, delta=delta))

# %% wrong: if | says: jax.jit
def huber_loss(error, delta=1.0):
    if jnp.all(jnp.abs(error) <= delta):
        return 0.5 * error**2
    return jnp.where(jnp.abs(error) <= delta, 0.5 * error**2, delta * (jnp.abs(error) - 0.5 * delta))

# %% wrong: NumPy | says: jax.numpy
def huber_loss(error, delta=1.0):
    size = np.abs(error)
    return np.where(size <= delta, 0.5 * error**2, delta * (size - 0.5 * delta))

# %% wrong: a mask as an index | says: jnp.where
def huber_loss(error, delta=1.0):
    size = jnp.abs(error)
    return (delta * (size - 0.5 * delta)).at[size <= delta].set(0.5 * error[size <= delta] ** 2)

# %% wrong: a square root for the size | says: jnp.abs
def huber_loss(error, delta=1.0):
    size = jnp.sqrt(error**2)
    return jnp.where(size <= delta, 0.5 * error**2, delta * (size - 0.5 * delta))

# %% wrong: pseudo-Huber | says: pseudo-Huber
def huber_loss(error, delta=1.0):
    return delta**2 * (jnp.sqrt(1 + (error / delta) ** 2) - 1)

# %% wrong: log-cosh | says: log-cosh
def huber_loss(error, delta=1.0):
    return delta**2 * jnp.log(jnp.cosh(error / delta))

# %% wrong: no gradient for large errors | says: gradient
def huber_loss(error, delta=1.0):
    size = jnp.abs(error)
    line = jax.lax.stop_gradient(delta * (size - 0.5 * delta))
    return jnp.where(size <= delta, 0.5 * error**2, line)

# %% wrong: default of 10 | says: default delta is 1
def huber_loss(error, delta=10.0):
    size = jnp.abs(error)
    return jnp.where(size <= delta, 0.5 * error**2, delta * (size - 0.5 * delta))

# %% wrong: only one axis | says: array of one loss
def huber_loss(error, delta=1.0):
    error = jnp.atleast_1d(error)
    size = jnp.abs(error)
    loss = jnp.where(size <= delta, 0.5 * error**2, delta * (size - 0.5 * delta))
    return loss if loss.shape[0] > 1 else loss[0]

# %% wrong: forgets to return | says: None
def huber_loss(error, delta=1.0):
    size = jnp.abs(error)
    jnp.where(size <= delta, 0.5 * error**2, delta * (size - 0.5 * delta))

# %% right: a difference of squares
def huber_loss(error, delta=1.0):
    size = jnp.abs(error)
    return (size**2 - jax.nn.relu(size - delta) ** 2) / 2

# %% right: a clipped parabola and a ramp, which share the slope at delta
def huber_loss(error, delta=1.0):
    return jnp.clip(error, -delta, delta) ** 2 / 2 + delta * jax.nn.relu(jnp.abs(error) - delta)

# %% right: cond for each error
def huber_loss(error, delta=1.0):
    def one(error, delta):
        size = jnp.abs(error)
        return jax.lax.cond(size <= delta, lambda: error**2 / 2, lambda: delta * (size - delta / 2))

    return jnp.vectorize(one)(jnp.asarray(error, jnp.float32), jnp.asarray(delta, jnp.float32))

# %% wrong: zero at the threshold | says: neither is used
def huber_loss(error, delta=1.0):
    size = jnp.abs(error)
    return jnp.where(size < delta, error**2 / 2, jnp.where(size > delta, delta * (size - delta / 2), 0.0))

# %% wrong: the right losses with the gradient of the square | says: gradient
def huber_loss(error, delta=1.0):
    size = jnp.abs(error)
    square = error**2 / 2
    return square + jax.lax.stop_gradient(jnp.where(size <= delta, square, delta * (size - delta / 2)) - square)

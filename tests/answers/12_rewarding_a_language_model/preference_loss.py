# %% right: log_sigmoid
def preference_loss(chosen, rejected):
    return -jax.nn.log_sigmoid(jnp.asarray(chosen - rejected, jnp.float32))

# %% right: softplus
def preference_loss(chosen, rejected):
    return jax.nn.softplus(1.0 * rejected - chosen)

# %% right: logaddexp
def preference_loss(chosen, rejected):
    return jnp.logaddexp(0.0, rejected - chosen)

# %% right: a softmax over the two
def preference_loss(chosen, rejected):
    scores = jnp.stack([jnp.asarray(chosen, float), jnp.asarray(rejected, float)])
    return -jax.nn.log_softmax(scores)[0]

# %% right: logsumexp
def preference_loss(chosen, rejected):
    scores = jnp.array([chosen, rejected]) * 1.0
    return jax.scipy.special.logsumexp(scores) - chosen

# %% right: optax, jitted
@jax.jit
def preference_loss(chosen, rejected):
    return optax.sigmoid_binary_cross_entropy(1.0 * (chosen - rejected), 1.0)

# %% right: safe by hand
def preference_loss(chosen, rejected):
    d = 1.0 * (chosen - rejected)
    largest = jnp.maximum(0.0, -d)
    return largest + jnp.log(jnp.exp(-largest) + jnp.exp(-d - largest))

# %% wrong: the other way round | says: the wrong way round
def preference_loss(chosen, rejected):
    return -jax.nn.log_sigmoid(1.0 * (rejected - chosen))

# %% wrong: no minus | says: the minus is missing
def preference_loss(chosen, rejected):
    return jax.nn.log_sigmoid(1.0 * (chosen - rejected))

# %% wrong: the probability | says: the probability itself
def preference_loss(chosen, rejected):
    return jax.nn.sigmoid(1.0 * (chosen - rejected))

# %% wrong: minus the probability | says: the probability itself
def preference_loss(chosen, rejected):
    return -jax.nn.sigmoid(1.0 * (chosen - rejected))

# %% wrong: one minus the probability | says: the logarithm
def preference_loss(chosen, rejected):
    return 1.0 - jax.nn.sigmoid(1.0 * (chosen - rejected))

# %% wrong: the logarithm of a sigmoid | says: stay in log space
def preference_loss(chosen, rejected):
    return -jnp.log(jax.nn.sigmoid(1.0 * (chosen - rejected)))

# %% wrong: a small number in the logarithm | says: small number
def preference_loss(chosen, rejected):
    return -jnp.log(jax.nn.sigmoid(1.0 * (chosen - rejected)) + 1e-8)

# %% wrong: exp overflows | says: stay in log space
def preference_loss(chosen, rejected):
    return jnp.log(1.0 + jnp.exp(1.0 * (rejected - chosen)))

# %% wrong: a hinge | says: hinge
def preference_loss(chosen, rejected):
    return jnp.maximum(0.0, 1.0 - (chosen - rejected))

# %% wrong: the plain difference | says: plain difference
def preference_loss(chosen, rejected):
    return 1.0 * (rejected - chosen)

# %% wrong: the chosen one alone | says: `rejected` was not used
def preference_loss(chosen, rejected):
    return -jax.nn.log_sigmoid(1.0 * jnp.asarray(chosen))

# %% wrong: each on its own | says: each on its own
def preference_loss(chosen, rejected):
    return -jax.nn.log_sigmoid(1.0 * jnp.asarray(chosen)) - jax.nn.log_sigmoid(-1.0 * jnp.asarray(rejected))

# %% wrong: the difference of two log sigmoids | says: each on its own
def preference_loss(chosen, rejected):
    return jax.nn.log_sigmoid(1.0 * jnp.asarray(rejected)) - jax.nn.log_sigmoid(1.0 * jnp.asarray(chosen))

# %% wrong: added | says: added
def preference_loss(chosen, rejected):
    return -jax.nn.log_sigmoid(1.0 * (chosen + rejected))

# %% wrong: bits | says: natural logarithm
def preference_loss(chosen, rejected):
    return -jax.nn.log_sigmoid(1.0 * (chosen - rejected)) / jnp.log(2.0)

# %% wrong: nan in the other branch | says: gradient
def preference_loss(chosen, rejected):
    d = 1.0 * (chosen - rejected)
    return jnp.where(d > 0, jnp.log1p(jnp.exp(-d)), -d + jnp.log1p(jnp.exp(d)))

# %% wrong: no gradient where training starts | says: gradient
def preference_loss(chosen, rejected):
    d = 1.0 * (chosen - rejected)
    return jnp.where(d == 0.0, jnp.log(2.0), jax.nn.softplus(-d))

# %% wrong: the margin is limited | says: limited
def preference_loss(chosen, rejected):
    return -jax.nn.log_sigmoid(jnp.clip(1.0 * (chosen - rejected), -5.0, 5.0))

# %% wrong: the rejected one gets no gradient | says: gradient
def preference_loss(chosen, rejected):
    return -jax.nn.log_sigmoid(1.0 * (chosen - jax.lax.stop_gradient(rejected)))

# %% wrong: returns nothing | says: return
def preference_loss(chosen, rejected):
    loss = -jax.nn.log_sigmoid(1.0 * (chosen - rejected))

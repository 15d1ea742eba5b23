# %% right: with preference_loss
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    return preference_loss(beta * (chosen - ref_chosen), beta * (rejected - ref_rejected))

# %% right: as in the paper
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    pi_logratios = chosen - rejected
    ref_logratios = ref_chosen - ref_rejected
    return -jax.nn.log_sigmoid(beta * (pi_logratios - ref_logratios))

# %% right: softplus, jitted
@jax.jit
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = (chosen - ref_chosen) - (rejected - ref_rejected)
    return jax.nn.softplus(-beta * margin)

# %% right: logaddexp
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    good, bad = beta * (chosen - ref_chosen), beta * (rejected - ref_rejected)
    return jnp.logaddexp(good, bad) - good

# %% right: the reference without a gradient
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    ref_chosen, ref_rejected = jax.lax.stop_gradient((1.0 * ref_chosen, 1.0 * ref_rejected))
    rewards = beta * jnp.stack([jnp.asarray(chosen - ref_chosen), jnp.asarray(rejected - ref_rejected)])
    return -jax.nn.log_softmax(rewards)[0]

# %% wrong: no reference | says: the reference was not used
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    return -jax.nn.log_sigmoid(1.0 * beta * (chosen - rejected))

# %% wrong: no beta | says: `beta` was not used
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    return -jax.nn.log_sigmoid(1.0 * ((chosen - ref_chosen) - (rejected - ref_rejected)))

# %% wrong: beta outside | says: `beta` belongs inside
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    return -beta * jax.nn.log_sigmoid(1.0 * ((chosen - ref_chosen) - (rejected - ref_rejected)))

# %% wrong: beta for the policy alone | says: `beta` multiplies
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    return -jax.nn.log_sigmoid(beta * (chosen - rejected) - (ref_chosen - ref_rejected))

# %% wrong: beta for the reference alone | says: `beta` multiplies
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    return -jax.nn.log_sigmoid((chosen - rejected) - beta * (ref_chosen - ref_rejected))

# %% wrong: beta for the chosen one alone | says: `beta` multiplies
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    return -jax.nn.log_sigmoid(beta * (chosen - ref_chosen) - (rejected - ref_rejected))

# %% wrong: divided by beta | says: divided by `beta`
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    return -jax.nn.log_sigmoid(((chosen - ref_chosen) - (rejected - ref_rejected)) / beta)

# %% wrong: chosen and rejected swapped | says: the wrong way round
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    return -jax.nn.log_sigmoid(beta * ((rejected - ref_rejected) - (chosen - ref_chosen)))

# %% wrong: the reference added | says: the reference was added
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    return -jax.nn.log_sigmoid(beta * ((chosen - rejected) + (ref_chosen - ref_rejected)))

# %% wrong: the references swapped | says: the reference was added
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    return -jax.nn.log_sigmoid(beta * ((chosen - ref_rejected) - (rejected - ref_chosen)))

# %% wrong: the chosen one alone | says: of the chosen one alone
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    return -jax.nn.log_sigmoid(beta * (chosen - ref_chosen))

# %% wrong: no minus | says: the minus is missing
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    return jax.nn.log_sigmoid(beta * ((chosen - ref_chosen) - (rejected - ref_rejected)))

# %% wrong: the probability | says: the logarithm is missing
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    return -jax.nn.sigmoid(beta * ((chosen - ref_chosen) - (rejected - ref_rejected)))

# %% wrong: the logarithm of a sigmoid | says: rounds to 0
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    return -jnp.log(jax.nn.sigmoid(beta * ((chosen - ref_chosen) - (rejected - ref_rejected))))

# %% wrong: probabilities instead of their logarithms | says: logarithms already
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    ratio = lambda new, ref: jnp.exp(new) / jnp.exp(ref)
    return -jax.nn.log_sigmoid(beta * (ratio(chosen, ref_chosen) - ratio(rejected, ref_rejected)))

# %% wrong: the squared loss of IPO | says: square
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = (chosen - ref_chosen) - (rejected - ref_rejected)
    return (margin - 1.0 / (2.0 * beta)) ** 2

# %% wrong: the rejected one without a gradient | says: gradient
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    rejected = jax.lax.stop_gradient(1.0 * rejected)
    return -jax.nn.log_sigmoid(beta * ((chosen - ref_chosen) - (rejected - ref_rejected)))

# %% wrong: returns nothing | says: return
def dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = beta * ((chosen - ref_chosen) - (rejected - ref_rejected))

# %% right: cond
def update_target(params, trainer_steps):
    target = jax.lax.cond(
        trainer_steps % TARGET_UPDATE_PERIOD == 0, lambda p: p.online, lambda p: p.target, params
    )
    return DQNParams(params.online, target)

# %% right: optax
def update_target(params, trainer_steps):
    return DQNParams(
        params.online, optax.periodic_update(params.online, params.target, jnp.asarray(trainer_steps), TARGET_UPDATE_PERIOD)
    )

# %% right: replace, and a leaf at a time
@jax.jit
def update_target(params, trainer_steps):
    leaves, structure = jax.tree.flatten(params.online)
    old = jax.tree.leaves(params.target)
    keep = jnp.mod(trainer_steps, 50) != 0
    new = [jnp.where(keep, b, a) for a, b in zip(leaves, old)]
    return params._replace(target=jax.tree.unflatten(structure, new))

# %% right: cond returns everything
def update_target(params, trainer_steps):
    print("updating")
    return jax.lax.cond(
        jnp.equal(jnp.remainder(trainer_steps, TARGET_UPDATE_PERIOD), 0),
        lambda: DQNParams(online=params.online, target=params.online),
        lambda: params,
    )

# %% right: divides
def update_target(params, trainer_steps):
    is_multiple = (trainer_steps // TARGET_UPDATE_PERIOD) * TARGET_UPDATE_PERIOD == trainer_steps
    choose = lambda new, old: jax.lax.select(jnp.asarray(is_multiple), jnp.asarray(new), jnp.asarray(old))
    return DQNParams(params.online, jax.tree.map(choose, params.online, params.target))

# %% right: switch
def update_target(params, trainer_steps):
    index = jnp.minimum(trainer_steps % TARGET_UPDATE_PERIOD, 1)
    return DQNParams(params.online, jax.lax.switch(index, [lambda a, b: a, lambda a, b: b], params.online, params.target))

# %% wrong: if | says: jax.jit
def update_target(params, trainer_steps):
    if trainer_steps % TARGET_UPDATE_PERIOD == 0:
        return DQNParams(params.online, params.online)
    return params

# %% wrong: the wrong way round | says: wrong way round
def update_target(params, trainer_steps):
    copy = trainer_steps % TARGET_UPDATE_PERIOD
    target = jax.tree.map(lambda o, t: jnp.where(copy, o, t), params.online, params.target)
    return DQNParams(params.online, target)

# %% wrong: always | says: moves in every step, and
def update_target(params, trainer_steps):
    return DQNParams(params.online, params.online)

# %% wrong: never | says: never moves
def update_target(params, trainer_steps):
    return params

# %% wrong: not at zero | says: does not move at step 0
def update_target(params, trainer_steps):
    copy = (trainer_steps % TARGET_UPDATE_PERIOD == 0) & (trainer_steps > 0)
    target = jax.tree.map(lambda o, t: jnp.where(copy, o, t), params.online, params.target)
    return DQNParams(params.online, target)

# %% wrong: one step early | says: one step early
def update_target(params, trainer_steps):
    copy = (trainer_steps + 1) % TARGET_UPDATE_PERIOD == 0
    target = jax.tree.map(lambda o, t: jnp.where(copy, o, t), params.online, params.target)
    return DQNParams(params.online, target)

# %% wrong: only once | says: never again
def update_target(params, trainer_steps):
    copy = (trainer_steps == TARGET_UPDATE_PERIOD) | (trainer_steps == 0)
    target = jax.tree.map(lambda o, t: jnp.where(copy, o, t), params.online, params.target)
    return DQNParams(params.online, target)

# %% wrong: from 50 on | says: from 50 on
def update_target(params, trainer_steps):
    copy = (trainer_steps == 0) | (trainer_steps >= TARGET_UPDATE_PERIOD)
    target = jax.tree.map(lambda o, t: jnp.where(copy, o, t), params.online, params.target)
    return DQNParams(params.online, target)

# %% wrong: the online network follows the target | says: the target follows
def update_target(params, trainer_steps):
    copy = trainer_steps % TARGET_UPDATE_PERIOD == 0
    online = jax.tree.map(lambda o, t: jnp.where(copy, t, o), params.online, params.target)
    return DQNParams(online, params.target)

# %% wrong: swaps the two | says: changed places
def update_target(params, trainer_steps):
    return jax.lax.cond(
        trainer_steps % TARGET_UPDATE_PERIOD == 0, lambda p: DQNParams(p.target, p.online), lambda p: p, params
    )

# %% wrong: a soft update | says: never a mixture
def update_target(params, trainer_steps):
    target = jax.tree.map(lambda o, t: 0.01 * o + 0.99 * t, params.online, params.target)
    return DQNParams(params.online, target)

# %% wrong: arithmetic in place of a choice | says: 0 times infinity
def update_target(params, trainer_steps):
    copy = (trainer_steps % TARGET_UPDATE_PERIOD == 0) * 1.0
    target = jax.tree.map(lambda o, t: copy * o + (1.0 - copy) * t, params.online, params.target)
    return DQNParams(params.online, target)

# %% wrong: arithmetic, cast back | says: 0 times infinity
def update_target(params, trainer_steps):
    copy = (trainer_steps % TARGET_UPDATE_PERIOD == 0) * 1.0
    target = jax.tree.map(lambda o, t: (copy * o + (1.0 - copy) * t).astype(o.dtype), params.online, params.target)
    return DQNParams(params.online, target)

# %% wrong: everything becomes float32 | says: dtype int
def update_target(params, trainer_steps):
    copy = trainer_steps % TARGET_UPDATE_PERIOD == 0
    choose = lambda o, t: jnp.where(copy, jnp.asarray(o, jnp.float32), jnp.asarray(t, jnp.float32))
    return DQNParams(params.online, jax.tree.map(choose, params.online, params.target))

# %% wrong: returns the target alone | says: DQNParams
def update_target(params, trainer_steps):
    copy = trainer_steps % TARGET_UPDATE_PERIOD == 0
    return jax.tree.map(lambda o, t: jnp.where(copy, o, t), params.online, params.target)

# %% wrong: a plain tuple | says: not a tuple
def update_target(params, trainer_steps):
    copy = trainer_steps % TARGET_UPDATE_PERIOD == 0
    return params.online, jax.tree.map(lambda o, t: jnp.where(copy, o, t), params.online, params.target)

# %% wrong: only dictionaries of dictionaries | says: any pytree
def update_target(params, trainer_steps):
    copy = trainer_steps % TARGET_UPDATE_PERIOD == 0
    target = {
        layer: {name: jnp.where(copy, w, params.target[layer][name]) for name, w in weights.items()}
        for layer, weights in params.online.items()
    }
    return DQNParams(params.online, target)

# %% wrong: changes the dictionary it was given | says: params was modified
def update_target(params, trainer_steps):
    copy = trainer_steps % TARGET_UPDATE_PERIOD == 0
    new = jax.tree.map(lambda o, t: jnp.where(copy, o, t), params.online, params.target)
    if isinstance(params.target, dict):
        params.target.update(new)
        return params
    return DQNParams(params.online, new)

# %% wrong: forgets to return | says: NoneType
def update_target(params, trainer_steps):
    params._replace(target=params.online)

# %% wrong: every 100 | says: second multiple
def update_target(params, trainer_steps):
    copy = trainer_steps % 100 == 0
    target = jax.tree.map(lambda o, t: jnp.where(copy, o, t), params.online, params.target)
    return DQNParams(params.online, target)

# %% wrong: the old target when it is finite, else the online one | says: infinity too
def update_target(params, trainer_steps):
    copy = trainer_steps % TARGET_UPDATE_PERIOD == 0
    target = jax.tree.map(lambda o, t: jnp.where(copy, jnp.nan_to_num(o), t), params.online, params.target)
    return DQNParams(params.online, target)

# %% wrong: the result of _replace is thrown away | says: never moves
def update_target(params, trainer_steps):
    copy = trainer_steps % TARGET_UPDATE_PERIOD == 0
    target = jax.tree.map(lambda o, t: jnp.where(copy, o, t), params.online, params.target)
    params._replace(target=target)
    return params

# %% wrong: one step late | says: one step late
def update_target(params, trainer_steps):
    copy = (trainer_steps - 1) % TARGET_UPDATE_PERIOD == 0
    target = jax.tree.map(lambda o, t: jnp.where(copy, o, t), params.online, params.target)
    return DQNParams(params.online, target)

# %% wrong: divides instead of asking for the remainder | says: the remainder
def update_target(params, trainer_steps):
    copy = trainer_steps // TARGET_UPDATE_PERIOD == 0
    target = jax.tree.map(lambda o, t: jnp.where(copy, o, t), params.online, params.target)
    return DQNParams(params.online, target)

# %% wrong: at 50 alone | says: step 50 alone
def update_target(params, trainer_steps):
    copy = trainer_steps == TARGET_UPDATE_PERIOD
    target = jax.tree.map(lambda o, t: jnp.where(copy, o, t), params.online, params.target)
    return DQNParams(params.online, target)

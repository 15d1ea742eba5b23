# %% right: everything inline
def model_step(W, obs, action, low, high):
    n = W.shape[0] - 2
    raw = jnp.asarray(obs) + jnp.concatenate([jnp.asarray(obs), jax.nn.one_hot(action, n)]) @ W
    position = jnp.maximum(jnp.minimum(raw[0], high[0]), low[0])
    velocity = jnp.maximum(jnp.minimum(raw[1], high[1]), low[1])
    velocity = jax.lax.select((position == low[0]) & (velocity < 0), jnp.zeros_like(velocity), velocity)
    return jnp.array([position, velocity]), jnp.float32(-1), (position >= 0.5) & (velocity >= 0)

# %% right: at and set
def model_step(W, obs, action, low, high):
    next_obs = predict_next(W, obs, action, num_actions=W.shape[0] - len(obs))
    next_obs = jnp.clip(next_obs, jnp.asarray(low), jnp.asarray(high))
    hit = jnp.logical_and(next_obs[0] == low[0], next_obs[1] < 0)
    next_obs = next_obs.at[1].set(jnp.where(hit, 0.0, next_obs[1]))
    return next_obs, -1.0, mountain_car_terminated(next_obs)

# %% right: a product, and an integer reward
def model_step(W, obs, action, low, high):
    position, velocity = jnp.clip(predict_next(W, obs, action, len(W) - 2), low, high)
    velocity = velocity * (1 - ((position <= low[0]) & (velocity < 0)))
    return jnp.stack((position, velocity)), -1, mountain_car_terminated(jnp.stack((position, velocity)))

# %% right: terminated as 1.0 or 0.0, jitted
@jax.jit
def model_step(W, obs, action, low, high):
    prediction = predict_next(W, obs, action, W.shape[0] - W.shape[1])
    position = jnp.clip(prediction[..., 0], low[0], high[0])
    velocity = jnp.clip(prediction[..., 1], low[1], high[1])
    velocity = jnp.where(position == low[0], jnp.maximum(velocity, 0.0), velocity)
    next_obs = jnp.stack([position, velocity], axis=-1)
    return next_obs, jnp.full((), -1.0), mountain_car_terminated(next_obs).astype(jnp.float32)

# %% right: cond
def model_step(W, obs, action, low, high):
    print("step")
    clipped = jnp.clip(predict_next(W, obs, action, W.shape[0] - W.shape[1]), low, high)
    stop = lambda o: jnp.stack([o[0], jnp.zeros_like(o[1])])
    next_obs = jax.lax.cond((clipped[0] == low[0]) & (clipped[1] < 0), stop, lambda o: o, clipped)
    return next_obs, jnp.float32(-1.0), mountain_car_terminated(next_obs)

# %% right: as a batch of one
def model_step(W, obs, action, low, high):
    n = W.shape[0] - W.shape[1]
    batch = jnp.asarray(obs)[None] + jnp.concatenate(
        [jnp.asarray(obs)[None], jax.nn.one_hot(jnp.asarray(action)[None], n)], axis=1
    ) @ jnp.asarray(W)
    batch = jnp.clip(batch, low, high)
    slowed = jnp.where((batch[:, 0] == low[0]) & (batch[:, 1] < 0), 0.0, batch[:, 1])
    next_obs = batch.at[:, 1].set(slowed)[0]
    return next_obs, -1.0, mountain_car_terminated(next_obs)

# %% right: asks the earlier functions about a batch of one, returns a list
def model_step(W, obs, action, low, high):
    batch = predict_next(W, jnp.asarray(obs)[None], jnp.asarray(action)[None], W.shape[0] - W.shape[1])
    position, velocity = jnp.clip(batch, low, high)[0]
    velocity = jnp.where((position == low[0]) & (velocity < 0.0), 0.0, velocity)
    next_obs = jnp.stack([position, velocity])
    return [next_obs, -1.0, mountain_car_terminated(next_obs[None])[0]]

# %% right: where on the whole observation
def model_step(W, obs, action, low, high):
    n = int(W.shape[0]) - 2
    next_obs = jnp.clip(predict_next(obs=obs, W=W, num_actions=n, action=action), low, high)
    at_wall = jnp.array([False, True]) & (next_obs[0] <= low[0]) & (next_obs < 0)
    next_obs = jnp.where(at_wall, 0.0, next_obs)
    return next_obs, jnp.array(-1.0), mountain_car_terminated(next_obs)

# %% wrong: no clipping | says: clip the prediction
def model_step(W, obs, action, low, high):
    position, velocity = predict_next(W, obs, action, W.shape[0] - W.shape[1])
    velocity = jnp.where((position == low[0]) & (velocity < 0.0), 0.0, velocity)
    next_obs = jnp.stack([position, velocity])
    return next_obs, -1.0, mountain_car_terminated(next_obs)

# %% wrong: no wall | says: at the wall
def model_step(W, obs, action, low, high):
    next_obs = jnp.clip(predict_next(W, obs, action, W.shape[0] - W.shape[1]), low, high)
    return next_obs, -1.0, mountain_car_terminated(next_obs)

# %% wrong: the wall stops every velocity | says: leads away
def model_step(W, obs, action, low, high):
    position, velocity = jnp.clip(predict_next(W, obs, action, W.shape[0] - W.shape[1]), low, high)
    next_obs = jnp.stack([position, jnp.where(position == low[0], 0.0, velocity)])
    return next_obs, -1.0, mountain_car_terminated(next_obs)

# %% wrong: the wall throws back | says: does not throw
def model_step(W, obs, action, low, high):
    position, velocity = jnp.clip(predict_next(W, obs, action, W.shape[0] - W.shape[1]), low, high)
    next_obs = jnp.stack([position, jnp.where((position == low[0]) & (velocity < 0), -velocity, velocity)])
    return next_obs, -1.0, mountain_car_terminated(next_obs)

# %% wrong: a wall on the right too | says: no wall on the right
def model_step(W, obs, action, low, high):
    position, velocity = jnp.clip(predict_next(W, obs, action, W.shape[0] - W.shape[1]), low, high)
    hit = (position == low[0]) & (velocity < 0) | (position == high[0]) & (velocity > 0)
    next_obs = jnp.stack([position, jnp.where(hit, 0.0, velocity)])
    return next_obs, -1.0, mountain_car_terminated(next_obs)

# %% wrong: no negative velocity anywhere | says: only at the wall
def model_step(W, obs, action, low, high):
    position, velocity = jnp.clip(predict_next(W, obs, action, W.shape[0] - W.shape[1]), low, high)
    next_obs = jnp.stack([position, jnp.maximum(velocity, 0.0)])
    return next_obs, -1.0, mountain_car_terminated(next_obs)

# %% wrong: the wall before clipping | says: at the wall
def model_step(W, obs, action, low, high):
    position, velocity = predict_next(W, obs, action, W.shape[0] - W.shape[1])
    velocity = jnp.where((position == low[0]) & (velocity < 0.0), 0.0, velocity)
    next_obs = jnp.clip(jnp.stack([position, velocity]), low, high)
    return next_obs, -1.0, mountain_car_terminated(next_obs)

# %% wrong: terminated of the old observation | says: judge the observation you return
def model_step(W, obs, action, low, high):
    position, velocity = jnp.clip(predict_next(W, obs, action, W.shape[0] - W.shape[1]), low, high)
    velocity = jnp.where((position == low[0]) & (velocity < 0.0), 0.0, velocity)
    return jnp.stack([position, velocity]), -1.0, mountain_car_terminated(obs)

# %% wrong: terminated of the raw prediction | says: judge the observation you return
def model_step(W, obs, action, low, high):
    raw = predict_next(W, obs, action, W.shape[0] - W.shape[1])
    position, velocity = jnp.clip(raw, low, high)
    velocity = jnp.where((position == low[0]) & (velocity < 0.0), 0.0, velocity)
    return jnp.stack([position, velocity]), -1.0, mountain_car_terminated(raw)

# %% wrong: terminated before the wall
def model_step(W, obs, action, low, high):
    clipped = jnp.clip(predict_next(W, obs, action, W.shape[0] - W.shape[1]), low, high)
    position, velocity = clipped
    velocity = jnp.where((position == low[0]) & (velocity < 0.0), 0.0, velocity)
    return jnp.stack([position, velocity]), -1.0, mountain_car_terminated(clipped)

# %% wrong: the last step is free | says: the last one too
def model_step(W, obs, action, low, high):
    position, velocity = jnp.clip(predict_next(W, obs, action, W.shape[0] - W.shape[1]), low, high)
    velocity = jnp.where((position == low[0]) & (velocity < 0.0), 0.0, velocity)
    next_obs = jnp.stack([position, velocity])
    terminated = mountain_car_terminated(next_obs)
    return next_obs, jnp.where(terminated, 0.0, -1.0), terminated

# %% wrong: reward 1 | says: a step costs 1
def model_step(W, obs, action, low, high):
    position, velocity = jnp.clip(predict_next(W, obs, action, W.shape[0] - W.shape[1]), low, high)
    velocity = jnp.where((position == low[0]) & (velocity < 0.0), 0.0, velocity)
    next_obs = jnp.stack([position, velocity])
    return next_obs, 1.0, mountain_car_terminated(next_obs)

# %% wrong: if | says: jax.jit
def model_step(W, obs, action, low, high):
    position, velocity = jnp.clip(predict_next(W, obs, action, W.shape[0] - W.shape[1]), low, high)
    if position == low[0] and velocity < 0:
        velocity = jnp.zeros(())
    next_obs = jnp.stack([position, velocity])
    return next_obs, -1.0, mountain_car_terminated(next_obs)

# %% wrong: rows of W as actions | says: num_actions=5
def model_step(W, obs, action, low, high):
    position, velocity = jnp.clip(predict_next(W, obs, action, W.shape[0]), low, high)
    velocity = jnp.where((position == low[0]) & (velocity < 0.0), 0.0, velocity)
    next_obs = jnp.stack([position, velocity])
    return next_obs, -1.0, mountain_car_terminated(next_obs)

# %% wrong: always three actions | says: has 2 actions
def model_step(W, obs, action, low, high):
    position, velocity = jnp.clip(predict_next(W, obs, action, 3), low, high)
    velocity = jnp.where((position == low[0]) & (velocity < 0.0), 0.0, velocity)
    next_obs = jnp.stack([position, velocity])
    return next_obs, -1.0, mountain_car_terminated(next_obs)

# %% wrong: bounds of the real car whatever low and high are | says: bounds of the real car
def model_step(W, obs, action, low, high):
    low, high = jnp.array([-1.2, -0.07]), jnp.array([0.6, 0.07])
    position, velocity = jnp.clip(predict_next(W, obs, action, W.shape[0] - W.shape[1]), low, high)
    velocity = jnp.where((position == low[0]) & (velocity < 0.0), 0.0, velocity)
    next_obs = jnp.stack([position, velocity])
    return next_obs, -1.0, mountain_car_terminated(next_obs)

# %% wrong: two things | says: three things
def model_step(W, obs, action, low, high):
    position, velocity = jnp.clip(predict_next(W, obs, action, W.shape[0] - W.shape[1]), low, high)
    velocity = jnp.where((position == low[0]) & (velocity < 0.0), 0.0, velocity)
    next_obs = jnp.stack([position, velocity])
    return next_obs, mountain_car_terminated(next_obs)

# %% wrong: clips the position alone | says: velocity too
def model_step(W, obs, action, low, high):
    position, velocity = predict_next(W, obs, action, W.shape[0] - W.shape[1])
    position = jnp.clip(position, low[0], high[0])
    velocity = jnp.where((position == low[0]) & (velocity < 0.0), 0.0, velocity)
    next_obs = jnp.stack([position, velocity])
    return next_obs, -1.0, mountain_car_terminated(next_obs)

# %% wrong: terminated at the position alone | says: rolls back
def model_step(W, obs, action, low, high):
    position, velocity = jnp.clip(predict_next(W, obs, action, W.shape[0] - W.shape[1]), low, high)
    velocity = jnp.where((position == low[0]) & (velocity < 0.0), 0.0, velocity)
    return jnp.stack([position, velocity]), -1.0, position >= 0.5

# %% wrong: a wall that is nowhere near exact | says: near the wall
def model_step(W, obs, action, low, high):
    position, velocity = jnp.clip(predict_next(W, obs, action, W.shape[0] - W.shape[1]), low, high)
    velocity = jnp.where((position <= low[0] + 0.05) & (velocity < 0.0), 0.0, velocity)
    next_obs = jnp.stack([position, velocity])
    return next_obs, -1.0, mountain_car_terminated(next_obs)

# %% wrong: the wall only where the prediction is beyond it | says: exactly low[0]
def model_step(W, obs, action, low, high):
    raw = predict_next(W, obs, action, W.shape[0] - W.shape[1])
    n = jnp.clip(raw, low, high)
    n = n.at[1].set(jnp.where((raw[0] < low[0]) & (n[1] < 0), 0.0, n[1]))
    return n, -1.0, mountain_car_terminated(n)

# %% wrong: nearly at the wall is enough | says: near the wall
def model_step(W, obs, action, low, high):
    n = jnp.clip(predict_next(W, obs, action, W.shape[0] - W.shape[1]), low, high)
    n = n.at[1].set(jnp.where(jnp.isclose(n[0], low[0], atol=1e-3) & (n[1] < 0), 0.0, n[1]))
    return n, -1.0, mountain_car_terminated(n)

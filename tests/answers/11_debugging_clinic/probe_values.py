# %% wrong: a clock that stops the world | says: the world would have gone on
def probe_values(name, gamma):
    return np.array({"OneReward": [1.0], "RewardIsObs": [-1.0, 1.0], "LaterReward": [gamma, 1.0], "TwoActions": [1.0],
                     "ActionMatchesObs": [1.0, 1.0], "Clock": [1.0], "Fall": [1.0]}[name])
# %% right: branches, jnp
def probe_values(name, gamma):
    if name == "Clock":
        return jnp.array([1 / (1 - gamma)])
    if name == "RewardIsObs":
        return jnp.array([-1.0, 1.0])
    if name == "LaterReward":
        return jnp.array([gamma, 1.0])
    if name == "ActionMatchesObs":
        return jnp.ones(2)
    return jnp.ones(1)
# %% right: value iteration on the probe itself
def probe_values(name, gamma):
    from rl_helpers.envs import probes
    env = getattr(probes, name)()
    obs = env.observations
    v = np.zeros(len(obs))
    table = []
    for o in obs:
        row = []
        for a in range(env.num_actions):
            _, step = env.step(jax.random.key(0), probes.ProbeState(jnp.asarray(o), jnp.int32(0)), jnp.int32(a))
            row.append((float(step.reward), bool(step.terminated), int(np.argmax(obs == np.asarray(step.obs)))))
        table.append(row)
    for _ in range(1500):
        v = np.array([max(r + gamma * (0 if end else v[k]) for r, end, k in row) for row in table])
    return v
# %% right: match, a geometric series added up
def probe_values(name, gamma):
    match name:
        case "RewardIsObs":
            values = (-1, 1)
        case "LaterReward":
            values = (gamma * 1, 1)
        case "ActionMatchesObs":
            values = (1, 1)
        case "Clock":
            values = (sum(gamma**k for k in range(3000)),)
        case _:
            values = (1,)
    return np.asarray(values, dtype=np.float32)
# %% wrong: nothing is ever discounted | says: a step away
def probe_values(name, gamma):
    return np.array({"OneReward": [1.0], "RewardIsObs": [-1.0, 1.0], "LaterReward": [1.0, 1.0], "TwoActions": [1.0],
                     "ActionMatchesObs": [1.0, 1.0], "Clock": [1 / (1 - gamma)], "Fall": [1.0]}[name])
# %% wrong: rewards for values | says: what comes later
def probe_values(name, gamma):
    return np.array({"OneReward": [1.0], "RewardIsObs": [-1.0, 1.0], "LaterReward": [0.0, 1.0], "TwoActions": [1.0],
                     "ActionMatchesObs": [1.0, 1.0], "Clock": [1 / (1 - gamma)], "Fall": [1.0]}[name])
# %% wrong: a policy that tosses a coin | says: tosses a coin
def probe_values(name, gamma):
    return np.array({"OneReward": [1.0], "RewardIsObs": [-1.0, 1.0], "LaterReward": [gamma, 1.0], "TwoActions": [0.0],
                     "ActionMatchesObs": [0.0, 0.0], "Clock": [1 / (1 - gamma)], "Fall": [1.0]}[name])
# %% wrong: values of actions | says: values of the two actions
def probe_values(name, gamma):
    return np.array({"OneReward": [1.0], "RewardIsObs": [-1.0, 1.0], "LaterReward": [gamma, 1.0], "TwoActions": [-1.0, 1],
                     "ActionMatchesObs": [1.0, 1.0], "Clock": [1 / (1 - gamma)], "Fall": [1.0]}[name])
# %% wrong: after a fall the rewards go on | says: terminates
def probe_values(name, gamma):
    return np.array({"OneReward": [1.0], "RewardIsObs": [-1.0, 1.0], "LaterReward": [gamma, 1.0], "TwoActions": [1.0],
                     "ActionMatchesObs": [1.0, 1.0], "Clock": [1 / (1 - gamma)], "Fall": [1 / (1 - gamma)]}[name])
# %% wrong: the other order | says: -1 first
def probe_values(name, gamma):
    return np.array({"OneReward": [1.0], "RewardIsObs": [1.0, -1.0], "LaterReward": [1.0, gamma], "TwoActions": [1.0],
                     "ActionMatchesObs": [1.0, 1.0], "Clock": [1 / (1 - gamma)], "Fall": [1.0]}[name])
# %% wrong: everything is discounted once | says: not discounted
def probe_values(name, gamma):
    return gamma * np.array({"OneReward": [1.0], "RewardIsObs": [-1.0, 1.0], "LaterReward": [gamma, 1.0],
                             "TwoActions": [1.0], "ActionMatchesObs": [1.0, 1.0], "Clock": [1 / (1 - gamma)],
                             "Fall": [1.0]}[name])
# %% wrong: one step more after the clock | says: all of them
def probe_values(name, gamma):
    return np.array({"OneReward": [1.0], "RewardIsObs": [-1.0, 1.0], "LaterReward": [gamma, 1.0], "TwoActions": [1.0],
                     "ActionMatchesObs": [1.0, 1.0], "Clock": [1 + gamma], "Fall": [1.0]}[name])
# %% wrong: the best policy cannot change what is seen, nor does it act | says: matching action
def probe_values(name, gamma):
    return np.array({"OneReward": [1.0], "RewardIsObs": [-1.0, 1.0], "LaterReward": [gamma, 1.0], "TwoActions": [1.0],
                     "ActionMatchesObs": [-1.0, 1.0], "Clock": [1 / (1 - gamma)], "Fall": [1.0]}[name])
# %% wrong: gamma is 0.99 | says: `gamma` is an argument
def probe_values(name, gamma):
    return np.array({"OneReward": [1.0], "RewardIsObs": [-1.0, 1.0], "LaterReward": [gamma, 1.0], "TwoActions": [1.0],
                     "ActionMatchesObs": [1.0, 1.0], "Clock": [1 / (1 - 0.99)], "Fall": [1.0]}[name])
# %% wrong: a list | says: np.array makes one
def probe_values(name, gamma):
    return {"OneReward": [1.0], "RewardIsObs": [-1.0, 1.0], "LaterReward": [gamma, 1.0], "TwoActions": [1.0],
            "ActionMatchesObs": [1.0, 1.0], "Clock": [1 / (1 - gamma)], "Fall": [1.0]}[name]
# %% wrong: integers | says: dtype float
def probe_values(name, gamma):
    return np.array({"OneReward": [1], "RewardIsObs": [-1, 1], "LaterReward": [gamma, 1], "TwoActions": [1],
                     "ActionMatchesObs": [1, 1], "Clock": [1 / (1 - gamma)], "Fall": [1]}[name])
# %% wrong: a short sum for the clock
def probe_values(name, gamma):
    return np.array({"OneReward": [1.0], "RewardIsObs": [-1.0, 1.0], "LaterReward": [gamma, 1.0], "TwoActions": [1.0],
                     "ActionMatchesObs": [1.0, 1.0], "Clock": [sum(gamma**k for k in range(100))], "Fall": [1.0]}[name])
# %% wrong: nothing comes back | says: returned None
def probe_values(name, gamma):
    print(name, gamma)

# %% after NUM_UPDATES, NUM_ENVS =: what broke, and what did not
belief = {name: seeds.mean(axis=0) for name, seeds in beliefs.items()}
earned = {name: seeds.mean(axis=0) for name, seeds in returns.items()}
thousand = 1_000 // RECORD_EVERY
assert all(len(seeds) == 10 for seeds in returns.values())
assert np.all(np.abs(beliefs["DQN"][:, -1] - 100) < 25) and np.all(np.diff(belief["DQN"]) > -1)
assert belief["no target network"][:thousand].max() > 3.3 * belief["DQN"][:thousand].max()
assert belief["no target network"][2 * thousand - 1] < 0.6 * belief["no target network"][:thousand].max()
assert returns["no target network"][:, -1].min() < 0.7 * earned["DQN"][-1]
assert earned["no target network"][:10].mean() < 0.7 * earned["DQN"][:10].mean()
assert np.max(np.abs(belief["clock = fall"] - belief["DQN"])) < 8
assert np.all(beliefs["no discount"][:, -1] > 150)
climb = np.polyfit(
    np.arange(len(belief["no discount"])) * RECORD_EVERY / TARGET_UPDATE_PERIOD, belief["no discount"], 1
)
assert 0.8 < climb[0] <= 1.05
assert earned["no discount"][-5:].mean() > 0.8 * earned["DQN"][-5:].mean()

# %% after def train_dpo(: imitation knows when to stop before it knows what to write
by_model = {name: np.asarray(values) for name, values in probs.items()}
assert np.all(np.abs(by_model["untrained"] - 1 / 13) < 0.02)
assert min(by_model["30 steps"][-1], by_model["50 steps"][-1]) > 0.9 > 0.3 > by_model["30 steps"][2]
shares = {name: share_right(model) for name, model in models.items()}
assert shares["untrained"] == 0.0
assert 0.1 < shares["30 steps"] < 0.2 and 0.5 < shares["50 steps"] < 0.65

# %% after def train_dpo(: GRPO climbs while groups run out of signal
assert share_right(solver) > 0.88 > 0.7 > seen.right[:5].mean()
assert seen.silent[-10:].mean() > 2 * seen.silent[:10].mean() and seen.silent[-10:].mean() > 0.6

# %% after def train_dpo(: eight recorded seeds climb and are hacked, and the first of them is this run
honest, harder, paid = (seeds[name]["right"] for name in ("50 steps", "30 steps", "proxy"))
assert len(honest) == len(harder) == len(paid) == 8
ends = lambda right: (right[:, :5].mean(axis=1), right[:, -5:].mean(axis=1))
assert ends(honest)[1].min() > 0.85 and np.all(ends(honest)[0] < 0.7)
assert np.all(ends(harder)[1] > 0.5) and 0.1 < ends(harder)[0].mean() < 0.2
assert np.all(ends(paid)[0] > 0.04) and np.all(paid[:, 20:].mean(axis=1) < 0.01)
assert np.all(seeds["proxy"]["reward"][:, -5:].mean(axis=1) > 2 * seeds["proxy"]["reward"][:, :5].mean(axis=1))
np.testing.assert_allclose(honest[0, :3], seen.right[:3], atol=0.03)
np.testing.assert_allclose(paid[0, :3], hacked.right[:3], atol=0.05)

# %% after def train_dpo(: the two averages pull as we say
tokens = np.asarray(lengths)
flat, falling = map(np.asarray, pulls.values())
assert tokens.min() == 1 and tokens.max() == 10
np.testing.assert_allclose(flat, 1 / tokens.sum(), rtol=1e-4)
np.testing.assert_allclose(falling, 1 / (64 * tokens), rtol=1e-4)

# %% after def train_dpo(: the proxy is hacked
assert hacked.reward[-5:].mean() > 2.3 * hacked.reward[:5].mean()
assert hacked.right[:5].mean() > 0.08 and hacked.right[20:].mean() < 0.005
assert hacked.length[-5:].mean() > 9.5

# %% after def train_dpo(: a leash limits how far the proxy is followed
end = {name: {f: getattr(run, f)[-5:].mean() for f in run._fields} for name, run in runs.items()}
free, middle, short = end.values()
assert free["reward"] > middle["reward"] > short["reward"]
assert free["divergence"] > middle["divergence"] > short["divergence"]
before = hacked.right[:5].mean()
assert short["right"] > 0.5 * before and free["right"] < middle["right"] < short["right"] < before

# %% after def train_dpo(: the reward model finds what the stand-in goes by
_, pairs, digits, end = np.asarray(weights)
assert digits > end > 0 and abs(pairs) < 0.2 * digits
assert clicks.chosen == [] and 0.65 < agrees < 0.9

# %% after def train_dpo(: DPO goes where the choices point
before, after = models["30 steps"], taught
assert wrong_tokens(after) < wrong_tokens(before) - 0.15
assert share_right(after) > share_right(before)
of_chosen, of_rejected = changes[:, -10:].mean(axis=1)
assert of_rejected < -1.0 and abs(of_chosen) < 0.5

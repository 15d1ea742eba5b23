# %% after plot_bias_and_spread(: the dial has its best place in between
truth = float(true_advantage)
bias, spread = np.abs(estimates.mean(axis=1) - truth), estimates.std(axis=1)
typical = np.hypot(bias, spread)
assert estimates.shape == (11, 1_000)
assert spread[0] < 0.01 < 1.0 < bias[0] and bias[-1] < 0.01  # agreed and wrong; right on average
assert typical.min() < 0.7 * min(typical[0], typical[-1])

# %% after half_trained: the clip keeps the policy near
(near, returns_near), (far, returns_far) = kept["clip 0.2"], kept["no clip"]
assert np.median(far[:, -1]) > 100 * np.median(near[:, -1])
assert np.median(near[:, -1]) < 3 * np.median(near[:, 0])  # it stops where one epoch has brought it
assert returns_near.mean() > 1.3 * returns_far.mean()

# %% after of 8 seeds have a return of 500: CartPole is solved by all eight seeds
assert np.all(returns[:, -1] >= 475)
assert np.all(solved.any(axis=1)) and steps[-1] == 102_400

# %% after CEM, true dynamics: the pendulum swings up without a model
assert scores["random torques"] < -900
assert -300 < result.evaluation_returns[:, -1].mean() < scores["CEM, true dynamics"]

# %% after plot_variants(: ten seeds can hardly tell the details apart
from rl_helpers.evaluation import mean_interval

intervals = {name: mean_interval(np.asarray(seeds)[:, None])[1:] for name, seeds in details.items()}
low, high = intervals.pop("all details")
assert len(intervals) == 5 and np.ptp(details["all details"]) > 90
assert sum(bool(lower < high and upper > low) for lower, upper in intervals.values()) >= 4
assert min(details, key=lambda name: np.mean(details[name])) == "advantages not standardised"

# %% [markdown]
# # 0. Play first
#
# Before a computer learns to balance a pole, try it yourself. Ten minutes with the controls in your own hands tell you
# more about an environment than a page of formulas: what you can see, what you can do, and how fast it punishes you.
#
# There is nothing to hand in here. You will
#
# 1. make an **environment** and look at what it shows and what it accepts,
# 2. **play** it by hand, and find out why that is unfair,
# 3. set a **score** that the agents in the coming notebooks have to beat.
#
# About 10 minutes. Run the cells one after the other with Shift + Enter.

# %% tags=["setup"]
import gymnasium as gym
import matplotlib.pyplot as plt
import numpy as np

from rl_helpers import palette, record_episode
from rl_helpers.animate import animate
from rl_helpers.play import play
from rl_helpers.plotting import OBS_NAMES, plot_learning_curve
from rl_helpers.records import best_score, note_score

plt.style.use("rl_helpers.show.course")  # how the course's pictures look

# %% [markdown]
# ## What you see, what you can do
#
# An **environment** is the world in which an agent lives. The library gymnasium has many, all with the same few
# methods. This one is **CartPole**: a pole stands on a cart, the cart slides along a track, and the pole wants to fall.
#
# What an environment shows is called an **observation**; what it accepts is called an **action**. It says in advance
# what both look like, with *spaces*: a `Box` holds arrays of real numbers between bounds, a `Discrete(n)` holds the
# integers 0, 1, …, n - 1.

# %% tags=["demo"]
env = gym.make("CartPole-v1")
obs, _ = env.reset(seed=0)

print("observations:", env.observation_space)
print("actions:     ", env.action_space)
print()
for name, number in zip(OBS_NAMES, obs, strict=True):
    print(f"{name:>22}: {number:+.3f}")

# %% [markdown]
# Four numbers describe everything there is to know, and there are two actions: 0 pushes the cart to the left, 1 to the
# right, each for 1/50 of a second. Every step pays a **reward** of 1, until the pole leans more than 12 degrees or the
# cart leaves the track. So the score is the number of steps that you last, and 50 of them make one second.
#
# What does it look like when nobody thinks? Here actions are drawn at random. Press Play; the slider moves back and
# forth in time, and the arrow shows the push.

# %% tags=["demo"]
env = gym.make("CartPole-v1")
env.action_space.seed(0)
animate(record_episode(env, lambda obs: env.action_space.sample(), seed=0))

# %% [markdown]
# ## Your turn
#
# Click on the picture, then use **a** and **d**, or the arrow keys, or press the buttons with your finger. The game
# waits for your first key. Press the space bar to play again.
#
# Give it five attempts, and notice what makes it hard.

# %% tags=["demo"]
play("CartPole-v1")

# %% [markdown]
# It is not your fault. CartPole was made for machines, and it is unfair to people in two ways:
#
# - **There is no "do nothing".** The cart is always being pushed. When you hold no key, the last push continues, and a
#   push that continues for 9 or 10 steps, a fifth of a second, is enough to make the pole fall. Chance does better than
#   a steady hand: it lasts about 22 steps.
# - **It is quick.** People need about a fifth of a second to react to what they see. The machine acts 50 times a
#   second, on what it has just seen.
#
# An agent that is hard to beat in one environment may simply be quick. Whether a comparison is fair depends on details
# like these, and it is worth asking every time.
#
# ## A fairer game
#
# `NoOpCartPole` is the same cart with three changes: a third action that does nothing (a *no-op*, for "no operation"),
# a pole twice as long, which falls more slowly, and 24 degrees before it counts as fallen.

# %% tags=["demo"]
env = gym.make("rl_helpers/NoOpCartPole-v1")
print("actions:", env.action_space, "for left, nothing, right")

play("rl_helpers/NoOpCartPole-v1")

# %% [markdown]
# How good is that? Here are some scores to compare yours with, each the mean of 20 episodes. Random actions. No action
# at all. And a one-line rule: *push towards the side to which the pole leans*.

# %% tags=["demo"]
env = gym.make("rl_helpers/NoOpCartPole-v1")
env.action_space.seed(0)
rules = {
    "random actions": lambda obs: env.action_space.sample(),
    "do nothing": lambda obs: 1,
    "push where it leans": lambda obs: 2 if obs[2] > 0 else 0,
}
scores = {
    name: np.mean([record_episode(env, rule, seed=seed).rewards.sum() for seed in range(20)])
    for name, rule in rules.items()
}
yours = best_score("NoOpCartPole-v1")
if yours is not None:
    scores["you, at your best"] = yours

_, ax = plt.subplots(figsize=(7, 0.5 * len(scores) + 0.8))
bars = ax.barh(list(scores), list(scores.values()), color=[palette.GREY] * len(rules) + [palette.PURPLE])
ax.bar_label(bars, fmt="%.0f", padding=4)
ax.invert_yaxis()
ax.margins(x=0.12)
ax.set_xlabel("score (steps until the pole falls or the clock stops it at 500)")
plt.show()

# %% [markdown]
# **The score to beat** is that of the third rule. It looks at one number out of four, and it makes no plans. Can you
# say what it does wrong? Watch the pole swing further each time: the rule pushes until the pole is upright, and by then
# it is already swinging to the other side. On the right, the rule listens to the pole's *velocity* as well.

# %% tags=["demo"]
env = gym.make("rl_helpers/NoOpCartPole-v1")
angle_only = record_episode(env, lambda obs: 2 if obs[2] > 0 else 0, seed=0)
angle_and_velocity = record_episode(env, lambda obs: 2 if obs[2] + 0.5 * obs[3] > 0 else 0, seed=0)
animate(angle_only, angle_and_velocity, labels=["angle only", "angle and velocity"])

# %% [markdown]
# Two numbers and a sign, and the pole stays up for as long as anybody cares to watch. But somebody had to know which
# two numbers. From notebook 2 on, the agent finds that out for itself.
#
# ## Your score stays with you
#
# Your best scores are kept on this computer. When you train your first agents, their learning curves will have a line
# called *you*, like this one (the curve is invented):

# %% tags=["demo"]
mine = best_score("CartPole-v1")
invented = 480 / (1 + np.exp(-(np.arange(300) - 170) / 25)) + 20
plot_learning_curve(invented, window=1, random=22, you=mine)
plt.title("how long until it is better than you?")
plt.show()
print("Your best in CartPole:", "none yet, play above!" if mine is None else f"{mine:.0f}")

# %% [markdown]
# In Colab every notebook gets a computer of its own, which knows nothing about this one. There you tell it your score
# once, at the top of the notebook: `note_score("CartPole-v1", 57)`.
#
# ## Bonus: MountainCar
#
# A car in a valley, an engine too weak for the hill, and a flag on top. The reward is -1 for every step, so a score of
# -110 is better than one of -150, and after 200 steps the clock stops you. A hint, if you need one: the way up is not
# always up.

# %% tags=["demo"]
play("rl_helpers/MountainCar-v0")

# %% [markdown]
# Did you get there? Then you have done something that random actions will not do in a lifetime: you first went *away*
# from the goal, because you understood where the speed would come from. No step of that was rewarded. How an agent can
# find out such a thing is one of the good questions in this field, and MountainCar comes back in notebook 7.
#
# ## What you have now
#
# - The words: **environment**, **observation**, **action**, **reward**; an **episode** is one attempt.
# - A feeling for what an agent has to do 50 times a second, and for what it is told.
# - A score to beat.
#
# Next: notebook 1, in which you write the player yourself.

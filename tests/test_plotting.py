"""Pictures: they draw what they are given, label their axes, and neither show nor change anything."""

import itertools

import matplotlib
import numpy as np
import pytest

matplotlib.use("agg")
import matplotlib.pyplot as plt

from autograder.execute import Cell, execute
from rl_helpers import palette, plotting
from rl_helpers.evaluation import interquartile_mean
from rl_helpers.show import style

FRAMES = [np.full((28, 48, 3), 10 * step, np.uint8) for step in range(20)]
RUN = np.linspace(10.0, 200.0, 50)
RUNS = RUN + 30.0 * np.random.default_rng(0).normal(size=(5, 50))
OBS, ACTIONS = np.random.default_rng(1).normal(size=(30, 2)), np.arange(30) % 3
LOW, HIGH = (-1.0, -2.0), (1.0, 6.0)

PICTURES = {
    "episode_frames": lambda **kw: plotting.plot_episode_frames(FRAMES, **kw),
    "learning_curve": lambda **kw: plotting.plot_learning_curve(RUN, label="one", random=20, solved=190, you=60, **kw),
    "learning_curves": lambda **kw: plotting.plot_learning_curve(RUNS, **kw),
    "search_progress": lambda **kw: plotting.plot_search_progress(RUN, **kw),
    "policy": lambda **kw: plotting.plot_policy(lambda obs: obs[2] > 0, **kw),
    "transitions": lambda **kw: plotting.plot_transitions(OBS, OBS + 0.1, predicted=OBS + 0.2, action=ACTIONS, **kw),
    "four_actions": lambda **kw: plotting.plot_policy(
        np.arange(16).reshape(4, 4) % 4, LOW, HIGH, action_names="abcd", **kw
    ),
    "model_error": lambda **kw: plotting.plot_model_error(np.arange(9.0).reshape(3, 3), LOW, HIGH, **kw),
    "rollout_error": lambda **kw: plotting.plot_rollout_error(np.abs(RUNS), label="one", **kw),
    "value_spread": lambda **kw: plotting.plot_value_spread(np.arange(12.0).reshape(4, 3) / 12, **kw),
    "bias_and_spread": lambda **kw: plotting.plot_bias_and_spread([0.0, 0.5, 1.0], RUNS[:3], 90.0, **kw),
    "clipped_loss": lambda **kw: plotting.plot_clipped_loss([0.5, 1.0, 1.5], [-0.5, -1.0, -1.2], [-1, -1, 0], **kw),
    "minibatches": lambda **kw: plotting.plot_minibatches(np.arange(24).reshape(12, 2) % 4, **kw),
    "divergence": lambda **kw: plotting.plot_divergence({"a": np.abs(RUNS) / 200, "b": np.abs(RUNS)}, **kw),
    "variants": lambda **kw: plotting.plot_variants({"a": RUN[:5], "b": RUN[3:9]}, baseline="a", label="x", **kw),
    "token_probs": lambda **kw: plotting.plot_token_probs("12.", {"a": [0.1, 0.5, 0.9], "b": [0.2, 0.2, 1.0]}, **kw),
    "properties": lambda **kw: plotting.plot_properties(["one", "other"], [1.0, -0.5], **kw),
    "pulls": lambda **kw: plotting.plot_pulls([3, 1, 2], {"a": [0.1] * 3, "b": [0.1, 0.3, 0.2]}, **kw),
    "updates": lambda **kw: plotting.plot_updates({"a": RUN, "b": RUN + 9}, ylabel="x", window=5, **kw),
    "weights": lambda **kw: plotting.plot_weights([1.0, -2.0, 2.0, -1.0], **kw),
    "seeds": lambda **kw: plotting.plot_seeds({"one": RUN, "two": RUN + 9}, xlabel="return", **kw),
    "shares": lambda **kw: plotting.plot_shares(
        [3, 5], [0.3, 0.1], label="one", ylabel="papers (%)", promised=0.95, **kw
    ),
    "intervals": lambda **kw: plotting.plot_intervals({"mean": {"one": (3.0, 2.0, 5.0)}}, xlabel="return", **kw),
    "profiles": lambda **kw: plotting.plot_profiles([1, 2], {"one": np.array([1.0, 0.5])}, xlabel="return", **kw),
    "passes": lambda **kw: plotting.plot_passes({"a": {"p": 0.0, "q": 2 / 3}, "b": {"p": 1.0, "q": 1.0}}, **kw),
    "histograms": lambda **kw: plotting.plot_histograms(
        {"one": RUN}, bins=np.arange(0, 210, 10), xlabel="return", **kw
    ),
}

SHEET_COLOURS = {
    **dict.fromkeys(["figure.facecolor", "axes.facecolor"], palette.PAPER),
    **dict.fromkeys(["axes.labelcolor", "text.color", "xtick.labelcolor", "ytick.labelcolor"], palette.INK),
    **dict.fromkeys(["axes.edgecolor", "xtick.color", "ytick.color"], palette.GREY),
    "grid.color": palette.SHADE,
}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def curves(ax):
    return [line for line in ax.lines if line.get_gid() == "curve"]


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_draws_on_the_axes_it_is_given(name):
    _, given = plt.subplots()
    assert PICTURES[name](ax=given) is given
    assert len(plt.get_fignums()) == 1
    assert PICTURES[name]().figure is not given.figure


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_has_labels_and_can_be_drawn(name):
    ax = PICTURES[name]()
    ax.figure.canvas.draw()
    names_its_rows = all(not label.get_text().lstrip("−-").isdigit() for label in ax.get_yticklabels())
    assert ax.get_xlabel() and (ax.get_ylabel() or names_its_rows)


def luminance(colours):
    """Relative luminance (WCAG 2.2) of colours [..., 3] between 0 and 1."""
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(colour, behind) -> float:
    dark, light = sorted(float(luminance(np.asarray(matplotlib.colors.to_rgb(c)))) for c in (colour, behind))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.slow
@pytest.mark.parametrize("name", PICTURES)
def test_every_word_in_a_picture_can_be_read(name):
    figure = PICTURES[name]().figure
    figure.canvas.draw()
    figure.set_layout_engine("none")  # everything stays where it is now
    texts = [text for text in figure.findobj(matplotlib.text.Text) if text.get_visible() and text.get_text().strip()]
    boxes = [text.get_window_extent() for text in texts]
    for text in texts:
        text.set_visible(False)
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())[::-1, :, :3] / 255  # what is behind the words, from the bottom up
    assert texts
    for text, box in zip(texts, boxes, strict=True):
        behind = pixels[max(int(box.y0), 0) : int(box.y1) + 1, max(int(box.x0), 0) : int(box.x1) + 1].reshape(-1, 3)
        if len(behind):  # a tick's label may lie outside the picture
            ratio = contrast(text.get_color(), np.median(behind, axis=0))
            assert ratio >= 4.5, f"{text.get_text()!r} has a contrast of {ratio:.1f}"  # WCAG AA
            assert text.get_alpha() in (None, 1)


def test_lines_stand_out_from_the_paper():
    for colour in (*palette.SERIES[:4], palette.GREY, palette.INK):
        assert contrast(colour, palette.PAPER) >= 3, colour  # WCAG AA for what is no text


@pytest.mark.parametrize("name", PICTURES)
def test_no_picture_shows_itself(name, monkeypatch):
    monkeypatch.setattr(plt, "show", lambda *args, **kwargs: pytest.fail("plt.show() was called"))
    PICTURES[name]()


# --- Film strips ------------------------------------------------------------------------------------------------------


def test_a_film_strip_spans_the_episode():
    ax = plotting.plot_episode_frames(FRAMES, num=4)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0", "6", "13", "19"]
    shown = [image.get_array()[0, 0, 0] for image in ax.images]
    assert shown == [0, 60, 130, 190]
    left, right = ax.get_xlim()
    assert all(left <= image.get_extent()[0] < image.get_extent()[1] <= right for image in ax.images)


def test_a_short_film_strip_shows_each_frame_once():
    assert len(plotting.plot_episode_frames(FRAMES[:3], num=6).images) == 3
    assert len(plotting.plot_episode_frames(FRAMES[:1]).images) == 1


def test_a_film_strip_without_frames_says_what_to_do():
    with pytest.raises(ValueError, match="rgb_array"):
        plotting.plot_episode_frames([])


# --- Learning curves --------------------------------------------------------------------------------------------------


def test_moving_average_counts_only_what_is_there():
    np.testing.assert_allclose(plotting.moving_average([4.0, 2.0, 0.0, 6.0], 2), [4.0, 3.0, 1.0, 3.0])
    np.testing.assert_allclose(plotting.moving_average([4.0, 2.0, 0.0], 10), [4.0, 3.0, 2.0])
    np.testing.assert_allclose(plotting.moving_average([[1.0, 3.0], [5.0, 5.0]], 2), [[1.0, 2.0], [5.0, 5.0]])
    np.testing.assert_array_equal(plotting.moving_average([4.0, 2.0], 1), [4.0, 2.0])
    with pytest.raises(ValueError, match="window"):
        plotting.moving_average([1.0], 0)


def test_one_run_is_drawn_raw_and_smooth():
    ax = plotting.plot_learning_curve(RUN, window=10)
    raw, smooth = ax.lines
    np.testing.assert_array_equal(raw.get_xydata(), np.stack([np.arange(1, 51), RUN], axis=1))
    np.testing.assert_allclose(smooth.get_ydata(), plotting.moving_average(RUN, 10))
    assert raw.get_linewidth() < 1 < smooth.get_linewidth()
    assert ax.get_legend() is None


def test_several_seeds_are_all_drawn_with_their_mean_and_interval():
    ax = plotting.plot_learning_curve(RUNS, window=1)
    np.testing.assert_allclose(curves(ax)[0].get_ydata(), RUNS.mean(axis=0))
    assert len(ax.lines) == 5 + 1
    (band,) = ax.collections
    low, high = band.get_paths()[0].get_extents().intervaly
    assert RUNS.min() < low < RUNS.mean(axis=0).min() and RUNS.mean(axis=0).max() < high < RUNS.max()


def test_the_statistic_over_seeds_can_be_chosen():
    ax = plotting.plot_learning_curve(RUNS, window=1, statistic=interquartile_mean)
    np.testing.assert_allclose(curves(ax)[0].get_ydata(), interquartile_mean(RUNS))


def test_two_curves_differ_in_colour_and_in_style_and_have_a_legend():
    ax = plotting.plot_learning_curve(RUN, label="first", you=60)
    plotting.plot_learning_curve(RUNS, label="second", ax=ax)
    first, second = curves(ax)
    assert first.get_color() != second.get_color() and first.get_linestyle() != second.get_linestyle()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["first", "second"]


def test_evaluations_stand_where_they_were_made():
    ax = plotting.plot_learning_curve([20.0, 80.0], episodes=[100, 200], window=1)
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), [[100, 20], [200, 80]])
    with pytest.raises(ValueError, match="fit together"):
        plotting.plot_learning_curve([20.0, 80.0], episodes=[100])


def test_reference_lines_are_named():
    ax = plotting.plot_learning_curve(RUN, random=22.0, solved=475.0, you=61.0)
    assert [text.get_text() for text in ax.texts] == ["random policy (22)", "you (61)", "solved (475)"]
    levels = [line.get_ydata()[0] for line in ax.lines if line.get_gid() is None][1:]
    assert levels == [22.0, 61.0, 475.0]
    assert len({line.get_linestyle() for line in ax.lines[2:]} | {"-"}) >= 2


@pytest.mark.parametrize("you", [22.0, 24.0, 45.0, 470.0, 480.0])
def test_names_of_reference_lines_do_not_cover_each_other(you):
    ax = plotting.plot_learning_curve(RUN, random=22.0, solved=475.0, you=you)
    ax.figure.canvas.draw()
    boxes = sorted((text.get_window_extent() for text in ax.texts), key=lambda box: box.y0)
    assert all(below.y1 <= above.y0 for below, above in itertools.pairwise(boxes))


def test_a_better_agent_added_later_is_not_cut_off():
    ax = plotting.plot_learning_curve(RUN, random=22.0)
    plotting.plot_learning_curve(10 * np.asarray(RUN), ax=ax)
    assert ax.get_ylim()[1] >= 10 * np.max(RUN)


def test_negative_returns_fit_into_the_picture():
    ax = plotting.plot_learning_curve([-200.0, -150.0, -120.0])
    assert ax.get_ylim()[0] <= -200.0 and ax.get_ylim()[1] >= -120.0


# --- Search, policies, weights ----------------------------------------------------------------------------------------


def test_search_progress_keeps_the_best():
    ax = plotting.plot_search_progress([3.0, 1.0, 9.0, 4.0])
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [3.0, 3.0, 9.0, 9.0])
    np.testing.assert_array_equal(ax.collections[0].get_offsets(), [[1, 3], [2, 1], [3, 9], [4, 4]])


def test_a_policy_is_asked_over_the_whole_plane():
    asked = []

    def policy(obs):
        asked.append(obs)
        return obs[2] > 0

    plotting.plot_policy(policy, (-0.4, -3.0), (0.4, 3.0))
    asked = np.array(asked)
    np.testing.assert_allclose(asked.min(axis=0), [0, 0, -0.4, -3.0], rtol=1e-6)
    np.testing.assert_allclose(asked.max(axis=0), [0, 0, 0.4, 3.0], rtol=1e-6)
    assert asked.dtype == np.float32


def test_a_policys_regions_are_where_it_decides_so():
    ax = plotting.plot_policy(lambda obs: int(obs[2] > 0))
    left, right = (region.get_paths()[0].get_extents() for region in ax.collections)
    assert left.x0 == pytest.approx(-0.21) and abs(left.x1) < 0.01
    assert right.x1 == pytest.approx(0.21) and abs(right.x0) < 0.01
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["push left", "push right"]


def test_a_policy_can_be_a_table_of_decisions_over_three_actions():
    table = np.repeat([[0], [1], [2]], 5, axis=1)  # rows are velocities, the lowest first
    ax = plotting.plot_policy(table, action_names=("push left", "do nothing", "push right"))
    heights = [region.get_paths()[0].get_extents().y0 for region in ax.collections]
    assert heights == sorted(heights) and len(heights) == 3
    hatches = [hatch for region in ax.collections for hatch in region.hatches]
    assert len(set(hatches)) == 3


@pytest.mark.parametrize("num_actions", [1, 2, 3, 4, 7, 20])
def test_any_number_of_actions_can_be_told_apart(num_actions):
    names = [f"action {n}" for n in range(num_actions)]
    ax = plotting.plot_policy(np.arange(400).reshape(20, 20) % num_actions, LOW, HIGH, action_names=names)
    looks = {(handle.get_facecolor(), handle.get_hatch()) for handle in ax.get_legend().get_patches()}
    assert len(looks) == num_actions
    ax = plotting.plot_transitions(OBS, OBS + 0.1, action=np.arange(30) % num_actions, action_names=names)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == names
    with pytest.raises(ValueError, match=f"got {num_actions} names"):
        plotting.plot_policy(np.full((2, 2), num_actions), action_names=names)


def test_the_sheets_colours_are_the_palettes():
    with plt.style.context(style.SHEET):
        used = {name: matplotlib.colors.to_hex(value) for name, value in plt.rcParams.items() if name in SHEET_COLOURS}
        cycle = [look["color"] for look in plt.rcParams["axes.prop_cycle"]]
    assert used == SHEET_COLOURS
    assert tuple(matplotlib.colors.to_hex(colour) for colour in cycle) == palette.SERIES


@pytest.mark.slow
def test_jupyter_shows_the_pictures_after_ours_too():
    ours = "from rl_helpers.plotting import plot_weights\n_ = plot_weights([1.0, 2.0, 3.0, 4.0])"
    theirs = "import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])"
    run = execute([Cell("ours", ours, "given"), Cell("theirs", theirs, "given"), Cell("ours again", ours, "given")])
    assert ["image/png" in outcome.outputs[0]["data"] for outcome in run.outcomes] == [True, True, True]


def test_weights_have_a_bar_each():
    ax = plotting.plot_weights([1.0, -2.0, 2.0, -1.0])
    assert [bar.get_width() for bar in ax.patches] == [1.0, -2.0, 2.0, -1.0]
    assert [label.get_text() for label in ax.get_yticklabels()] == list(plotting.OBS_NAMES)
    with pytest.raises(ValueError, match="weights must have shape"):
        plotting.plot_weights([1.0, 2.0])


def test_the_palettes_colours_differ():
    assert len(set(palette.SERIES)) == len(palette.SERIES)


@pytest.mark.parametrize("draw", [plotting.plot_learning_curve, plotting.plot_search_progress])
def test_pictures_leave_their_data_alone(draw):
    data = RUN.copy()
    draw(data)
    np.testing.assert_array_equal(data, RUN)


# --- Models -----------------------------------------------------------------------------------------------------------


def arrows(ax):
    """What each set of arrows draws: tails [N, 2] and changes [N, 2]."""
    return [(np.asarray(q.XY), np.stack([q.U, q.V], axis=1)) for q in ax.collections]


def test_a_state_grid_covers_the_bounds_row_by_row():
    grid = plotting.state_grid(LOW, HIGH, 5)
    assert grid.shape == (5, 5, 2) and grid.dtype == np.float32
    np.testing.assert_allclose(grid[2, :, 0], [-1.0, -0.5, 0.0, 0.5, 1.0])
    np.testing.assert_allclose(grid[:, 2, 1], [-2.0, 0.0, 2.0, 4.0, 6.0])


def test_transitions_are_arrows_from_each_observation_to_the_next():
    ((tails, changes),) = arrows(plotting.plot_transitions(OBS, OBS + np.array([0.1, 0.2])))
    np.testing.assert_allclose(tails, OBS)
    np.testing.assert_allclose(changes, np.tile([0.1, 0.2], (30, 1)))


def test_transitions_have_a_colour_for_each_action():
    ax = plotting.plot_transitions(OBS, OBS + ACTIONS[:, None], action=ACTIONS)
    for action, (tails, changes) in enumerate(arrows(ax)):
        np.testing.assert_allclose(tails, OBS[action::3])
        np.testing.assert_allclose(changes, action, atol=1e-12)
    assert len({tuple(q.get_facecolor()[0]) for q in ax.collections}) == 3
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(plotting.ACTION_NAMES)


def test_predicted_transitions_lie_over_the_true_ones():
    ax = plotting.plot_transitions(OBS, OBS + 0.1, predicted=OBS - 0.3)
    (_, true), (_, predicted) = arrows(ax)
    np.testing.assert_allclose(true, 0.1)
    np.testing.assert_allclose(predicted, -0.3)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["true", "predicted"]
    with pytest.raises(ValueError, match="predicted must have shape"):
        plotting.plot_transitions(OBS, OBS, predicted=OBS[:3])


def test_decisions_stand_where_they_were_made():
    grid = plotting.state_grid(LOW, HIGH)
    ax = plotting.plot_policy(np.where(grid[..., 0] > 0, 2, 0), LOW, HIGH, action_names=plotting.ACTION_NAMES)
    left, right = (region.get_paths()[0].get_extents() for region in ax.collections)
    assert left.x0 == pytest.approx(-1.0) and abs(left.x1) < 0.05 and right.x1 == pytest.approx(1.0)
    assert (left.y0, left.y1) == (pytest.approx(-2.0), pytest.approx(6.0))
    ax = plotting.plot_policy(np.where(grid[..., 1] > 0, 2, 0), LOW, HIGH, action_names=plotting.ACTION_NAMES)
    lower, upper = (region.get_paths()[0].get_extents() for region in ax.collections)
    assert lower.y0 == pytest.approx(-2.0) and abs(lower.y1) < 0.1 and upper.y1 == pytest.approx(6.0)


def test_a_model_error_has_a_colour_bar_and_a_limit():
    error = plotting.state_grid((0.0, 0.0), (1.0, 1.0))[..., 0]
    ax = plotting.plot_model_error(error, LOW, HIGH, limit=0.5, error_label="error (m)")
    (image,) = ax.collections
    assert image.get_clim() == (0.0, 0.5) and image.colorbar.ax.get_ylabel() == "error (m)"
    np.testing.assert_allclose(np.reshape(image.get_array(), error.shape), error)
    assert plotting.plot_model_error(error, LOW, HIGH).collections[0].get_clim()[1] == pytest.approx(1.0)


def test_rollout_errors_are_a_median_and_quartiles():
    errors = np.arange(1.0, 6.0)[:, None] * [1.0, 2.0, 3.0]
    ax = plotting.plot_rollout_error(errors, label="first")
    np.testing.assert_allclose(curves(ax)[0].get_xydata(), [[1, 3], [2, 6], [3, 9]])
    (band,) = ax.collections
    extents = band.get_paths()[0].get_extents()
    assert (extents.y0, extents.y1) == (2.0, 12.0)
    plotting.plot_rollout_error(errors, label="second", ax=ax)
    first, second = curves(ax)
    assert first.get_color() != second.get_color() and first.get_linestyle() != second.get_linestyle()
    with pytest.raises(ValueError, match="errors must be"):
        plotting.plot_rollout_error([1.0, 2.0])


def test_bias_and_spread_are_those_of_the_estimates():
    estimates = [[1.0, 1.0, 1.0, 1.0], [2.0, 4.0, 2.0, 4.0]]
    ax = plotting.plot_bias_and_spread([0.0, 1.0], estimates, 3.0)
    together, spread, bias = (line.get_ydata() for line in ax.lines)
    np.testing.assert_allclose([together, spread, bias], [[2.0, 1.0], [0.0, 1.0], [2.0, 0.0]])


def test_a_clipped_loss_is_dotted_where_nothing_pulls():
    ax = plotting.plot_clipped_loss([0.5, 1.0, 1.5, 2.0], [-0.5, -1.0, -1.2, -1.2], [-1.0, -1.0, 0.0, 0.0])
    pulls, rests = ax.lines[:2]
    np.testing.assert_array_equal(np.isnan(pulls.get_ydata()), [False, False, True, True])
    np.testing.assert_array_equal(np.isnan(rests.get_ydata()), [True, True, False, False])


def test_intervals_hold_their_means_and_show_every_seed():
    values = {"good": np.linspace(90, 110, 10), "bad": np.linspace(0, 30, 7)}
    ax = plotting.plot_variants(values, baseline="good", label="return")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["good", "bad"]
    for row, seeds in enumerate(values.values()):
        dots, bar, mean = ax.lines[3 * row : 3 * row + 3]
        assert len(dots.get_xdata()) == len(seeds)
        low, high = bar.get_xdata()
        assert seeds.min() < low < seeds.mean() < high < seeds.max()
        np.testing.assert_allclose(mean.get_xdata(), seeds.mean())

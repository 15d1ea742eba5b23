"""The checks behind the exercises: what they accept, what they say, and the frame around them."""

import builtins
import enum
import hashlib
import linecache
import subprocess
import sys
import textwrap
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rl_helpers import checks
from rl_helpers.checks import CheckFailed

ROOT = Path(__file__).resolve().parents[1]


class Notebook:
    """Cells that run one after another in one namespace, each with a file name of its own, as in Jupyter."""

    def __init__(self):
        self.names = {"checks": checks, "jax": jax, "jnp": jnp, "np": np}

    def run(self, cell: str):
        source = textwrap.dedent(cell).strip() + "\n"
        name = f"<cell {id(self)} {len(self.names)} {abs(hash(source))}>"
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        exec(compile(source, name, "exec"), self.names)

    def message(self, cell: str) -> str:
        """What the failing check in `cell` says."""
        with pytest.raises(CheckFailed) as caught:
            self.run(cell)
        return str(caught.value)


@pytest.fixture
def notebook():
    return Notebook()


def message_of(function, *args, **kwargs) -> str:
    with pytest.raises(CheckFailed) as caught:
        function(*args, **kwargs)
    return str(caught.value)


def hidden_message_of(function, *args, **kwargs) -> str:
    with pytest.raises(CheckFailed) as caught, checks.hidden("f"):
        function(*args, **kwargs)
    return str(caught.value)


# --- What came back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2), np.float64(2), np.int64(2), np.array(2.0), jnp.float32(2)])
def test_a_number_may_be_pythons_numpys_or_jaxs(value):
    assert checks.number(value, "f()") == 2.0
    checks.equal(value, 2, "f()")


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "returned None"),
        ("2", "is a str: '2'"),
        ([2.0], "is a list: [2.0]"),
        (np.array([2.0]), "should have shape [], but it has shape [1]"),
        (np.array(["a"]), "should hold numbers"),
        (np.array([None]), "dtype is object"),
        (np.True_, "dtype is bool"),
        (jax.random.key(0), "is a JAX key"),
    ],
)
def test_what_is_no_number_is_named(value, says):
    message = message_of(checks.number, value, "f(3)")
    assert message.startswith("f(3) ") and says in message


class AlwaysEqual(float):
    """Claims to be everything."""

    __eq__ = __ge__ = __le__ = lambda self, other: True
    __hash__ = float.__hash__


class AlwaysEqualStr(str):
    __eq__ = lambda self, other: True
    __hash__ = str.__hash__


class AlwaysEqualArray(np.ndarray):
    __eq__ = lambda self, other: True
    __hash__ = None


@pytest.mark.parametrize("value", [AlwaysEqual(3.0), np.zeros(()).view(AlwaysEqualArray)])
def test_objects_that_only_claim_to_be_equal_are_refused(value):
    assert "should be a" in message_of(checks.equal, value, 2.0, "f()")


class Push(enum.IntEnum):
    LEFT = 0
    RIGHT = 1


@pytest.mark.parametrize("value", [1, np.int8(1), np.uint32(1), np.array(1), jnp.int32(1), Push.RIGHT])
def test_an_integer_may_be_pythons_numpys_or_jaxs(value):
    assert checks.integer(value, "f()") == 1


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2.0), np.array(2.0)])
def test_a_number_may_come_out_of_stop_gradient(value):
    stopped = checks.array(jax.lax.stop_gradient(value), "f()")
    assert type(stopped) is np.ndarray and stopped == 2


@pytest.mark.parametrize("value", [True, np.True_, np.array(True), jnp.array(True)])
def test_a_boolean_is_no_integer(value):
    assert "the boolean True" in message_of(checks.integer, value, "f()")


def test_other_things_that_are_no_integers_are_named():
    assert message_of(checks.integer, np.float32(1), "f()").endswith("the float32 1. Turn it into one with int(...).")
    assert message_of(checks.integer, 0.5, "f()").endswith("the float64 0.5.")  # int(0.5) would be no cure
    assert "JAX array" in message_of(checks.integer, jnp.int32(1), "f()", allow_jax=False)
    assert "returned None" in message_of(checks.integer, None, "f()")


def test_arrays_are_checked_for_shape_and_dtype():
    assert isinstance(checks.array(jnp.zeros((2, 3)), "f()", shape=(2, 3), dtype="float"), np.ndarray)
    assert "shape [2, 3], but it has shape [6]" in message_of(checks.array, np.zeros(6), "f()", shape=(2, 3))
    assert "dtype int, but it has dtype float32" in message_of(checks.array, jnp.zeros(2), "f()", dtype="int")
    assert "dtype float32, but it has dtype float64" in message_of(checks.array, np.zeros(2), "f()", dtype=np.float32)


@pytest.mark.parametrize("dtype", [jnp.bfloat16, jnp.float16, jnp.float32])
def test_every_float_dtype_is_a_float(dtype):
    checks.array(jnp.ones(2, dtype), "f()", dtype="float")
    checks.equal(jnp.ones(2, dtype), [1.0, 1.0], "f()")


def test_a_leaked_tracer_is_explained():
    leaked = []
    jax.jit(lambda x: leaked.append(x))(1.0)
    assert "tracing" in message_of(checks.array, leaked[0], "f()")


# --- Comparisons ------------------------------------------------------------------------------------------------------


def test_equal_says_what_should_be_and_what_is():
    assert message_of(checks.equal, 6.0, 2.75, "f([1, 2, 3], 0.5)") == "f([1, 2, 3], 0.5) should be 2.75, but it is 6."


def test_equal_names_a_known_misconception():
    wrong = [(5.0, "the last reward is missing"), (6.0, "gamma was never used")]
    assert message_of(checks.equal, 6.0, 2.75, "f()", wrong=wrong).endswith("but it is 6. Gamma was never used.")
    assert message_of(checks.equal, 7.0, 2.75, "f()", wrong=wrong, hint="Look at t.").endswith("it is 7. Look at t.")


def test_a_misconception_that_gives_the_right_number_blames_nobody():
    checks.equal(2.75, 2.75, "f()", wrong=[(2.75, "gamma was never used")])


def test_a_misconception_may_have_another_shape():
    wrong = [(3.0, "only the first one came back")]
    assert "Only the first one came back." in message_of(checks.equal, np.float64(3), [3.0, 2.0], "f()", wrong=wrong)


def test_equal_compares_shapes_and_allows_float32():
    assert "shape [2], but it has shape [1, 2]" in message_of(checks.equal, np.ones((1, 2)), np.ones(2), "f()")
    checks.equal(np.float32(0.1) * 3, 0.3, "f()")
    assert message_of(checks.equal, 0.3001, 0.3, "f()")
    assert message_of(checks.equal, np.nan, 0.3, "f()")
    assert message_of(checks.equal, [1.0], [1.0], "f()")  # a list is not an array
    checks.equal(np.array([np.inf, np.nan]), [np.inf, np.nan], "f()")


def test_that_takes_true_and_nothing_else():
    checks.that(True, "no")
    checks.that(np.float32(1) > 0, "no")
    for condition in (False, None, 1, "yes", AlwaysEqual(1.0), np.ones(1, bool)):
        assert message_of(checks.that, condition, "says why") == "says why"


def test_unchanged_sees_every_leaf():
    before = {"w": np.ones(3), "rest": [1.0, np.nan]}
    checks.unchanged(before, {"w": jnp.ones(3), "rest": [1.0, np.nan]}, "params")
    for after in ({"w": np.zeros(3), "rest": [1.0, np.nan]}, {"w": np.ones(3), "rest": [1.0]}, {}):
        assert message_of(checks.unchanged, before, after, "params").startswith("params was modified")


def test_frequency_has_room_for_chance_and_none_for_the_impossible():
    checks.frequency(2000, 10_000, 0.2, "m")
    checks.frequency(2200, 10_000, 0.2, "m")  # 5 standard deviations
    assert message_of(checks.frequency, 2300, 10_000, 0.2, "m") == "m (expected about 20% of 10000 draws, saw 23.0%)"
    checks.frequency(0, 10_000, 0.0, "m")
    assert message_of(checks.frequency, 1, 10_000, 0.0, "m")
    assert message_of(checks.frequency, 9_999, 10_000, 1.0, "m")


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def test_choice_accepts_the_letter_and_nothing_else():
    checks.choice("C", "answer_x", digest("answer_x=C"), "hint")
    assert message_of(checks.choice, "A", "answer_x", digest("answer_x=C"), "think") == "answer_x: not that one. Think."
    for answer in ("c", "C ", "D", "AB", "", 3, ["C"], AlwaysEqualStr("Z")):
        assert "one capital letter" in message_of(checks.choice, answer, "answer_x", digest("answer_x=C"), "hint")
    with pytest.raises(NotImplementedError):
        checks.choice(None, "answer_x", digest("answer_x=C"), "hint")


def test_choice_may_have_more_letters():
    checks.choice("E", "answer_x", digest("answer_x=E"), "hint", options="ABCDE")
    assert "not that one" in message_of(checks.choice, "D", "answer_x", digest("answer_x=E"), "hint", options="ABCDE")
    message = message_of(checks.choice, "F", "answer_x", digest("answer_x=E"), "hint", options="ABCDE")
    assert '"C", "D" or "E"; it is' in message


# --- Hidden tests never show the expected value -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (checks.equal, (1.0, 4.25, "f(2)")),
        (checks.equal, (np.zeros(3), np.full(3, 4.25), "f(2)")),
        (checks.frequency, (0, 1000, 0.425, "actions are not as likely as they should be")),
    ],
)
def test_hidden_messages_keep_the_answer(function, args):
    visible, hidden = message_of(function, *args), hidden_message_of(function, *args)
    assert "4.25" in visible or "42%" in visible
    assert "4.25" not in hidden and "42%" not in hidden and args[-1] in hidden


def test_hidden_messages_still_name_the_misconception():
    wrong = [(6.0, "gamma was never used")]
    assert hidden_message_of(checks.equal, 6.0, 2.75, "f()", wrong=wrong) == "f() is not right. Gamma was never used."


def test_values_are_shown_again_after_a_hidden_test():
    hidden_message_of(checks.equal, 1.0, 4.25, "f()")
    assert "4.25" in message_of(checks.equal, 1.0, 4.25, "f()")


# --- The frame: ticks, errors, stderr, time ---------------------------------------------------------------------------


def test_a_right_answer_gets_a_tick_and_a_hidden_test_says_nothing(notebook, capsys):
    notebook.run("with checks.exercise('f'): pass")
    assert capsys.readouterr().out == "✓ f: all good.\n"
    notebook.run("with checks.hidden('f'): pass")
    assert capsys.readouterr() == ("", "")


KEYS = {
    "a part for each": ("a, b = jax.random.split(key)", "a", "b", False),
    "the parent again": ("a, b = jax.random.split(key)", "key", "b", True),
    "one key for both": ("", "key", "key", True),
    "folded in": ("a, b = (jax.random.fold_in(key, i) for i in range(2))", "a", "b", False),
}


@pytest.mark.parametrize("name", KEYS)
def test_a_key_that_is_used_twice_is_remarked_on_and_the_check_passes(notebook, capsys, name):
    split, first, second, told = KEYS[name]
    body = f"    {split}\n    return jax.random.uniform({first}) + jax.random.uniform({second})"
    notebook.run(f"def f(key):\n{body}")
    notebook.run("with checks.exercise('f'): checks.remark_on_keys(f, jax.random.key(0))")
    out = capsys.readouterr().out
    assert ("Costs no points: a key is used again" in out) == told and "✓ f: all good." in out


@pytest.mark.parametrize(("body", "told"), [("x / PERIOD", False), ("x / 50", True), ("x.nonsense", True)])
@pytest.mark.parametrize("decorator", ["", "@jax.jit\n"])
def test_a_number_in_place_of_a_constant_is_remarked_on(notebook, capsys, body, told, decorator):
    notebook.run(f"PERIOD = 50\n{decorator}def f(x): return {body}")
    ask = "checks.remark_on_constant(f, 'PERIOD', 2, lambda: checks.near(f(8.0), 4.0))"
    notebook.run(f"with checks.exercise('f'): {ask}")
    assert ("in place of PERIOD" in capsys.readouterr().out) == told
    assert notebook.names["PERIOD"] == 50


def test_near_asks_without_raising():
    assert checks.near(1.0, 1) and checks.near([1.0], [1]) is False and checks.near(np.ones(2), [1.0, 1.0])
    assert not checks.near(None, 1.0) and not checks.near("1", 1.0) and not checks.near(1.1, 1.0)


def test_a_failed_check_reads_as_one_line_without_a_traceback():
    assert CheckFailed("f() is not right.")._render_traceback_() == ["✗ f() is not right."]


JAX_MISTAKES = {
    "if": ("if x > 0: return x\n    return -x", "jnp.where"),
    "and": ("return (x > 0) and (x < 2)", "&"),
    "np.array": ("return np.sin(np.array([x]))", "jax.numpy"),
    "np.dot": ("return np.dot(x, x)", "jnp.dot"),
    "range": ("return sum(x for _ in range(x.astype(int)))", "range(n)"),
    "list": ("return [1, 2][x.astype(int)]", "Index a jnp array"),
    "int": ("return int(x)", ".astype"),
    "float": ("return float(x)", "float(...)"),
    "item": ("return x.item()", ".item()"),
    "mask": ("y = jnp.arange(3.0) + x\n    return y[y > 1]", "jnp.where(mask, a, b)"),
    "max": ("return max(x, 0.0)", "jnp.maximum"),
    "min": ("return min(x, 0.0)", "jnp.minimum"),
    "sorted": ("return sorted([x, 0.0])", "jnp.sort"),
    "math.fabs": ("return __import__('math').fabs(x)", "math.log"),
    "np.where": ("return np.where(jnp.arange(3) == x)[0][0]", "jax.numpy"),
    "where without choices": ("return jnp.where(jnp.arange(3) == x)[0][0]", "how many places"),
    "max of two": ("return jnp.max(x, 2 * x)", "jnp.maximum(a, b)"),
}


@pytest.mark.parametrize("frame", ["exercise", "hidden"])
@pytest.mark.parametrize("mistake", JAX_MISTAKES)
def test_jax_errors_become_advice_and_point_at_the_line(notebook, frame, mistake):
    body, advice = JAX_MISTAKES[mistake]
    notebook.run(f"def f(x):\n    {body}")
    message = notebook.message(f"with checks.{frame}('f'): jax.jit(f)(jnp.float32(1))")
    line = body.splitlines()[-1] if mistake == "mask" else body.splitlines()[0]
    assert message.startswith("f: Under jax.jit") or mistake.startswith("np.") or mistake == "max of two"
    assert advice in message and message.endswith(f"of your cell: {line.strip()}")


def test_a_check_means_by_its_names_what_the_set_up_cell_meant(notebook):
    """Whatever the learner calls sum, np or checks: their own functions use it, checks do not."""
    notebook.run("""
        sum = 0
        np = None
        def all(x): return True
        def shape(x): return all(x)
        def total(x): return 0 if sum == 0 else sum(x)
    """)
    notebook.run("""
        @checks.exercise("shape")
        def _check():
            checks.that(sum([1, 2]) == 3 and np.ones(3).sum() == 3 and not all([0]), "names are the learner's")
            checks.that(shape([0]), "the learner's function has lost its own names")
    """)
    notebook.run("""
        def _expected(x): return sum(x)
        def _stand_in(x): return max(x) + len(x)

        @checks.hidden("total", given={"shape": _stand_in})
        def _test():
            checks.equal(total([1, 2]), 0, "total([1, 2])")
            checks.equal(_expected([1, 2]) + shape([5]), 9, "the test's own functions")
    """)
    message = notebook.message("""
        @checks.hidden("shape")
        def _test(): checks.that(all([False]), "all is Python's")
    """)
    assert message == "all is Python's"


MISFITS = {
    "shapes": ("return x + jnp.ones(4)", "jnp.ones(3)", "shapes [3] and [4] do not fit"),
    "NumPy's shapes": ("return np.ones(3) + np.ones(4)", "1.0", "shapes [3] and [4] do not fit"),
    "dot": ("return jnp.dot(x, jnp.ones((4, 2)))", "jnp.ones(3)", "lengths are 3 and 4"),
    "matrices": ("return x @ x", "np.ones((2, 3))", "lengths are 2 and 3"),
    "loss of a batch": ("return jax.grad(lambda y: y * 2.0)(x)", "jnp.ones(3)", "has shape [3]. Pick"),
    "integer loss": ("return jax.grad(lambda y: jnp.argmax(y))(x)", "jnp.ones(3)", "must be a float"),
    "integer argument": ("return jax.grad(lambda y: y * 2.0)(x)", "3", "Write 3.0 for 3"),
    "float index": ("return jnp.ones(3)[x]", "1.0", ".astype(int)"),
    "NumPy's float index": ("return np.ones(3)[x]", "1.0", ".astype(int)"),
    "in place": ("x[0] = 1.0", "jnp.ones(3)", ".at[i].set(value)"),
    "list": ("return jnp.sum([x, x])", "1.0", "jnp.array(...)"),
    "branches": ("return jax.lax.cond(True, lambda: 1, lambda: x)", "1.0", "1 and 1.0"),
    "carry": ("return jax.lax.scan(lambda c, y: (jnp.append(c, y), y), x, x)", "jnp.ones(3)", "keep its shape"),
    "a batch it is not": ("return x.sum(axis=1)", "jnp.ones(3)", "fewer axes"),
    "a number it is": ("return len(x)", "3.0", "fewer axes"),
    "not of a float": ("return ~x", "1.0", "jnp.asarray(flag, bool)"),
    "one minus a boolean": ("return x - x", "jnp.array(True)", "jnp.asarray(flag, float)"),
    "key": ("return x + 1", "jax.random.key(0)", "Draw from it"),
    "vmap": ("return jax.vmap(lambda a, b: a + b)(x, jnp.ones(4))", "jnp.ones(3)", "in_axes=None"),
    "a sum over a key": ("return jnp.dot(x, jnp.ones(1))", "jax.random.key(0)", "not a number to calculate with"),
    "key and logits swapped": ("return jax.random.categorical(x, jax.random.key(0))", "jnp.ones(3)", "is a key"),
    "a shape for a key": ("return jax.random.uniform(x)", "(3,)", "is a key"),
    "max of two numbers": ("return jnp.max(x, 0.05)", "1.0", "jnp.maximum(a, b)"),
    "max of two whole numbers": ("return jnp.max(x, 0)", "1.0", "jnp.maximum(a, b)"),
    "max of two arrays": ("return jnp.max(x, x)", "jnp.ones(3)", "jnp.maximum(a, b)"),
    "Python's max of two arrays": ("return max(x, x + 1)", "jnp.ones(3)", "np.maximum(a, b)"),
    "an axis that is not there": ("return np.sum(x, axis=1)", "np.ones(3)", "fewer axes"),
    "power": ("return 0.9 ^ x", "2", "x ** 2"),
    "NumPy's power": ("return x ^ 2", "np.ones(3)", "x ** 2"),
    "JAX's power": ("return x ^ 2", "jnp.ones(3)", "x ** 2"),
    "no brackets": ("return x >= 0.5 & x >= 0.0", "jnp.ones(3)", "need brackets"),
    "not of an array of floats": ("return ~x", "jnp.ones(3)", "jnp.asarray(flag, bool)"),
    "zip for a list": ("return np.stack(zip(*x))", "[(1, 2)]", "zip(*batch)"),
    "zip for an array": ("return np.float32(zip(*x))", "[(1, 2)]", "zip(*batch)"),
    "choice of tuples": ("return np.random.default_rng(0).choice(x)", "[(np.ones(3), 1.0)] * 2", "rng.choice(len"),
    "JAX's choice of tuples": ("return jax.random.choice(jax.random.key(0), x)", "[(1, 2)]", "rng.choice(len"),
    "a dict times a number": ("return 0.5 * x", "{'w': jnp.ones(3)}", "jax.tree.map"),
    "a choice of dicts": ("return jnp.where(True, x, x)", "{'w': jnp.ones(3)}", "jax.tree.map"),
    "a list times a number": ("return 0.5 * x", "[1, 2]", "np.array(...)"),
    "abs of a list": ("return abs(x)", "[1, 2]", "np.array(...)"),
    "a float of an array": ("return float(x)", "np.ones(2)", "take a single number"),
    "nothing": ("return 2 * x", "None", "`return`"),
    "four of five": ("a, b = x", "(1, 2, 3)", "env.step gives five"),
    "the end of a list": ("return x[-1]", "[]", "beyond the end"),
    "the end of an array": ("return x[2]", "np.ones(2)", "beyond the end"),
    "a place too small": ("np.zeros((2, 3))[0] = x", "np.ones(4)", "shape [4] was put into a place of shape [3]"),
    "true or false": ("return 1 if x else 0", "np.ones(2)", "neither true nor false"),
    "zero": ("return 1 / x", "0.0", "divides by zero"),
    "another helper": ("return (lambda a: a)(x, x)", "1.0", "leave its `def` line"),
    "a scan's function of three": (
        "return jax.lax.scan(lambda a, b, c: (a, b), 0.0, x)",
        "jnp.ones(3)",
        "that of a scan takes two",
    ),
    "a scan's function gives one": (
        "return jax.lax.scan(lambda c, y: c + y, 0.0, x)",
        "jnp.ones(3)",
        "new_carry, output",
    ),
    "cond of two arrays": ("return jax.lax.cond(True, x, x)", "jnp.ones(3)", "takes two functions"),
    "cond of two trees": ("return jax.lax.cond(True, x, x)", "{'w': 1.0}", "takes two functions"),
    "randint without a shape": ("return jax.random.randint(x, 0, 3)", "jax.random.key(0)", "shape, minval"),
    "a field is set": ("x.obs = 1", "__import__('rl_helpers').Transition(*range(6))", "_replace"),
    "a list that should be an array": ("return x.mean()", "[1.0, 2.0]", "Make one of it"),
    "append to an array": ("x.append(1.0)", "jnp.ones(3)", "fixed length"),
    "append to NumPy's array": ("x.append(1.0)", "np.ones(3)", "fixed length"),
    "a field of a dict": ("return x.w", "{'w': 1.0}", 'params["w"]'),
}


@pytest.mark.parametrize("name", MISFITS)
def test_misfits_of_shape_and_dtype_are_told_in_words(notebook, name):
    body, argument, words = MISFITS[name]
    notebook.run(f"def f(x):\n    {body}")
    message = notebook.message(f"with checks.exercise('f'): f({argument})")
    assert words in message
    assert body in message and "Python said" in message, "the learner's line and the original words are lost"


def test_an_argument_made_static_is_explained(notebook):
    notebook.run("f = jax.jit(lambda x: x, static_argnums=0)")
    assert "static_argnums" in notebook.message("with checks.exercise('f'): jax.jit(f)(1.0)")


def test_a_kept_tracer_is_explained(notebook):
    notebook.run(
        """
        kept = []
        def f(x):
            kept.append(x)
            return kept[0] + x
        """
    )
    notebook.run("jax.jit(f)(1.0)")
    assert "kept and used later" in notebook.message("with checks.exercise('f'): jax.jit(f)(jnp.ones(2))")


def test_other_errors_keep_their_traceback_in_the_check_and_become_a_message_in_the_test(notebook):
    notebook.run("def f(x):\n    y = x['a']\n    return y")
    with pytest.raises(TypeError):
        notebook.run("with checks.exercise('f'): f(1)")
    message = notebook.message("with checks.hidden('f'): f(1)")
    assert message.startswith("f raised TypeError: ") and message.endswith("in line 2 of your cell: y = x['a']")


def test_the_line_shown_is_the_learners_last_one_not_the_librarys_nor_the_checks(notebook):
    notebook.run("def helper(x):\n    return jnp.reshape(x, (7, 7))")
    notebook.run("def f(x):\n    return helper(x)")
    assert notebook.message("with checks.hidden('f'): f(jnp.ones(3))").endswith("jnp.reshape(x, (7, 7))")
    assert "of your cell" not in notebook.message("with checks.hidden('f'): f(1, 2, 3)")


def test_a_missing_function_asks_for_its_cell(notebook):
    assert "Did the cell that defines it run" in notebook.message("with checks.exercise('f'): f(1)")


def test_a_stub_stays_a_stub_in_the_check_and_says_so_in_the_test(notebook):
    notebook.run("def f(): raise NotImplementedError('Replace this line with your answer.')")
    with pytest.raises(NotImplementedError, match="Replace this line"):
        notebook.run("with checks.exercise('f'): f()")
    assert notebook.message("with checks.hidden('f'): f()") == "f is not implemented yet."


def test_what_goes_to_stderr_is_ordinary_output():
    code = """
        import logging, sys, warnings
        import numpy as np
        from rl_helpers import checks
        from tqdm.auto import tqdm

        with checks.hidden("f"):
            print("printed", file=sys.stderr)
            warnings.warn("warned")
            logging.warning("logged")
            np.log(np.zeros(1))
            list(tqdm(range(3), desc="progress"))
        print("afterwards", file=sys.stderr)
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stderr == "afterwards\n"
    assert all(word in ran.stdout for word in ("printed", "warned", "logged", "divide by zero", "progress"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no interval timers")
@pytest.mark.parametrize(
    "body", ["while True: pass", "while True:\n        try: 1 / 0\n        except Exception: pass"]
)
def test_a_loop_that_never_ends_is_stopped(notebook, body):
    notebook.run(f"def f():\n    {body}")
    assert "f was still computing after 0.1 seconds" in notebook.message("with checks.exercise('f', seconds=0.1): f()")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no interval timers")
def test_the_clock_is_taken_down_afterwards(notebook):
    notebook.run("with checks.exercise('f', seconds=0.05): pass")
    notebook.run("total = 0\nfor i in range(2_000_000): total += i")


# --- Stand-ins for earlier exercises ----------------------------------------------------------------------------------

GIVEN = "with checks.exercise('later', given={'earlier': lambda x: 10.0 * x}): result = later(jnp.float32(1))"


@pytest.mark.parametrize(
    "later",
    [
        "def later(x): return earlier(x)",
        "later = jax.jit(lambda x: earlier(x))",
        "alias = earlier\ndef later(x): return alias(x)",
        "fast = jax.jit(earlier)\ndef later(x): return fast(x)",
        "_fast = jax.jit(earlier)\ndef later(x): return _fast(x)",
        "@jax.jit\ndef later(x): return fast(x)\nfast = jax.jit(earlier)",
        "def helper(x): return earlier(x)\nlater = jax.jit(helper)",
        "def later(x): return jax.vmap(earlier)(x[None])[0]",
        "def step(x, _): return earlier(x), None\ndef later(x): return jax.lax.scan(step, x, None, 1)[0]",
        "def helper(x): return earlier(x)\ndef later(x): return jax.lax.cond(x > 0, helper, helper, x)",
    ],
)
@pytest.mark.parametrize("decorator", ["", "@jax.jit\n"])
def test_stand_ins_reach_every_way_of_calling_the_earlier_exercise(notebook, later, decorator):
    notebook.run(f"{decorator}def earlier(x): return -x")
    notebook.run(later)
    notebook.run("before = later(jnp.float32(1))")
    notebook.run(GIVEN)
    notebook.run("after = later(jnp.float32(1))")
    assert [float(notebook.names[name]) for name in ("before", "result", "after")] == [-1.0, 10.0, -1.0]


def test_another_stand_in_is_not_taken_for_the_one_before(notebook):
    notebook.run("def earlier(x): return -x\nlater = jax.jit(lambda x: earlier(x))\nby = lambda n: lambda x: n * x")
    for name, stand_in, want in [
        ("later", "lambda x: 10.0 * x", 10.0), ("later", "lambda x: 20.0 * x", 20.0), ("later", "by(30.0)", 30.0),
        ("later", "by(40.0)", 40.0), ("later", "jax.jit(by(50.0))", 50.0), ("later", "lambda x, n=60.0: n * x", 60.0),
        ("later", "lambda x, n=70.0: n * x", 70.0), ("other", "lambda x: 10.0 * x", 10.0),
    ]:  # fmt: skip
        notebook.run(f"with checks.exercise({name!r}, given={{'earlier': {stand_in}}}): result = later(jnp.float32(1))")
        assert notebook.names["result"] == want, stand_in


def test_what_has_nothing_to_do_with_stand_ins_is_compiled_once_within_a_check_and_once_outside(notebook):
    notebook.run("traced = []\n@jax.jit\ndef later(x): traced.append(1); return x")
    for _ in range(3):
        notebook.run(GIVEN)
        notebook.run("later(jnp.float32(1))")
    assert len(notebook.names["traced"]) == 2


def test_a_jitted_alias_with_static_arguments_can_stand_in(notebook):
    notebook.run("def earlier(x, n): return -x * n")
    notebook.run("fast = jax.jit(earlier, static_argnums=1)\ndef later(x): return fast(x, 3)")
    notebook.run(
        """
        with checks.exercise('later', given={'earlier': lambda x, n: sum(x for _ in range(n))}):
            result = later(jnp.float32(1))
        """
    )
    assert notebook.names["result"] == 3.0


@pytest.mark.parametrize("transform", ["jax.vmap", "jax.grad", "jax.value_and_grad"])
def test_other_transformations_of_the_earlier_exercise_stay_what_they_are(notebook, transform):
    notebook.run(f"def earlier(x): return -jnp.sum(x)\nother = {transform}(earlier)\nbefore = other")
    notebook.run("with checks.exercise('later', given={'earlier': lambda x: x}): during = other")
    assert notebook.names["during"] is notebook.names["before"]


def test_a_stand_in_replaces_a_stub_and_a_name_that_is_not_there(notebook):
    notebook.run("def later(x): return earlier(x)")
    notebook.run(GIVEN)
    assert notebook.names["result"] == 10.0 and "earlier" not in notebook.names
    notebook.run("def earlier(x): raise NotImplementedError")
    notebook.run(GIVEN)
    with pytest.raises(NotImplementedError):
        notebook.run("earlier(1)")


def test_stand_ins_leave_when_the_check_fails(notebook):
    notebook.run("def earlier(x): return -x\nfast = jax.jit(earlier)\noriginals = (earlier, fast)")
    with pytest.raises(KeyError):
        notebook.run("with checks.exercise('later', given={'earlier': abs}): {}[0]")
    assert (notebook.names["earlier"], notebook.names["fast"]) == notebook.names["originals"]


def test_stand_ins_leave_equal_looking_functions_alone(notebook):
    notebook.run("def earlier(x): return -x\ndef other(x): return -x")
    notebook.run("with checks.exercise('later', given={'earlier': abs}): during = other")
    assert notebook.names["during"] is notebook.names["other"]


def test_a_checks_own_variables_stay_out_of_the_notebook(notebook):
    """A learner's helper may have any name, also one that a check uses."""
    notebook.run("def _reference(): return 2")
    notebook.run("def f(): return _reference()")
    notebook.run("""
        @checks.hidden("f")
        def _test():
            _reference = 3
            checks.equal(f(), 2, "f()")
    """)
    assert notebook.names["_reference"]() == 2


def test_the_decorated_form_points_at_the_learners_line_too(notebook):
    notebook.run("def f():\n    return 1 / 0")
    message = notebook.message("""
        @checks.hidden("f")
        def _test():
            f()
    """)
    assert "line 2 of your cell: return 1 / 0" in message


def test_the_decorated_form_puts_in_stand_ins(notebook):
    notebook.run("def early(): return 1")
    notebook.run("def f(): return early() + 1")
    notebook.run("""
        @checks.exercise("f", given={"early": lambda: 10})
        def _check():
            checks.equal(f(), 11, "f()")
    """)
    assert notebook.names["early"]() == 1


# --- What the course asks of many functions ---------------------------------------------------------------------------


@pytest.mark.parametrize("result", [(1, None), [1, None]])
def test_a_pair_comes_back_as_two_things(result):
    assert checks.pair(result, "f", "action, state") == (1, None)


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (None, "nothing"),
        ((1, 2, 3), "3 things"),
        (np.zeros(2), "one thing, a ndarray"),
        (1, "one thing, a int"),
        ("ab", "str"),
    ],
)
def test_what_is_no_pair_is_named(result, words):
    with pytest.raises(checks.CheckFailed, match=rf"f should return two things.*`return action, state`.*{words}"):
        checks.pair(result, "f", "action, state")


def test_ways_are_the_function_and_its_compiled_self():
    (plain, f), (jitted, g) = checks.ways(lambda x, n: x * n, static_argnums=1)
    assert (plain, jitted) == ("", " under jax.jit") and f(3, 2) == g(3, 2) == 6
    assert isinstance(f(3, 2), int) and isinstance(g(3, 2), jax.Array)


def test_draws_follow_their_key():
    keys, rng = jax.random.split(jax.random.key(0), 5), np.random.default_rng(0)
    checks.follows_key(jax.random.normal, keys, "numbers")
    with pytest.raises(checks.CheckFailed, match="The same key gave different numbers"):
        checks.follows_key(lambda key: rng.normal(), keys, "numbers")
    with pytest.raises(checks.CheckFailed, match="Different keys gave the same numbers"):
        checks.follows_key(lambda key: 4.0, keys, "numbers")
    checks.follows_key(lambda key: 4.0, keys, "numbers", varies=False)


def test_a_name_that_code_left_in_builtins_ends_no_check(monkeypatch):
    monkeypatch.setattr(builtins, "__builtins__", builtins, raising=False)
    namespace = {"__builtins__": builtins, "checks": checks}
    exec("def body():\n    seen.append(globals()['__builtins__'])", namespace | {"seen": (seen := [])}, found := {})
    checks.exercise("f")(found["body"])
    assert len(seen) == 1

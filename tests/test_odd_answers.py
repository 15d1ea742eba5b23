"""Right answers in odd places, graded as one class by the real command: full marks, a note, and no flag."""

import copy
import gc
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from filling import cells_by_id, code_cell
from small_course import write_sources
from test_pipeline import grade

from autograder.answers import find_answers, parse
from autograder.build import build_course
from autograder.course import load_course
from autograder.restore import restore
from autograder.submitted import read_notebook

SOURCE = '''# %% [markdown]
# # Small

# %% tags=["setup"]
import math

# %% exercise="double"
def double(x):
    """Doubles."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION


# %% check="double" points=1
assert double(1) == 2, "double(1) should be 2"

# %% test="double" points=3
### BEGIN HIDDEN TESTS
assert double(7) == 14, "not doubled"
### END HIDDEN TESTS

# %% tags=["demo"]
for _ in range(3):
    print("a demo", double(3))

# %% exercise="Counter"
class Counter:
    """Counts."""

    def __init__(self):
        """Starts at 0."""
        ### BEGIN SOLUTION
        self.count = 0
        ### END SOLUTION

    def add(self):
        """Adds one and returns the count."""
        ### BEGIN SOLUTION
        self.count += 1
        return self.count
        ### END SOLUTION


# %% check="Counter" points=1
assert Counter().add() == 1, "one"

# %% test="Counter" points=3
### BEGIN HIDDEN TESTS
_counter = Counter()
assert [_counter.add() for _ in range(3)] == [1, 2, 3], "not counted"
### END HIDDEN TESTS
'''
DOUBLE = "def double(x):\n    return 2 * x"
COUNTER = """class Counter:
    def __init__(self): self.count = 0
    def add(self):
        self.count += 1
        return self.count"""


def _cell(notebook, name):
    return cells_by_id(notebook)[name]


def _insert(notebook, name, cell, offset=0):
    notebook["cells"].insert(notebook["cells"].index(_cell(notebook, name)) + offset, cell)


def _same(notebook, name, source):
    """A copy of an answer cell, as an editor's split or duplicate makes it."""
    return copy.deepcopy(_cell(notebook, name)) | {"source": source}


def _demo(notebook):
    return next(c for c in notebook["cells"] if "demo" in c["metadata"].get("tags", []))


def in_place(notebook):
    _cell(notebook, "double")["source"] = DOUBLE


def new_cell_before_the_stub(notebook):
    _insert(notebook, "double", code_cell(DOUBLE))


def new_cell_after_the_stub(notebook):
    _insert(notebook, "double", code_cell(DOUBLE), 1)


def new_cell_after_the_tests(notebook):
    _insert(notebook, "test_double", code_cell(DOUBLE), 1)


def new_cell_at_the_end(notebook):
    notebook["cells"].append(code_cell(DOUBLE))


def in_the_demo(notebook):
    _demo(notebook)["source"] = DOUBLE


def above_the_demos_own_code(notebook):
    _demo(notebook)["source"] = DOUBLE + "\n\n" + "".join(_demo(notebook)["source"])


def in_another_exercises_cell(notebook):
    _cell(notebook, "Counter")["source"] = DOUBLE + "\n\n" + COUNTER


def in_the_check(notebook):
    _cell(notebook, "check_double")["source"] = DOUBLE


def merged_with_the_check(notebook):
    check = _cell(notebook, "check_double")
    check["source"] = DOUBLE + "\n\n" + "".join(check["source"])


def merged_into_one_cell(notebook):
    for name in ("check_double", "test_double"):
        _cell(notebook, "double")["source"] = DOUBLE + "\n" + "".join(_cell(notebook, name)["source"])
        notebook["cells"].remove(_cell(notebook, name))


def helper_in_the_first_of_two(notebook):
    _cell(notebook, "double")["source"] = "TWO = 2\n\ndef twice(x): return TWO * x"
    _insert(notebook, "double", _same(notebook, "double", "def double(x):\n    return twice(x)"), 1)


def helper_in_a_cell_without_id(notebook):
    _cell(notebook, "double")["source"] = "def double(x, factor=TWO):\n    return factor * x"
    _insert(notebook, "double", code_cell("TWO = 2"))


def try_out_in_the_second_of_two(notebook):
    _cell(notebook, "double")["source"] = DOUBLE
    _insert(notebook, "double", _same(notebook, "double", "double(21)"), 1)


def copy_as_scratch_paper(notebook):
    _cell(notebook, "double")["source"] = DOUBLE
    _insert(notebook, "double", _same(notebook, "double", "# maybe with a loop?\nfor i in range(3):\n    print(i)"), 1)


def emptied_copy(notebook):
    _cell(notebook, "double")["source"] = DOUBLE
    _insert(notebook, "double", _same(notebook, "double", ""), 1)


def copy_of_the_stub_below(notebook):
    stub = "".join(_cell(notebook, "double")["source"])
    _cell(notebook, "double")["source"] = DOUBLE
    _insert(notebook, "double", _same(notebook, "double", "# again\n" + stub), 1)


def turned_into_markdown(notebook):
    _cell(notebook, "double").update(source=DOUBLE, cell_type="markdown")


def turned_into_fenced_markdown(notebook):
    _cell(notebook, "double").update(source=f"```python\n{DOUBLE}\n```", cell_type="markdown")


def turned_into_raw(notebook):
    _cell(notebook, "double").update(source=DOUBLE, cell_type="raw")


def below_a_magic(notebook):
    _insert(notebook, "double", code_cell("%%time\n" + DOUBLE), 1)


def a_lambda(notebook):
    _insert(notebook, "double", code_cell("double = lambda x: x + x"), 1)


def inside_an_if(notebook):
    _insert(notebook, "double", code_cell("if True:\n    def double(x):\n        return 2 * x"), 1)


def wrapped_later(notebook):
    _cell(notebook, "double")["source"] = DOUBLE
    _insert(notebook, "test_double", code_cell("import functools\ndouble = functools.cache(double)"), 1)


def a_broken_copy_below(notebook):
    _cell(notebook, "double")["source"] = DOUBLE
    _insert(notebook, "double", _same(notebook, "double", "def double(x:\n    return"), 1)


def without_any_metadata(notebook):
    _cell(notebook, "double")["source"] = DOUBLE
    _cell(notebook, "Counter")["source"] = COUNTER
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)


def a_long_experiment_below(notebook):
    _cell(notebook, "double")["source"] = DOUBLE
    notebook["cells"].append(code_cell("raise RuntimeError('of nobody else')"))


QUIET = (
    in_place,
    a_long_experiment_below,
    helper_in_a_cell_without_id,
)  # the answer stands in its cell: nothing to note
ARRANGEMENTS = [
    in_place, new_cell_before_the_stub, new_cell_after_the_stub, new_cell_after_the_tests, new_cell_at_the_end,
    in_the_demo, above_the_demos_own_code, in_another_exercises_cell, in_the_check, merged_with_the_check,
    merged_into_one_cell, helper_in_the_first_of_two, helper_in_a_cell_without_id, try_out_in_the_second_of_two,
    copy_as_scratch_paper, emptied_copy, copy_of_the_stub_below, turned_into_markdown, turned_into_fenced_markdown,
    turned_into_raw, below_a_magic, a_lambda, inside_an_if, wrapped_later, a_broken_copy_below, without_any_metadata,
    a_long_experiment_below,
]  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    root = tmp_path_factory.mktemp("odd")
    write_sources(root, small=SOURCE)
    released = build_course(load_course(root), root / "build")["small"]
    for arrange in ARRANGEMENTS:
        notebook = json.loads(released)
        arrange(notebook)
        (root / "class" / arrange.__name__).mkdir(parents=True)
        (root / "class" / arrange.__name__ / "small.ipynb").write_text(json.dumps(notebook))
    return {result["student"]: result for result in grade(root, root / "class", root / "out")}


@pytest.mark.slow
@pytest.mark.parametrize("arrange", ARRANGEMENTS, ids=lambda a: a.__name__)
def test_a_right_answer_has_full_marks_wherever_it_stands(results, arrange):
    result = results[arrange.__name__]
    double, counter = result["exercises"]
    assert (double["score"], double["message"]) == (4, ""), result
    assert counter["passed"] == (arrange in (in_another_exercises_cell, without_any_metadata)), counter
    assert not result["flags"]
    assert any("double: " in note for note in result["notes"]) == (arrange not in QUIET), result["notes"]


def test_thousands_of_cells_are_restored_in_a_moment(course, student):
    assignment = course.assignments["04_tabular_methods"]

    def seconds(count):
        notebook = student("04_tabular_methods")
        notebook["cells"] += [code_cell(f"update_mean{n} = {n}  # update_mean") for n in range(count)]
        submitted = read_notebook(json.dumps(notebook).encode())
        begin = time.process_time()
        assert not find_answers(submitted, assignment).by_name and restore(submitted, assignment).untouched
        return time.process_time() - begin

    few, many = seconds(500), seconds(8000)
    assert many < 60 * few + 0.5, "it takes more than linear time"


def test_two_threads_may_parse_at_once():
    """The garbage collector calls Python, as JAX's listener has it, so that the threads take turns within one tree."""
    source = "\n".join(f"x{i} = [f(a, b + {i}) for a in range({i})]" for i in range(300))
    gc.callbacks.append(give_way := lambda *_: time.sleep(0))
    try:
        with ThreadPoolExecutor(2) as pool:
            assert all(pool.map(parse, [source] * 40))
    finally:
        gc.callbacks.remove(give_way)

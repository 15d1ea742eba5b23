"""What people read, from invented results and read back: one number, nothing that acts, what is urgent first."""

import copy
import csv
import dataclasses
import io
import json
import re
from urllib.parse import unquote

import invented_class
import pytest
import test_browser
from bs4 import BeautifulSoup
from conftest import ROOT
from invented_class import FIRST, MARKUP, NOBODY, SECOND, THIRD, TWO_LINES
from pygments.formatters import HtmlFormatter
from rich.cells import cell_len
from rich.console import Console

from autograder.course import Assignment, is_solution, without_solution
from autograder.files import csv_text, write_atomically
from autograder.report import pages, standing, tables, terminal, words
from autograder.results import DOUBT, NOT_LISTED, UNKNOWN_SENDER, ExerciseResult, Result, Sender, duration
from autograder.versions import versions
from autograder.written import is_written

URGENCY = ["failed", "rejected", "flagged", "identity", "suspect", "to_mark", "late", "untouched", "notes"]
TAGS = """a bdi body details div footer h1 h2 h3 head header html i img li meta p pre section small span strong style
summary table td th title tr ul ol"""


@pytest.fixture(scope="module")
def results(course):
    return invented_class.results(course)


@pytest.fixture(scope="module")
def out(course, results, tmp_path_factory):
    folder = tmp_path_factory.mktemp("grades")
    pages.write_class_report(folder / "report.html", results, course)
    tables.write_csv(folder / "grades.csv", results)
    tables.write_results(folder, results, [], {"course": {"version": "1"}, "grader": {"version": "2"}})
    for result in results:
        if result.status == "graded":
            page(folder, result, course)
    return folder


def page(out, result, course):
    """Writes a learner's page; the answers are the released stubs, and words that would act."""
    assignment = course.assignments[result.notebook]
    notebook = copy.deepcopy(assignment.source)
    for cell in notebook.cells:
        if is_solution(cell):
            cell.source = without_solution(cell.source)
        elif is_written(cell):
            cell.source = f"Because of {MARKUP}"
    outcomes = invented_class.outcomes(assignment)
    return pages.write_feedback(out, result, notebook, outcomes, assignment.title, assignment.questions)


def soup(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def printed(renderable, width=130):
    console = Console(width=width, file=io.StringIO(), color_system=None)
    console.print(renderable)
    return console.file.getvalue()


@pytest.fixture(scope="module")
def report(out):
    return soup(out / "report.html")


@pytest.fixture(scope="module")
def browser():
    sync_api, program = pytest.importorskip("playwright.sync_api"), test_browser.chromium()
    if not program:
        pytest.skip("Chromium is missing")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield chromium
        chromium.close()


# --- One number -------------------------------------------------------------------------------------------------------


def test_every_score_is_the_same_everywhere(course, results, out, report):
    entries = json.loads((out / "results.json").read_text())["submissions"]
    rows = list(csv.DictReader((out / "grades.csv").open(encoding="utf-8", newline="")))
    lines = report.select("table.submissions tr")[1:]
    everything = " ".join(printed(terminal.summary(results, everything=True), 2000).split())
    assert len(entries) == len(rows) == len(lines) == len(results)
    for result, entry, row, line in zip(results, entries, rows, lines, strict=True):
        score = f"{result.final_score:g}/{result.max_score:g}"
        assert entry["final_score"] == float(row["final_score"]) == result.final_score
        assert line.select_one(".number").get_text() == score
        if cell_len(result.student) <= 24:
            assert f"{words.name(result.student)} {words.name(result.notebook)} {score} " in everything
        assert result.explanation == row["explanation"]
        assert result.explanation in line.get_text() and result.explanation in everything
        if result.status == "graded":
            learners = soup(out / result.page)
            shown = learners.select_one(".score").get_text(" ", strip=True)
            assert shown.startswith(f"{result.final_score:g} of {result.max_score:g} points")
            assert result.explanation in shown
            by_exercise = [verdict.get_text()[2:] for verdict in learners.select(".verdict")]
            assert by_exercise == [f"{e.final_score:g} of {e.max_score:g}" for e in result.exercises]
            assert [float(row[e.name]) for e in result.exercises] == [e.final_score for e in result.exercises]
            marks = [mark.get_text() for mark in learners.select(".mark")]
            assert marks == [question.said for question in result.written]
            assert [float(row[w.name]) for w in result.written] == [w.final_score for w in result.written]
            seen = learners.select_one(".written details") is not None
            assert seen == any(w.mark is not None for w in result.written)
        else:
            assert result.final_score == 0 and float(row["score"]) == 0


def test_lateness_and_hand_scores_say_why(results, out):
    late = next(r for r in results if r.penalty)
    assert late.explanation == "20 of 20 by the tests, late by 10 h: 10 off"
    hand = next(r for r in results if r.hand is not None)
    learners = soup(out / hand.page)
    first = learners.select_one("section").get_text(" ", strip=True)
    assert "0 by the tests, 1.5 by hand" in first and "From your teacher: Right idea <3" in first
    assert "by the tests" in learners.select_one(".score").get_text()


def test_histogram_and_mean_are_those_of_the_final_scores(results, report):
    for section in report.select("section.notebook"):
        mine = [r for r in results if r.notebook == section["data-notebook"] and r.status == "graded"]
        worked = [r.final_score / r.max_score for r in mine if not r.untouched]
        bins = {part["data-bin"]: int(part["data-count"]) for part in section.select("[data-bin]")}
        assert sum(bins.values()) == len(worked)
        assert bins["100"] == sum(share == 1 for share in worked)
        assert bins["90–99"] == sum(0.9 <= share < 1 for share in worked)
        assert f"mean {100 * sum(worked) / len(worked):.0f} %" in section.get_text()


def test_bins_have_no_rounding_at_their_edges():
    def notebook(score, most):
        return standing.NotebookStanding("n", "n", (), (Result("a", "n", "graded", 0, most, score),))

    for most in (7, 10, 20, 26, 30, 100):
        for tenth in range(11):
            filled = [label for label, count in notebook(most * tenth / 10, most).bins if count]
            assert filled == [standing.BINS[tenth]]
    assert (
        notebook(25.99, 26).bins[9][1] == 1 and notebook(27, 26).bins[-1][1] == 1 and notebook(-1, 26).bins[0][1] == 1
    )


def test_exercises_by_hand_count_as_solved():
    exercise = ExerciseResult("x", 0, 4, False, "wrong", hand=4)
    assert exercise.solved and exercise.final_score == 4
    made = standing._standing("x", [exercise, ExerciseResult("x", 1, 4, False, "half")])
    assert (made.solved, made.attempted, made.mistakes, made.suspect) == (1, 2, (("half", 1),), True)


# --- What needs a person ----------------------------------------------------------------------------------------------


def test_what_is_urgent_comes_first(results, report):
    kinds = [part["data-kind"] for part in report.select(".needs [data-kind]")]
    assert kinds == URGENCY
    assert report.select_one(".needs").find_previous("section") is None
    headings = [need.heading for need in standing.needs(results)]
    text = printed(terminal.summary(results))
    assert sorted(headings, key=lambda heading: text.index(f"\n{heading} (")) == headings


def test_each_concern_names_its_person(results, report):
    def of(kind):
        return report.select_one(f"[data-kind={kind}]").get_text(" ", strip=True)

    for result in results:
        kinds = [
            ("failed", result.status == "failed"),
            ("rejected", result.status == "rejected"),
            ("flagged", bool(result.flags)),
            ("late", result.late_seconds > 0 or result.sender.late),
            ("untouched", result.untouched),
            ("identity", result.student.startswith("Kim Min-jun")),
        ]
        for kind, holds in kinds:
            if holds:
                assert words.name(result.student) in of(kind), (result.student, kind)
    assert f"{NOBODY}: 0 of 14 passed" in of("suspect")
    assert "Flagged" not in printed(terminal.summary([r for r in results if not r.flags]))


def test_the_terminal_lists_a_few_of_a_kind_unless_asked_for_all():
    many = [Result(f"P{n:03}", FIRST, "failed", max_score=26, message="damaged") for n in range(30)]
    short, everything = (printed(terminal.summary(many, everything=flag)) for flag in (False, True))
    assert "P029" not in short and f"and {30 - terminal.AT_MOST} more" in short and "P029" in everything


def test_written_answers_are_counted_where_nothing_is_about_tests(results, report):
    written = [question for result in results for question in result.written]
    marks = [question.mark for question in written if question.mark is not None]
    (told,) = (part.get_text() for part in report.select("p.written"))
    answers, left = sum(q.answered for q in written), sum(q.to_mark for q in written)
    assert f"{answers} answers, {left} still to mark, mean {sum(marks) / len(marks):.1f} of 4" in told
    assert f"why_baseline: {left} of {answers}" in report.select_one("[data-kind=to_mark]").get_text()
    assert report.select_one("[data-kind=to_mark] h3 span").get_text() == str(left)
    assert not [table for table in report.select("table.exercises, .items") if "why_baseline" in table.get_text()]


def test_untouched_notebooks_are_counted_apart(course, results, report):
    before = [r for r in results if not r.untouched]
    assert len(before) < len(results)
    for all_of_them, without in zip(
        standing.standings(results, course), standing.standings(before, course), strict=True
    ):
        assert all_of_them.exercises == without.exercises and all_of_them.mean == without.mean
        assert all_of_them.bins == without.bins and all_of_them.untouched == 1 and without.untouched == 0
    for section in report.select("section.notebook"):
        assert "1 untouched" in section.get_text()


def test_a_class_of_untouched_notebooks_has_a_report(course, results, tmp_path):
    made = [invented_class.untouched(r) for r in results if r.exercises]
    pages.write_class_report(tmp_path / "report.html", made, course)
    assert not soup(tmp_path / "report.html").select("[data-bin], table.exercises")
    pages.write_class_report(tmp_path / "empty.html", [], course)
    assert "0 submissions" in soup(tmp_path / "empty.html").get_text()
    printed(terminal.summary([]))


def test_notebooks_are_in_the_courses_order(course, results, report):
    names = [section["data-notebook"] for section in report.select("section.notebook")]
    assert names == [name for name in course.assignments if name in names] and len(names) == 3
    titles = [heading.get_text() for heading in report.select("section.notebook h2")]
    assert titles == [course.assignments[name].title for name in names]
    backwards = standing.standings(reversed(results), course)
    assert [notebook.name for notebook in backwards] == names


def test_namesakes_and_people_from_two_systems_are_said():
    def result(student, name, system, notebook=FIRST):
        return Result(student, notebook, "graded", 1, 1, 1, sender=Sender(name, system), folder=student)

    made = [
        result("Kim (1)", "Kim", "Moodle"),
        result("Kim (2)", "KIM ", "Moodle", SECOND),
        result("Ada", "Ada", "Moodle"),
        result("Ada", "Ada", "Canvas", SECOND),
        result("Cy", "Cy Ng", "Moodle"),
        result("Cy", "Ng, Cy", "Moodle", SECOND),
        dataclasses.replace(result("nb", "nb", ""), notes=(UNKNOWN_SENDER,)),
        result("Ben", "Ben", "Moodle"),
        result("Ben", "Ben", "Moodle", SECOND),
    ]
    (need,) = standing.needs(made)
    assert [(c.result.student, c.text) for c in need.concerns] == [
        ("Kim (1)", "kept apart from Kim (2)"),
        ("Kim (2)", "kept apart from Kim (1)"),
        ("Ada", "put together from Moodle; Canvas"),
        ("Cy", "put together from Cy Ng; Ng, Cy"),
        ("nb", UNKNOWN_SENDER),
    ]


def test_who_is_missing_is_told_and_counts_nowhere(course, results, tmp_path):
    absent = [
        Result(f"P{n:03}", name, "missing", max_score=26, sender=Sender(f"P{n:03}", "Moodle", str(n)))
        for n in range(20)
        for name in (FIRST, SECOND)
    ]
    noted = [dataclasses.replace(results[2], notes=(NOT_LISTED, f"{DOUBT}Ada (1); Ada (2)"))]
    everybody = [*results[:2], *noted, *results[3:], *absent]
    for some, everything in zip(
        standing.standings(results, course), standing.standings(everybody, course), strict=True
    ):
        assert (some.mean, some.bins, some.exercises) == (everything.mean, everything.bins, everything.exercises)
        assert (some.items, some.failed, some.late) == (everything.items, everything.failed, everything.late)
        assert everything.missing == (0 if everything.name == THIRD else 20)
    needs = {need.kind: need for need in standing.needs(everybody, course)}
    assert [c.text for c in needs["missing"].concerns] == [f"{FIRST}, {SECOND}"] * 20
    assert [c.text for c in needs["unlisted"].concerns] == [f"{DOUBT}Ada (1); Ada (2)"]
    assert list(needs).index("missing") == list(needs).index("late") + 1
    assert needs["identity"] == {n.kind: n for n in standing.needs(results, course)}["identity"]
    said = printed(terminal.summary(everybody))
    assert "P007" in said and "P008" not in said and "and 12 more" in said
    (line,) = (line.split() for line in said.splitlines() if line.startswith(SECOND))
    assert (
        int(line[1]) == len([r for r in results if (r.notebook, r.status) == (SECOND, "graded")]) and line[-1] == "20"
    )
    pages.write_class_report(tmp_path / "report.html", everybody, course)
    page = soup(tmp_path / "report.html")
    assert f"{len(results)} submissions" in page.get_text() and "40 are missing" in page.get_text()
    assert len(page.select("table.submissions tr")) == len(everybody) + 1


def test_sections_have_their_means(course, results, tmp_path):
    mine = [dataclasses.replace(r, section=f"Room <{n % 2}>") for n, r in enumerate(results)]
    pages.write_class_report(tmp_path / "report.html", mine, course)
    told = [line.get_text() for line in soup(tmp_path / "report.html").select(".sections")]
    assert len(told) == 3 and all(
        re.fullmatch(r"Mean by section: Room <0> \d+ % \(\d+\); Room <1> \d+ % \(\d+\)\.", t) for t in told
    )
    (first, *_) = standing.standings(mine, course)
    assert sum(count * mean for _, count, mean in first.sections) == pytest.approx(first.mean * len(first.counted))
    assert not standing.standings([dataclasses.replace(r, section="A") for r in results], course)[0].sections


# --- Foreign text -----------------------------------------------------------------------------------------------------


def test_nothing_foreign_acts_in_a_page(results, out):
    for path in (out / "report.html", *out.glob("feedback/*/*.html")):
        text = path.read_text(encoding="utf-8")
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x1b]", text)
        parsed = soup(path)
        assert {tag.name for tag in parsed.find_all()} <= set(TAGS.split())
        assert not [tag for tag in parsed.find_all() if any(name.startswith("on") for name in tag.attrs)]
        assert all(re.match(r"data:image/png;base64,[\w+/=]+$", image["src"]) for image in parsed.find_all("img"))
        assert all(link["href"].startswith("feedback/") for link in parsed.find_all("a"))


def test_nothing_foreign_acts_in_the_terminal(results, tmp_path):
    for width in (40, 80, 130):
        shown = printed(terminal.summary(results, everything=True), width) + printed(
            terminal.exercises(next(r for r in results if r.student == MARKUP)), width
        )
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown)
        assert max(map(cell_len, shown.splitlines())) <= width
    assert "[red]x[/red]" in printed(terminal.summary(results), 200)


def test_links_lead_to_the_pages(out, report):
    links = report.select("table.submissions a")
    targets = [out / unquote(link["href"]) for link in links]
    assert len(targets) == 46 and all(target.is_file() for target in targets)
    assert any("bobby%20100%25%20%231%3F" in link["href"] for link in links)


def test_spreadsheets_run_nothing(tmp_path, results):
    tables.write_csv(tmp_path / "grades.csv", results)
    rows = list(csv.DictReader((tmp_path / "grades.csv").open(encoding="utf-8", newline="")))
    assert list(rows[0])[:6] == ["student", "notebook", "status", "score", "max_score", "final_score"]
    assert "'=1+1" in [row["id"] for row in rows]
    assert csv_text([["=x", " =x", "@x", "\t=x", -1, "a=b"]]).strip() == "'=x,' =x,'@x,'\t=x,-1,a=b"


def test_half_a_surrogate_pair_and_everything_else_comes_back(tmp_path, course, results):
    odd = dataclasses.replace(results[0], student="half \ud83d pair", notes=("a\x00b\u2028c",))
    tables.write_results(tmp_path, [odd, *results], [Sender("a file")], {})
    entries = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["submissions"]
    assert [Result.from_json(entry) for entry in entries] == [odd, *results]
    pages.write_class_report(tmp_path / "report.html", [odd], course)
    page(tmp_path, odd, course)
    tables.write_csv(tmp_path / "grades.csv", [odd])
    assert "half  pair" not in printed(terminal.summary([odd])) and "half pair" in soup(tmp_path / "report.html").text


def test_names_are_cut_in_their_middle():
    long = "Ada " * 2000 + "(4711)"
    assert len(words.name(long)) == 60 and words.name(long).endswith("(4711)")
    assert words.name("\x00 ") == "(no name)" and words.name("فاطمة 👩‍🔬") == "فاطمة 👩‍🔬"
    assert len(words.shown("a" + "\u0301" * 500)) == 5


def test_a_file_is_whole_or_as_it_was(tmp_path):
    path = tmp_path / "new" / "file.txt"
    write_atomically(path, "one\n")
    write_atomically(path, "two\n")
    assert path.read_bytes() == b"two\n" and list(path.parent.iterdir()) == [path]
    with pytest.raises(OSError):
        write_atomically(path / "below", "three")


# --- The learner's page -----------------------------------------------------------------------------------------------


def test_a_learners_page_has_title_name_and_version(course, results, out):
    parsed = soup(out / results[5].page)
    assert parsed.h1.get_text() == course.assignments[results[5].notebook].title
    assert parsed.select_one(".who bdi").get_text() == results[5].student
    assert re.search(r"Graded by rl-workshop \d", parsed.footer.get_text())


def test_a_learners_page_shows_no_tests_and_nobody_elses_answer(course, out):
    for path in out.glob("feedback/*/*.html"):
        text = path.read_text(encoding="utf-8")
        assert "HIDDEN" not in text and "checks." not in text and "SOLUTION" not in text


def test_a_message_of_two_lines_has_two(out, report):
    assert TWO_LINES in report.select_one("li.message").get_text()
    for path in (out / "report.html", next(out.glob("feedback/*/*.html"))):
        assert re.search(r"\.message \{[^}]*white-space: pre-line", path.read_text(encoding="utf-8"))


def test_titles_are_first_headings(course):
    assert course.assignments[FIRST].title == "1. Agents and environments"
    cell = type(course.assignments[FIRST].source.cells[0])

    def title(*texts):
        source = cell(cells=[cell(cell_type="markdown", source=text, metadata={}) for text in texts])
        return Assignment("07_name", source).title

    assert title("[badge](x)", "text\n\n# A *new* `start` #\n\n# Second") == "A new start"
    assert title("## deeper", "#hash") == "07_name"


# --- Colours ----------------------------------------------------------------------------------------------------------


def luminance(colour):
    colour = colour.lstrip("#")
    colour = "".join(2 * c for c in colour) if len(colour) == 3 else colour
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_either_scheme(out, scheme):
    css = (out / "report.html").read_text(encoding="utf-8")
    light, dark = (dict(re.findall(r"--(\w+): (#\w+)", block)) for block in re.findall(r":root \{([^}]*)\}", css))
    assert light.keys() == dark.keys()
    colours = light if scheme == "light" else dark
    for text in ("ink", "soft", "good", "bad", "link"):
        for background in ("paper", "wash"):
            assert contrast(colours[text], colours[background]) >= 4.5, (text, background)
    assert contrast(colours["bar"], colours["paper"]) >= 3 and contrast(colours["bar"], colours["line"]) >= 3
    code = HtmlFormatter(style=pages._CODE_STYLES[scheme]).get_style_defs(".code")
    for rule in re.findall(r"\.code \.(?!err|hll|w|g)\w+ \{ color: (#\w+)", code):
        assert contrast(rule, colours["wash"]) >= 4.5, rule


@pytest.mark.slow
def test_pages_fit_a_phone_follow_the_scheme_and_print_whole(out, results, browser):
    hand = next(r for r in results if r.hand is not None)
    for path in (out / "report.html", out / hand.page):
        phone = browser.new_page(viewport={"width": 375, "height": 800}, color_scheme="dark")
        phone.goto(path.as_uri())
        assert phone.evaluate("document.documentElement.scrollWidth") == 375
        assert phone.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(27, 29, 33)"
        phone.emulate_media(media="print")
        assert phone.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        folded = "[...document.querySelectorAll('details:not([open]) > :last-child')]"
        assert phone.evaluate(f"{folded}.length > 0 && {folded}.every(part => part.checkVisibility())")
        phone.close()


# --- Other things the terminal says -----------------------------------------------------------------------------------


def test_regrading_says_whose_scores_changed(results):
    assert terminal.changes(results, results) is None and terminal.changes([], results) is None
    old = [r if r != results[1] else dataclasses.replace(r, penalty=0, final_score=20, late_seconds=0) for r in results]
    place = next(n for n, r in enumerate(results) if r.hand is not None)
    first, *rest = results[place].exercises
    old[place] = dataclasses.replace(
        old[place], exercises=(dataclasses.replace(first, hand=None), *rest), final_score=old[place].score, hand=None
    )
    old[10] = dataclasses.replace(results[11], student=results[10].student, notebook=results[10].notebook)
    shown = printed(terminal.changes(old, results))
    assert "(3)" in shown and shown.count("→") == 1
    assert re.search(r"Ada Lovelace +02_random_policy_search +20/20 +10/20 +20 of 20 by the tests, late", shown)
    assert re.search(rf"Ben Li .* 23/26 +24.5/26 +{first.name} 0 → 1.5", shown)
    assert re.search(r"Dmitri Ivanov .* failed ", shown) and "Chloé" not in shown


def test_which_file_goes_where(out, results, course, tmp_path):
    for name in (f"moodle-{FIRST}.csv", "canvas.csv", "report.html"):
        (tmp_path / name).touch()
    (tmp_path / "feedback").mkdir()
    text = printed(terminal.files(tmp_path, results, course), 200)
    assert re.search(rf"moodle-{FIRST}.csv +→ Moodle: .*Upload grading worksheet", text)
    assert re.search(r"canvas.csv +→ Canvas", text) and re.search("feedback/ +→ hand back", text)
    assert "grades.csv" not in text
    assert text.index("report.html") < text.index("canvas.csv")
    (tmp_path / f"moodle-{SECOND}.csv").touch()
    assert "2 files, one for each assignment" in printed(terminal.files(tmp_path, results, course), 200)


def test_check_says_where_to_start_and_what_comes_next(results):
    untouched = next(r for r in results if r.untouched)
    said = printed(terminal.exercises(untouched, "1. Agents"))
    assert f"Start with {untouched.exercises[0].name}" in said and "✗" not in said and "1. Agents" in said
    hand = next(r for r in results if r.hand is not None)
    said = printed(terminal.exercises(hand))
    assert "24.5 of 26 points" in said and "✓" in said and "✗" in said and f"Next: {hand.exercises[0].name}" in said
    assert TWO_LINES.split("\n")[1] in said
    assert "All solved." in printed(terminal.exercises(invented_class.full(results[5])))
    assert "not graded. Dmitri" in printed(terminal.exercises(next(r for r in results if r.status == "failed")))


def test_the_documentation_has_every_key():
    text = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    for heading, record in (("A submission", Result), ("An exercise", ExerciseResult), ("A sender", Sender)):
        keys = re.findall(r"^\| `(\w+)` \|", text.split(f"## {heading}\n")[1].split("\n## ")[0], re.M)
        assert keys == [field.name for field in dataclasses.fields(record)]


def test_versions_say_which_course_and_grader(course, small_change):
    made = versions(course)
    assert set(made) == {"course", "grader"} and made["grader"]["version"] and made["grader"]["packages"]["jax"]
    changed = versions(small_change)["course"]["notebooks"]
    assert [n for n, digest in made["course"]["notebooks"].items() if changed[n] != digest] == [FIRST]


@pytest.fixture
def small_change(course):
    """The course with one more space in one cell of one notebook."""
    source = copy.deepcopy(course.assignments[FIRST].source)
    source.cells[-1].source += " "
    return dataclasses.replace(course, assignments=course.assignments | {FIRST: Assignment(FIRST, source)})


@pytest.mark.parametrize(
    "seconds, said",
    [(5, "5 s"), (60, "1 min"), (5400, "1.5 h"), (36_000, "10 h"), (172_800, "2 days"), (107_000_000, "1238 days")],
)
def test_time_spans_are_said_in_words(seconds, said):
    assert duration(seconds) == said

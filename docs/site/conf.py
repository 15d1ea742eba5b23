"""How Sphinx makes the book out of what `make.py` has put together: see there, and `make site`.

Sphinx with myst-nb, because both build without a network: Jupyter Book 2 (mystmd) fetches its theme while it builds.
The theme is pydata-sphinx-theme, which NumPy, pandas and Jupyter keep up; sphinx-book-theme is a layer on an older
release of it. Formulas become MathML, which browsers draw themselves: MathJax would have to come from elsewhere.
"""

import re
import tomllib
from pathlib import Path

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.util import logging

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project, release = PROJECT["name"], PROJECT["version"]
copyright = "the authors of rl-workshop, Apache-2.0"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["include"]
nitpicky = False  # types of other packages have no page here

# --- Pages ------------------------------------------------------------------------------------------------------------

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
suppress_warnings = ["myst.header"]  # a part of the README begins where its heading stood
nb_execution_mode = "off"  # make.py has run what is to be run
nb_merge_streams = True
nb_render_image_options = {"alt": "the picture that this cell draws"}

html_theme = "pydata_sphinx_theme"
html_title = "Reinforcement learning, from playing by hand to planning"
html_baseurl = PROJECT["urls"]["Documentation"]
html_static_path = [str(Path(__file__).parent / "static")]
html_favicon = str(Path(__file__).parent / "static" / "icon.svg")
html_css_files = ["site.css"]
html_copy_source = False
html_theme_options = {
    "github_url": PROJECT["urls"]["Repository"],
    "logo": {"text": "rl-workshop", "image_light": "_static/icon.svg", "image_dark": "_static/icon.svg"},
    "header_links_before_dropdown": 7,
    "navbar_persistent": ["search-button"],
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_context = {"default_mode": "auto"}
html_sidebars = {"index": [], "docs/debugging": [], "CHANGELOG": []}

# --- Reference --------------------------------------------------------------------------------------------------------

default_role = "literal"  # single backticks, as docstrings have them
highlight_language = "default"
napoleon_custom_sections = [("Attributes", "params_style")]
napoleon_use_param = napoleon_use_rtype = False  # one line may describe several: "obs, next_obs: float32 [B]."
autodoc_inherit_docstrings = False  # gymnasium's are written in another way
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints_format = "short"
python_maximum_signature_line_length = 88


def as_rest(app, what, name, obj, options, lines):
    """Our docstrings are written as Markdown is: an indented paragraph after plain text is code."""
    made, before = [], ""  # the last line that is not blank
    for line in lines:
        if line.startswith("    ") and made and not made[-1] and before and not before.startswith(" "):
            made += ["::", ""]
        made.append(line)
        before = line or before
    lines[:] = made


def is_no_field(app, what, name, obj, skip, options):
    """Fields of a NamedTuple are described with the class; what Python says of them is "Alias for field number 0"."""
    return True if type(obj).__name__ == "_tuplegetter" else skip


# --- Formulas ---------------------------------------------------------------------------------------------------------


def mathml(translator, node: nodes.math | nodes.math_block):
    block = isinstance(node, nodes.math_block)
    tex = re.sub(r"\\text\{.*?\}", lambda text: text[0].replace(r"\_", "_"), node.astext())
    made = convert(tex.replace(r"\arg", r"\operatorname{arg}"), display="block" if block else "inline")
    made = made.replace("<mi>&#x0007E;</mi>", "<mo>&#x0223C;</mo>")  # \sim is a relation, with space around it
    if unknown := re.search(r"\\\w+", made):
        logging.getLogger(__name__).warning("latex2mathml does not know %s", unknown[0], location=node)
    translator.body.append(f'<div class="formula">{made}</div>' if block else made)
    raise nodes.SkipNode


html_math_renderer = "mathml"


def setup(app):
    app.add_html_math_renderer("mathml", (mathml, None), (mathml, None))
    app.connect("autodoc-process-docstring", as_rest, priority=400)  # before napoleon
    app.connect("autodoc-skip-member", is_no_field)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""LaTeX that compiles, whatever stands in names and configs."""

import re
import subprocess

import pytest

from cnnlab.report.document import Column, make_table
from cnnlab.report.render.escape import LATEX_ACCENTS, LATEX_LETTERS, latex
from cnnlab.report.render.latex import latex_table
from cnnlab.report.write import write_latex_report
from tests.report.conftest import HOSTILE
from tests.report.shown import report_of

pytestmark = [pytest.mark.heavy, pytest.mark.xdist_group("report latex")]


def compiled(pdflatex, path):
    """Compile a file where it lies, and return what pdfLaTeX logged."""
    command = [pdflatex, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", path.name]
    done = subprocess.run(
        command, cwd=path.parent, capture_output=True, text=True, errors="replace", timeout=120
    )
    assert done.returncode == 0, done.stdout[-2000:]
    return path.with_suffix(".log").read_text(errors="replace")


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a_b & 5 % of $1 #2", r"a\_b \& 5 \% of \$1 \#2"),
        ("\\input{x}~^", r"\textbackslash{}input\{x\}\textasciitilde{}\textasciicircum{}"),
        ("--jobs", "-{}-jobs"),
        (
            "-1.6 (-5.0 to 1.7), 0-2, 1e-05, 20261121-120000",
            "$-$1.6 ($-$5.0 to 1.7), 0-2, 1e-05, 20261121-120000",
        ),
        ("é ñ Č ß", r"\'{e} \~{n} \v{C} \ss{}"),
        ("漢\x07\u202e", "{[}U+6F22{]}{[}U+0007{]}{[}U+202E{]}"),
        ("[*]", "{[}{*}{]}"),
        ("a\nb\tc", "a b c"),
    ],
)
def test_what_is_special_is_escaped(text, escaped):
    assert latex(text) == escaped


@pytest.fixture(scope="module")
def report(runs, tmp_path_factory):
    """The folder of a LaTeX report of two runs side by side, one of them hostile."""
    directory = tmp_path_factory.mktemp("latex")
    write_latex_report(report_of(*runs, side_by_side=True, notes=[HOSTILE]), directory)
    return directory


def test_tables_compile_as_they_stand_and_the_report_with_them(pdflatex, report):
    tables = sorted((report / "tables").glob("*.tex"))
    assert len(tables) == 8
    compiled(pdflatex, report / "report.tex")  # a first time: with references to come
    log = compiled(pdflatex, report / "report.tex")
    assert not re.search(r"Reference .* undefined|multiply|Missing character", log)
    for path in tables:
        compiled(pdflatex, path)


def test_every_sign_that_is_kept_has_a_glyph(pdflatex, tmp_path):
    import unicodedata

    accented = [
        unicodedata.normalize("NFC", letter + accent)
        for accent in LATEX_ACCENTS
        for letter in "aeiouncszgyAEIOUNCSZ"
    ]
    text = "".join(map(chr, range(32, 127))) + "".join(LATEX_LETTERS) + "".join(accented)
    rows = [[text[start : start + 20]] for start in range(0, len(text), 20)]
    table = make_table("glyphs", text, [Column("a b", "left")], rows, note=text)
    (tmp_path / "glyphs.tex").write_text(latex_table(table, "glyphs"))
    assert "Missing character" not in compiled(pdflatex, tmp_path / "glyphs.tex")


def test_without_latex_the_files_hold_together(report):
    text = (report / "report.tex").read_text()
    named = re.findall(r"\\(?:input|includegraphics)(?:\[[^]]*\])?\{((?:tables|figures)/[^}]*)\}", text)
    assert len(named) > 12 and all((report / name).is_file() for name in named)
    for path in [report / "report.tex", *(report / "tables").glob("*.tex")]:
        text = path.read_text()
        assert text.isascii()
        unescaped = re.sub(r"\\[\\{}$&#%_^~]", "", text)
        assert unescaped.count("{") == unescaped.count("}"), path.name
        begun, ended = (sorted(re.findall(rf"\\{word}\{{(\w+)\}}", text)) for word in ("begin", "end"))
        assert begun == ended, path.name


def test_the_honest_sentences_are_there(report):
    text = " ".join((report / "report.tex").read_text().split())
    for words in (
        "sample standard deviation (sd, with $n-1$)",
        "the test set chose nothing",
        "100, 101, 102 (repeats 0-2)",
        "the last one of each repeat; no split chose it.",
        "MNIST; 128 training, 6,000 validation, 10,000 test images",
    ):
        assert words in text

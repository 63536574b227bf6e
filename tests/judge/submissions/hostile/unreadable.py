"""Files that Python does not read, or reads in spite of how they look."""

from ..contract import CHECKS
from .submission import CANNOT_BE_JUDGED, PASSES, REFERENCE, Hostile, at_import, changed

FLAT = "    return h.reshape(-1)\n"
COMMENT = "# Forward pass of a convolutional network with NumPy, one image at a time\n"
UMLAUTS = changed((COMMENT, COMMENT + "TITLE = 'Vorwärts, Bild für Bild: naïve Lösung von Åsa'\n"))
COMMENT_LINE = "# " + "nothing to see here, move along. " * 3 + "\n"


def line_of(content: str, text: str) -> int:
    """The number of the line that begins with the text."""
    return content[: content.index(text)].count("\n") + 1


def syntax_error(name: str, description: str, content: str | bytes, line: int | None) -> Hostile:
    """A file that Python refuses to read."""
    return Hostile(name, description, content, CANNOT_BE_JUDGED, (("file", "syntax_error"),), line=line)


def reads(name: str, description: str, content: str | bytes) -> Hostile:
    """A file that looks odd and passes."""
    return Hostile(name, description, content, PASSES, passing=CHECKS)


MISSING_COLON = changed(("def flatten_layer(h):", "def flatten_layer(h)"))
TABS = changed((FLAT, "    v = h\n\treturn v.reshape(-1)\n"))
UNEVEN = changed((FLAT, "    v = h\n      return v.reshape(-1)\n"))
PYTHON_TWO = changed(
    ("        print('Number of weights: %d' % self.N)\n", "        print 'Number of weights:', self.N\n")
)
CONFLICT = changed((FLAT, "<<<<<<< HEAD\n" + FLAT + "=======\n    return h.flatten()\n>>>>>>> partner\n"))
RETURN_OUTSIDE = changed(("class CNN:", "return 0\n\n\nclass CNN:"))

SUBMISSIONS = [
    syntax_error(
        "syntax_error", "a colon is missing", MISSING_COLON, line_of(MISSING_COLON, "def flatten_layer(h)")
    ),
    syntax_error(
        "tabs_and_spaces", "a line begins with a tab, the others with blanks", TABS, line_of(TABS, "\treturn")
    ),
    syntax_error("uneven_indentation", "two blanks too many", UNEVEN, line_of(UNEVEN, "      return v")),
    syntax_error(
        "python_two",
        "print without brackets",
        PYTHON_TWO,
        line_of(PYTHON_TWO, "        print 'Number of weights:'"),
    ),
    syntax_error(
        "merge_conflict", "the marks of a merge are still there", CONFLICT, line_of(CONFLICT, "<<<<<<<")
    ),
    syntax_error(
        "return_outside", "return outside a function", RETURN_OUTSIDE, line_of(RETURN_OUTSIDE, "return 0")
    ),
    syntax_error(
        "unfinished_bracket",
        "the file ends inside a bracket",
        REFERENCE + "print(len([1, 2]\n",
        REFERENCE.count("\n") + 1,
    ),
    syntax_error("null_bytes", "bytes of value zero", b"import numpy as np\n\x00\x00\x00\n", None),
    syntax_error(
        "utf_16", "two bytes for each character, as some editors save", REFERENCE.encode("utf-16"), None
    ),
    syntax_error(
        "latin_1", "umlauts in one byte each, and nothing that says so", UMLAUTS.encode("latin-1"), None
    ),
    syntax_error("a_picture", "a PNG's first bytes", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", None),
    syntax_error(
        "a_notebook",
        "a notebook saved under the wrong name",
        '{"cells": [{"cell_type": "code", "source": ["import numpy as np\\n"], "outputs": [], "x": null}]',
        None,
    ),
    reads(
        "latin_1_declared",
        "umlauts in one byte each, with the line that says so",
        b"# -*- coding: latin-1 -*-\n" + UMLAUTS.encode("latin-1"),
    ),
    reads("byte_order_mark", "UTF-8 with a mark in front", b"\xef\xbb\xbf" + UMLAUTS.encode("utf-8")),
    reads(
        "windows_line_ends", "carriage return and line feed", REFERENCE.replace("\n", "\r\n").encode("utf-8")
    ),
    reads("only_tabs", "indented with tabs throughout", REFERENCE.replace("    ", "\t")),
    reads(
        "other_alphabets",
        "names and prints in other alphabets",
        at_import("größe = 'чӑваш 中文 🙂'", "print(größe)"),
    ),
    reads(
        "five_megabytes",
        "five megabytes of comments",
        COMMENT_LINE * (5 * 2**20 // len(COMMENT_LINE)) + REFERENCE,
    ),
    Hostile("empty", "an empty file", b"", CANNOT_BE_JUDGED, (("file", "nothing_to_judge"),)),
    Hostile(
        "comments_only",
        "nothing but comments",
        "# TODO\n\n# lab 2\n",
        CANNOT_BE_JUDGED,
        (("file", "nothing_to_judge"),),
    ),
    Hostile(
        "another_program",
        "a program that has nothing of the interface",
        "import numpy as np\n\n\ndef train(x):\n    return np.sum(x)\n",
        CANNOT_BE_JUDGED,
        (("file", "nothing_to_judge"),),
    ),
    Hostile("a_folder", "a folder called cnn.py", None, CANNOT_BE_JUDGED, (("file", "file_unreadable"),)),
]

"""Jinja2 environments, one per format, each of which escapes by itself whatever comes from a file.

HTML uses Jinja2's own autoescaping. LaTeX and Markdown escape in `finalize`, which every printed expression
passes; text that is markup already is marked with `Raw`.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from cnnlab.report.document import Where

if TYPE_CHECKING:
    from jinja2 import Environment

MARKDOWN_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~$])")
LATEX_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
    "[": "{[}",  # after a line break, or within \\item[...], a bracket would be an argument's
    "]": "{]}",
    "*": "{*}",
}
LATEX_LETTERS = {
    "±": r"$\pm$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "→": r"$\rightarrow$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "−": "$-$",
    "°": r"$^\circ$",
    "µ": r"$\mu$",
    "²": r"$^2$",
    "³": r"$^3$",
    "…": r"\ldots{}",
    "–": "--",
    "—": "---",
    "‘": "`",
    "’": "'",
    "“": "``",
    "”": "''",
    "„": ",,",
    "\u00a0": "~",
    "ß": r"\ss{}",
    "æ": r"\ae{}",
    "Æ": r"\AE{}",
    "ø": r"\o{}",
    "Ø": r"\O{}",
    "å": r"\aa{}",
    "Å": r"\AA{}",
    "œ": r"\oe{}",
    "Œ": r"\OE{}",
    "ł": r"\l{}",
    "Ł": r"\L{}",
    "§": r"\S{}",
    "ı": r"\i{}",
    "α": r"$\alpha$",
    "β": r"$\beta$",
    "γ": r"$\gamma$",
    "δ": r"$\delta$",
    "ε": r"$\epsilon$",
    "λ": r"$\lambda$",
    "μ": r"$\mu$",
    "σ": r"$\sigma$",
    "τ": r"$\tau$",
    "Δ": r"$\Delta$",
    "Σ": r"$\Sigma$",
}
LATEX_ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0327": "c",
}


class Raw(str):
    """Text that is markup of the format already and is not escaped."""

    __slots__ = ()


def latex(text: object) -> str:
    """Return text so that pdfLaTeX sets it as it is, without packages; what it has no sign for becomes U+XXXX."""
    if isinstance(text, Raw):
        return text
    signs = "".join(map(_latex_character, str(text)))
    signs = re.sub(r"(?<![\w$}])-(?=\d)", "$-$", signs)  # a minus, and no hyphen
    return re.sub(r"-(?=-)", "-{}", signs)  # no ligatures


def breakable(text: str, longest: int = 30) -> Raw:
    """Return LaTeX of a text whose long words may be broken anywhere: paths, hashes, names of folders."""
    parts = []
    for word in text.split(" "):
        chunks = (
            [word[start : start + 12] for start in range(0, len(word), 12)] if len(word) > longest else [word]
        )
        parts.append(r"\allowbreak{}".join(map(latex, chunks)))
    return Raw(" ".join(parts))


def markdown(text: object) -> str:
    """Return text so that Markdown shows it as it is, in a table too."""
    if isinstance(text, Raw):
        return text
    return MARKDOWN_SPECIAL.sub(r"\\\1", " ".join(str(text).split()).replace("&", "&amp;"))


def config_text(config: Mapping[str, Any]) -> str:
    """Return a config as YAML."""
    import yaml

    return yaml.safe_dump(dict(config), sort_keys=False, allow_unicode=True, width=90)


@cache
def html_environment() -> "Environment":
    """Templates of web pages, every expression escaped."""
    return _environment(autoescape=True, finalize=_printable)


@cache
def latex_environment() -> "Environment":
    """Templates of LaTeX, with << >> and <% %> in place of braces."""
    return _environment(
        finalize=latex,
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
    )


@cache
def markdown_environment() -> "Environment":
    """Templates of Markdown."""
    return _environment(finalize=markdown)


def _environment(**options: Any) -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("cnnlab.report.render"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        **options,
    )
    environment.globals |= {"page": Where.PAGE, "config_text": config_text}
    return environment


def _printable(value: Any) -> Any:
    """A text of a plain type without control characters; markup and numbers as they are."""
    if type(value) is not str:
        return value
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in value)


def _latex_character(character: str) -> str:
    import unicodedata

    if character in LATEX_SPECIAL:
        return LATEX_SPECIAL[character]
    if character in LATEX_LETTERS:
        return LATEX_LETTERS[character]
    if character.isspace():
        return " "
    if " " <= character <= "~":
        return character
    parts = unicodedata.normalize("NFD", character)
    if len(parts) == 2 and parts[0].isascii() and parts[0].isalpha() and parts[1] in LATEX_ACCENTS:
        base = {"i": r"\i", "j": r"\j"}.get(parts[0], parts[0])
        return f"\\{LATEX_ACCENTS[parts[1]]}{{{base}}}"
    return f"{{[}}U+{ord(character):04X}{{]}}"

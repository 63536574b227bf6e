"""The verdict as one HTML page without anything from elsewhere, to send back to a student."""

from html import escape
from pathlib import Path

from cnnlab.files import write_text
from cnnlab.judge.results import FAILED, GRADES, FileResult, Finding, Judgement
from cnnlab.judge.terminal import printable, speed_line, verdict, word

STYLE = """
:root { color-scheme: light dark; --ink: #1c1e21; --paper: #fdfdfb; --line: #d5d5cf; --good: #1c7435;
  --bad: #b3261e; --soft: #8a5a00; --faint: #6b6b66; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6e1; --paper: #17181a; --line: #3b3c3f;
  --good: #6fce8b; --bad: #ff8a80; --soft: #e6b455; --faint: #9a9a94; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 46rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; } h3 { font-size: 1rem; margin: 1.2rem 0 0; }
table { border-collapse: collapse; } th, td { text-align: left; padding: .2rem .9rem .2rem 0;
  border-bottom: 1px solid var(--line); }
.scroll { overflow-x: auto; } p { margin: .2rem 0 .8rem; } code { font-size: .95em; }
.passed { color: var(--good); } .failed { color: var(--bad); font-weight: 600; }
.follows { color: var(--soft); } .not-judged, .note { color: var(--faint); }
"""
NOTE = (
    "Required is what the lab's own run needs. Robust is what a careful program does as well. Beyond is for "
    "information and costs nothing. A check that follows goes wrong only because of the functions named beside it."
)


def write_page(path: Path, judgement: Judgement) -> None:
    """Write the page; raises RunError when the disk refuses."""
    sections = "\n".join(_section(result, strict=judgement.strict) for result in judgement.files)
    title = (
        "Does this cnn.py agree with Keras?"
        if len(judgement.files) == 1
        else "Do these files agree with Keras?"
    )
    write_text(
        path,
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        f'<p class="note">Compared with {escape(judgement.against)}. {NOTE}</p>\n{sections}\n</body>\n</html>\n',
    )


def _section(result: FileResult, *, strict: bool) -> str:
    status = _class(result.status(strict=strict))
    parts = [
        f"<section>\n<h2><code>{_text(str(result.file))}</code></h2>",
        f'<p class="{status}">{_text(verdict(result, strict=strict)).capitalize()}.</p>',
    ]
    if result.judged:
        parts.append(_table(result))
    parts += map(_paragraph, result.findings)
    if (line := speed_line(result)) is not None:
        parts.append(f'<p class="note">{_text(line)}</p>')
    return "\n".join([*parts, "</section>"])


def _table(result: FileResult) -> str:
    head = "".join(f"<th>{word}</th>" for word in ("check", *GRADES, "follows from"))
    rows = []
    for check in result.checks.values():
        cells = "".join(
            f'<td class="{_class(check.status(grade))}">{word(check.status(grade), grade)}</td>'
            for grade in GRADES
        )
        because = _text(", ".join(sorted(check.because)))
        rows.append(f"<tr><td><code>{check.name}</code></td>{cells}<td>{because}</td></tr>")
    body = "\n".join(rows)
    return f'<div class="scroll"><table>\n<tr>{head}</tr>\n{body}\n</table></div>'


def _paragraph(finding: Finding) -> str:
    line = f", line {finding.line}" if finding.line else ""
    mark = f' class="{FAILED}"' if finding.grade == "required" else ""
    return (
        f"<h3{mark}><code>{_text(finding.check)}</code>{line} ({finding.grade}): {_text(finding.mistake)}</h3>\n"
        f"<p>{_text(finding.message)}</p>"
    )


def _class(status: str) -> str:
    return status.replace(" ", "-")


def _text(text: str) -> str:
    return escape(printable(text))

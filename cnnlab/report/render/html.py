"""report.html: one file that needs nothing else, neither a network nor its folder.

A content security policy in the page lets no script and no style run but the page's own, by their hashes, and
loads nothing from anywhere: even markup that slipped through the escaping could do nothing.
"""

import base64
import hashlib
from importlib import resources

from cnnlab.report.document import Document, Figure
from cnnlab.report.render.escape import html_environment
from cnnlab.version import __version__

KNOWN_STATES = ("done", "failed", "running")


def to_html(document: Document) -> str:
    """Return the whole page, with its figures in it."""
    from markupsafe import Markup

    templates = resources.files("cnnlab.report.render") / "templates"
    style, script = ((templates / f"report.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    template = html_environment().get_template("report.html.j2")
    return template.render(
        document=document,
        version=__version__,
        known=KNOWN_STATES,
        style=Markup(style),
        script=Markup(script),
        style_hash=_hash(style),
        script_hash=_hash(script),
        data_uri=_data_uri,
    )


def _data_uri(figure: Figure) -> str:
    assert figure.png is not None  # it was drawn before
    return f"data:image/png;base64,{base64.b64encode(figure.png.read_bytes()).decode()}"


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"

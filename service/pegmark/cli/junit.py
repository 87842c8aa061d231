"""A document of JUnit XML, which every build server shows, from its suites."""

from __future__ import annotations

from xml.etree.ElementTree import Element, indent, tostring

COUNTS = ("tests", "failures", "errors")


def document(root: Element) -> str:
    """Return `root` as a document, with the sums of what its suites count; there is no time in it."""
    root.attrib |= {name: str(sum(int(suite.attrib[name]) for suite in root)) for name in COUNTS}
    indent(root)
    # Beyond ASCII are references to characters, which no encoding of the output can lose.
    written: bytes = tostring(root, encoding="us-ascii")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + written.decode()

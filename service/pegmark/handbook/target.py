"""Where a link of a rulebook leads: to a page of the web, or to a file beside the rules."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

_SCHEMES = ("http", "https", "mailto")


def target(href: str, base: str = "") -> str | None:
    """Return a link as it may be followed from a document, `base` leading to where files are named from.

    None where it would do something else than to show a page.

    >>> target("docs/methodology.md#class", "../../"), target("https://www.sec.gov/a b")
    ('../../docs/methodology.md#class', 'https://www.sec.gov/a%20b')
    >>> target("javascript:void(0)") is None
    True
    """
    try:
        scheme = urlsplit(href).scheme
    except ValueError:
        return None
    plain = quote(href, safe="/:?#@!$&*+,;=%~")
    if scheme:
        return plain if scheme in _SCHEMES else None
    return plain if href.startswith(("/", "#")) else f"{base}{plain}"

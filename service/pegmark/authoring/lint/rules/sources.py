"""Sources are there to be read: each is cited, and leads somewhere."""

from __future__ import annotations

from collections.abc import Iterator

from pegmark.authoring.lint.finding import Finding
from pegmark.authoring.lint.subject import Subject, entry, mappings
from pegmark.authoring.lint.walk import reasons
from pegmark.rulebook.source import Scalar, Sequence

_SECURE, _SCHEME = "https://", "://"


def missing(subject: Subject) -> Iterator[Finding]:
    """Find rules that cite nothing: only the last of `classify` may, and should not."""
    for _, reason in reasons(subject.program):
        if reason.id and not reason.cite:
            yield Finding(f"rule {reason.id} cites no source", reason.span, "add `cite: […]`")


def uncited(subject: Subject) -> Iterator[Finding]:
    """Find sources that nothing cites."""
    cited = {item.text for listed in _citations(subject) for item in listed}
    for key, _ in subject.defined("sources"):
        if key.text not in cited:
            yield Finding(f"source `{key.text}` is cited nowhere", key.span, "cite it, or delete it")


def unreachable(subject: Subject) -> Iterator[Finding]:
    """Find links that are neither https nor a file that is there."""
    for key, node in subject.defined("sources"):
        link = entry(node, "href")
        if not isinstance(link, Scalar) or link.text.startswith(_SECURE):
            continue
        if _SCHEME in link.text:
            yield Finding(
                f"the link of `{key.text}` is not https", link.span, "link to `https://…`, or to a file"
            )
        elif not subject.links_to(link.text.partition("#")[0]):
            yield Finding(
                f"`{link.text}` is no file", link.span, "link to `https://…`, or to a file that is there"
            )


def twice(subject: Subject) -> Iterator[Finding]:
    """Find sources that one rule cites twice."""
    for listed in _citations(subject):
        for n, item in enumerate(listed):
            if any(item.text == before.text for before in listed[:n]):
                yield Finding(f"`{item.text}` is cited twice", item.span, "cite it once")


def _citations(subject: Subject) -> Iterator[list[Scalar]]:
    """Yield what each rule and definition cites."""
    for root in subject.trees.values():
        for tree in mappings(root):
            listed = entry(tree, "cite")
            if isinstance(listed, Sequence):
                yield [item for item in listed.items if isinstance(item, Scalar)]

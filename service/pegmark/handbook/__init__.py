"""A rulebook as a document for people who read no YAML: what it says, on what grounds, what shows it."""

from pegmark.handbook.book import handbook
from pegmark.handbook.html import as_html
from pegmark.handbook.markdown import as_markdown
from pegmark.handbook.page import Page

__all__ = ["Page", "as_html", "as_markdown", "handbook"]

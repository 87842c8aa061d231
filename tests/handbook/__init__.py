"""Tests of the documents that say a rulebook."""

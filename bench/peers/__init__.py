"""The same rules, written once in our language, run by us and by engines and servers of others."""

"""The language server: the protocol of editors around `pegmark.authoring.editor`."""

"""The rules of style: one module a subject; `registry` lists them."""

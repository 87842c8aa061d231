"""The ASGI app that a server imports: `uvicorn pegmark.asgi:app`."""

from __future__ import annotations

import gc
import os

from pegmark.api.app import build_app
from pegmark.api.entrance import Entrance
from pegmark.api.logs import access_log, configure_logs
from pegmark.bootstrap import build_desk, normal_of
from pegmark.settings import Settings, read_settings

__all__ = ["app", "build"]


def build(settings: Settings) -> Entrance:
    """Return the app that `settings` ask for, with everything it needs loaded."""
    configure_logs(settings.log_format, settings.log_level)
    return build_app(
        build_desk(settings),
        normal_of(settings)[1],
        settings.max_body_bytes,
        [access_log()],
        settings.max_batch_bytes,
    )


app = build(read_settings(os.environ))
# What is loaded stays loaded: the collector need not go through it again and again.
gc.collect()
gc.freeze()

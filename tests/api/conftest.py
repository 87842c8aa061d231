"""The application over what ships, asked without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from pegmark.api.app import build_app
from pegmark.api.entrance import Entrance, Exchange
from pegmark.bootstrap import build_desk, normal_of
from pegmark.settings import read_settings
from pegmark.usecases.desk import Desk

Ask = Callable[..., httpx.Response]


@pytest.fixture(scope="session")
def desk() -> Desk:
    return build_desk(read_settings({}))


@pytest.fixture(scope="session")
def exchanges() -> list[Exchange]:
    """Everything that the application was asked, in order."""
    return []


@pytest.fixture(scope="session")
def app(desk: Desk, exchanges: list[Exchange]) -> Entrance:
    settings = read_settings({})
    return build_app(desk, normal_of(settings)[1], settings.max_body_bytes, [exchanges.append])


@pytest.fixture(scope="session")
def ask(app: Entrance) -> Ask:
    """Send one request, as `ask("GET", "/v1/assets")`; keywords are httpx's."""
    return asking(app)


def asking(app: Entrance) -> Ask:
    async def sent(method: str, target: str, **given: Any) -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://localhost"
        ) as client:
            return await client.request(method, target, **given)

    def ask(method: str, target: str, **given: Any) -> httpx.Response:
        return asyncio.run(sent(method, target, **given))

    return ask

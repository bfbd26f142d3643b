"""Fetch one document over HTTP or HTTPS, within a time and a size that hold whatever the server does.

Read time-outs alone do not bound a call (a server may send one byte at a time for ever), so the whole exchange runs
under one deadline, headers included. What is decompressed counts against the size limit as it is decompressed.
Redirects are not followed: a source that moves is a change of configuration. Secrets come from OPS_* variables and
never leave in errors.
"""

import asyncio
import os
import ssl
import time
import zlib
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, Field, field_validator, model_validator

from ops_centre.config import ROOT
from ops_centre.errors import ConfigError, FeedUnavailable

USER_AGENT = "ops-centre"
_GZIP = 16 + zlib.MAX_WBITS
_BY_DATE = "last-modified "  # stands before the date where a source gives no ETag


class HttpSettings(BaseModel):
    """Settings of a source that is fetched. Mixed into a kind's settings."""

    url: str
    token_env: str | None = Field(None, pattern=r"^OPS_[A-Z0-9_]+$")
    token_header: str = Field("Authorization", pattern=r"^[A-Za-z0-9-]+$")
    ca_file: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None
    deadline_seconds: float = Field(10, gt=0, le=120)
    max_bytes: int = Field(16_000_000, ge=1000, le=200_000_000)

    @field_validator("url")
    @classmethod
    def _usable(cls, value: str) -> str:
        if value:
            check_url(value)
        return value

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if self.client_key and not self.client_cert:
            raise ValueError("client_key needs client_cert")
        if self.token_env and self.url.startswith("http://") and not _is_loopback(self.url):
            raise ValueError("token_env would send a secret unencrypted; use https")
        return self


def check_url(value: str) -> None:
    """Raise ValueError unless ``value`` is an http(s) address without a password in it."""
    try:
        parts = urlsplit(value)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError as garbled:
        raise ValueError(f"{value!r} is no address: {garbled}") from garbled
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_fine:
        raise ValueError(f"{value!r} must begin with http:// or https:// and name a host")
    if parts.username or parts.password:
        raise ValueError("secrets do not belong in an address; use token_env")


@dataclass(frozen=True, slots=True)
class Media:
    """What a source is asked for, and what it may say it sends. ``charset_inside``: the document itself says its charset."""

    word: str
    accept: str
    types: tuple[str, ...]
    suffix: str
    charset_inside: bool = False
    by_date: bool = False  # where there is no ETag, ask by the date of the last change


JSON = Media("JSON", "application/json", ("application/json", "text/json"), "+json")
XML = Media(
    "XML", "application/cap+xml, application/atom+xml, application/xml, text/xml",
    ("application/xml", "text/xml", "text/plain", "application/octet-stream"), "+xml", charset_inside=True, by_date=True,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """A document that came."""

    body: bytes
    etag: str | None


class HttpSource:
    """One address that is fetched again and again. Keeps no connection between fetches."""

    def __init__(self, settings: HttpSettings, media: Media = JSON) -> None:
        """Raises ConfigError when a certificate file cannot be used."""
        self.settings = settings
        self.media = media
        self._tls = _tls_context(settings) if settings.url.startswith("https://") else False

    def get(
        self,
        query: dict[str, str] | None = None,
        *,
        etag: str | None = None,
        ends_at: float | None = None,
        max_bytes: int | None = None,
    ) -> Answer | None:
        """The document, or None when it is still the one with ``etag``.

        ``ends_at`` (of time.monotonic) and ``max_bytes`` narrow the limits of the settings. Raises FeedUnavailable.
        """
        seconds = self.settings.deadline_seconds if ends_at is None else ends_at - time.monotonic()
        limit = self.settings.max_bytes if max_bytes is None else max_bytes
        try:
            return asyncio.run(self._get_within(seconds, query or {}, etag, limit))
        except TimeoutError as late:
            raise FeedUnavailable(f"{self._host} did not finish within {self.settings.deadline_seconds:g} s") from late
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as broken:
            raise FeedUnavailable(f"{self._host}: {_in_words(broken)}") from broken

    async def _get_within(self, seconds: float, query: dict[str, str], etag: str | None, limit: int) -> Answer | None:
        async with asyncio.timeout(max(seconds, 0.01)):
            return await self._get(query, etag, limit)

    async def _get(self, query: dict[str, str], etag: str | None, limit: int) -> Answer | None:
        url = httpx.URL(self.settings.url)
        async with (
            httpx.AsyncClient(verify=self._tls, trust_env=False, timeout=self.settings.deadline_seconds) as client,
            client.stream(
                "GET", url.copy_merge_params(query) if query else url, headers=self._headers(etag)
            ) as response,
        ):
            if response.status_code == 304 and etag:
                return None
            self._check(response)
            body = await _read(response, limit, self._host)
        etag = _short(response.headers.get("etag"))
        if etag is None and self.media.by_date and (changed := _short(response.headers.get("last-modified"))):
            etag = f"{_BY_DATE}{changed}"
        return Answer(body, etag)

    def _headers(self, etag: str | None) -> dict[str, str]:
        headers = {
            "Accept": self.media.accept,
            "Accept-Encoding": "gzip",
            "User-Agent": USER_AGENT,
            "Connection": "close",
        }
        if etag and etag.startswith(_BY_DATE):
            headers["If-Modified-Since"] = etag.removeprefix(_BY_DATE)
        elif etag:
            headers["If-None-Match"] = etag
        if self.settings.token_env:
            secret = os.environ.get(self.settings.token_env, "").strip()
            if not secret:
                raise FeedUnavailable(f"the variable {self.settings.token_env} with the secret is not set")
            if not (secret.isascii() and secret.isprintable()):
                raise FeedUnavailable(
                    f"the variable {self.settings.token_env} holds characters that no header can carry"
                )
            name = self.settings.token_header
            headers[name] = f"Bearer {secret}" if name.lower() == "authorization" else secret
        return headers

    def _check(self, response: httpx.Response) -> None:
        status = response.status_code
        if status in (401, 403):
            raise FeedUnavailable(
                f"{self._host} refuses us (status {status}); check token_env or the client certificate"
            )
        if 300 <= status < 400:
            raise FeedUnavailable(
                f"{self._host} redirects (status {status}); redirects are not followed, correct the url"
            )
        if status != 200:
            raise FeedUnavailable(f"{self._host} answered with status {status}")
        kind, _, rest = response.headers.get("content-type", self.media.types[0]).lower().partition(";")
        kind = kind.strip()
        if kind not in self.media.types and not kind.endswith(self.media.suffix):
            raise FeedUnavailable(f"{self._host} sent {kind[:60] or 'no type'}, not {self.media.word}")
        if self.media.charset_inside:
            return
        charset = rest.partition("charset=")[2].strip(' "')
        if charset and charset not in ("utf-8", "utf8", "us-ascii"):
            raise FeedUnavailable(f"{self._host} sent JSON in {charset[:30]}; it must be UTF-8 (RFC 8259, section 8.1)")

    @property
    def _host(self) -> str:
        return urlsplit(self.settings.url).hostname or "the source"


async def _read(response: httpx.Response, limit: int, host: str) -> bytes:
    """The decoded body, never more than ``limit`` bytes of it in memory."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "", "gzip", "x-gzip"):
        raise FeedUnavailable(f"{host} sent the encoding {encoding[:30]!r}, which was not asked for")
    unzip = zlib.decompressobj(_GZIP) if "gzip" in encoding else None
    body = bytearray()
    try:
        async for chunk in response.aiter_raw(65536):
            body += unzip.decompress(chunk, limit + 1 - len(body)) if unzip else chunk
            if len(body) > limit or (unzip and unzip.unconsumed_tail):
                raise FeedUnavailable(f"{host} sent more than {limit:,} bytes")
    except zlib.error as garbled:
        raise FeedUnavailable(f"{host} sent broken gzip") from garbled
    if unzip and not unzip.eof:
        raise FeedUnavailable(f"{host} broke off inside the gzip stream")
    return bytes(body)


def _tls_context(settings: HttpSettings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=str(ROOT / settings.ca_file) if settings.ca_file else None)
        if settings.client_cert:
            key = str(ROOT / settings.client_key) if settings.client_key else None
            context.load_cert_chain(str(ROOT / settings.client_cert), key, password=lambda: "")
    except (OSError, ValueError) as unusable:
        raise ConfigError([f"ca_file, client_cert or client_key of {settings.url}: {unusable}"]) from unusable
    return context


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _in_words(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:200]


def _short(etag: str | None) -> str | None:
    """An ETag worth keeping: one that can be sent back in a header."""
    return etag if etag and len(etag) <= 200 and etag.isascii() and etag.isprintable() else None

"""A TCP client under TLS, with a certificate of its own where the source asks for one. The source is always verified."""

import os
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

from ops_centre.errors import FeedUnavailable
from ops_centre.feeds.transports.tcp import TcpClient, why


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Files in PEM form: who signs the source's certificate, and what the centre shows of itself."""

    authority: Path | None = None  # None: whom the system trusts
    certificate: Path | None = None
    key: Path | None = None  # None: it stands in the file of the certificate
    key_password_env: str = ""  # the environment variable that holds the key's password
    server_name: str = ""  # in the source's certificate, where it is not the address


class TlsClient(TcpClient):
    """One connection, made when first read from and again after it broke."""

    def __init__(self, host: str, port: int, files: TlsFiles) -> None:
        """Opens nothing; the files are read at each connection, so that they can be renewed."""
        super().__init__(host, port)
        self._files = files

    def _secured(self, connection: socket.socket) -> socket.socket:
        try:
            context = self._context()
            return context.wrap_socket(connection, server_hostname=self._files.server_name or self._address[0])
        except ssl.SSLCertVerificationError as unknown:
            connection.close()
            raise FeedUnavailable(f"the certificate of {self} is not good: {unknown.verify_message}") from unknown
        except ssl.SSLError as refused:
            connection.close()
            raise FeedUnavailable(
                f"no TLS connection to {self}: {(refused.reason or str(refused)).lower()}"
            ) from refused
        except TimeoutError as silent:
            connection.close()
            raise FeedUnavailable(f"{self} does not answer as TLS") from silent
        except OSError as failed:
            connection.close()
            raise FeedUnavailable(f"no TLS connection to {self}: {why(failed)}") from failed
        except FeedUnavailable:
            connection.close()
            raise

    def _context(self) -> ssl.SSLContext:
        files = self._files
        for path in (files.authority, files.certificate, files.key):
            if path is not None and not path.is_file():
                raise FeedUnavailable(f"the file {path} is not there")
        context = ssl.create_default_context(cafile=files.authority)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if files.certificate is not None:
            password = os.environ.get(files.key_password_env, "") if files.key_password_env else ""
            context.load_cert_chain(files.certificate, files.key, lambda: password)
        return context

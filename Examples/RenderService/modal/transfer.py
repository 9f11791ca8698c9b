# SPDX-License-Identifier: Apache-2.0
"""Downloads and uploads over HTTPS, with limits on size and time, and never to a private network.

A host's name is resolved once, its addresses are checked, and the connection goes to the address that passed, so that a
second look-up can't lead elsewhere. Redirects are followed within the same host only. Messages name hosts and never whole
URLs, because presigned URLs are secrets.
"""

import contextlib
import dataclasses
import http.client
import ipaddress
import os
import socket
import ssl
import threading
import time
import urllib.parse

CHUNK = 256 << 10
READ_SECONDS = 30
REDIRECTS = 4
ATTEMPTS = 3
PAUSE_SECONDS = 1


class TransferError(Exception):
    """A transfer that failed; `retry` says whether the same job may succeed later."""

    def __init__(self, code, message, retry=False):
        super().__init__(message)
        self.code, self.message, self.retry = code, message, retry


def is_public(address):
    """Returns whether an IP address is on the Internet, looking into IPv6 addresses that stand for IPv4 ones."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if ip.version == 6:
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if inner is None and ip in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def check_url(url, allows_private=False):
    """Returns the parts of a URL that may be used; raises TransferError for any other."""
    try:
        parts = urllib.parse.urlsplit(url)
        parts.port  # raises if it is no number
    except (ValueError, TypeError, AttributeError):
        raise TransferError("invalidURL", "not a URL") from None
    if parts.scheme not in (("https", "http") if allows_private else ("https",)):
        raise TransferError("invalidURL", "a URL that does not begin with https://")
    if not parts.hostname or "@" in parts.netloc or any(c <= " " or c == "\x7f" for c in url):
        raise TransferError("invalidURL", "a URL without a host, with a password, or with spaces")
    return parts


@dataclasses.dataclass
class Transfer:
    """The transfers of one job, all of which end at its deadline, a value of time.monotonic()."""

    deadline: float
    allows_private: bool = False
    tls: ssl.SSLContext = dataclasses.field(default_factory=ssl.create_default_context)

    def download(self, url, path, limit):
        """Stores a resource of at most `limit` bytes in a new file, and returns its size."""
        return self._again(lambda: self._download(url, path, limit))

    def upload(self, path, url, content_type):
        """Puts a file to a presigned URL, and returns its size."""
        return self._again(lambda: self._upload(path, url, content_type))

    def seconds_left(self):
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TransferError("timeout", "the job took longer than its time allows")
        return left

    def _again(self, work):
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return work()
            except TransferError as error:
                if not error.retry or attempt == ATTEMPTS:
                    raise
            except (OSError, http.client.HTTPException) as error:
                self.seconds_left()
                if attempt == ATTEMPTS:
                    raise TransferError("network", f"the connection failed: {type(error).__name__}", True) from None
            time.sleep(min(PAUSE_SECONDS * attempt, self.seconds_left()))

    def _download(self, url, path, limit):
        start = check_url(url, self.allows_private)
        for _ in range(REDIRECTS + 1):
            parts = check_url(url, self.allows_private)
            if (parts.scheme, parts.netloc) != (start.scheme, start.netloc):
                raise TransferError("redirect", f"{start.hostname} redirects to another host")
            with self._connected(parts) as connection:
                connection.request("GET", _target(parts), headers={"User-Agent": "compose-render"})
                response = connection.getresponse()
                if response.status in (301, 302, 303, 307, 308):
                    url = urllib.parse.urljoin(url, response.getheader("Location") or "")
                    continue
                _expect(response, parts.hostname)
                return self._store(response, path, limit, parts.hostname)
        raise TransferError("redirect", f"{start.hostname} redirects on and on")

    def _store(self, response, path, limit, host):
        expected = response.length
        if expected is not None and expected > limit:
            raise TransferError("tooLarge", f"{host} has {expected} bytes, more than the {limit} that are allowed")
        size = 0
        with _disk():
            file = open(path, "wb")
        with file:
            while data := response.read1(CHUNK):
                self.seconds_left()
                size += len(data)
                if size > limit:
                    raise TransferError("tooLarge", f"{host} sends more than the {limit} bytes that are allowed")
                with _disk():
                    file.write(data)
        self.seconds_left()  # at the deadline the connection ends, as if that were all
        if expected is not None and size != expected:
            raise TransferError("network", f"{host} ended after {size} of {expected} bytes", True)
        return size

    def _upload(self, path, url, content_type):
        parts = check_url(url, self.allows_private)
        size = os.path.getsize(path)
        with self._connected(parts) as connection, open(path, "rb") as file:
            headers = {"Content-Length": str(size), "Content-Type": content_type, "User-Agent": "compose-render"}
            # A server that refuses may close the connection before it has read everything; its answer is there anyway.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.request("PUT", _target(parts), body=file, headers=headers)
            response = connection.getresponse()
            _expect(response, parts.hostname)
        return size

    @contextlib.contextmanager
    def _connected(self, parts):
        """Provides a connection to a checked address; whatever blocks on it ends at the deadline."""
        secure = parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        address = self._address(parts.hostname, port)
        with socket.create_connection(address, min(READ_SECONDS, self.seconds_left())) as plain:
            # A second descriptor of the same connection, which can be shut down whatever the first one waits for.
            guard = plain.dup()
            end = threading.Timer(self.seconds_left(), _shut, [guard])
            end.daemon = True
            end.start()
            connection = http.client.HTTPConnection(parts.hostname, port, blocksize=CHUNK)
            # Host, which presigned URLs sign, has no port where it is the usual one.
            connection.default_port = 443 if secure else 80
            try:
                # An end that TLS has not announced is no end.
                connection.sock = self.tls.wrap_socket(
                    plain, server_hostname=parts.hostname, suppress_ragged_eofs=False) if secure else plain
                yield connection
            finally:
                end.cancel()
                connection.close()
                guard.close()

    def _address(self, host, port):
        try:
            found = [entry[4] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        except (OSError, UnicodeError):
            raise TransferError("network", f"{host} cannot be resolved", True) from None
        usable = [address for address in found if self.allows_private or is_public(address[0])]
        if not usable:
            raise TransferError("invalidURL", f"{host} is in a private network")
        return usable[0][:2]


def _shut(connected):
    with contextlib.suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)


def _target(parts):
    return (parts.path or "/") + ("?" + parts.query if parts.query else "")


def _expect(response, host):
    status = response.status
    if 200 <= status < 300 and status != 206:
        return
    # 403 is what an expired link gets, and a new submission brings new links.
    retry = status in (403, 408, 425, 429) or status >= 500
    raise TransferError("httpStatus", f"{host} answers {status}", retry)


@contextlib.contextmanager
def _disk():
    """Tells failures of the disk from those of the network, which are OSErrors as well."""
    try:
        yield
    except OSError as error:
        raise TransferError("disk", f"a file cannot be written: {error.strerror}", True) from None

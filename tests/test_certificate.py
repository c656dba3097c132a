"""Certificates are verified; one documented switch turns that off, and the reason names it."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests import pages
from tests.crawling import crawl, solidot

SID = 79517
EXPECT = Path(__file__).parents[1] / "solidot_spider" / "trial" / "expect.json"


class Pages(BaseHTTPRequestHandler):
    """Our own site's pages."""

    def do_GET(self) -> None:
        answer = pages.SITE.answer(self.path)
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_: object) -> None:
        pass


def self_signed(directory: Path) -> tuple[Path, Path]:
    """A certificate that nobody vouches for, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nobody")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = directory / "certificate.pem", directory / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


@pytest.fixture
def unvouched(tmp_path: Path) -> Iterator[str]:
    """A site over https with such a certificate."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*self_signed(tmp_path))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path, unvouched: str) -> None:
    run = crawl(unvouched, tmp_path / "data", "-a", f"sid={SID}", "-s", "RETRY_TIMES=0")
    assert run.status == 1
    assert "failed: robots.txt: certificate not verified" in run.err
    assert "DOWNLOAD_VERIFY_CERTIFICATES=False" in run.err
    assert "Traceback" not in run.err


def test_the_switch_that_the_reason_names(tmp_path: Path, unvouched: str) -> None:
    run = crawl(unvouched, tmp_path / "data", "-a", f"sid={SID}", "-s", "DOWNLOAD_VERIFY_CERTIFICATES=False")
    assert run.status == 0
    assert list(run.stories()) == [SID]


def test_the_probe_says_verified_only_of_what_is(tmp_path: Path, unvouched: str) -> None:
    words = ("-s", "DOWNLOAD_DELAY=0", "-s", "DOWNLOAD_VERIFY_CERTIFICATES=False")
    run = solidot(unvouched, tmp_path / "data", "probe", *words, "--expect", str(EXPECT))
    assert run.status == 3
    assert "certificate       differs    not verified" in run.out


def test_the_probe_names_who_vouches(tmp_path: Path, unvouched: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    words = ("-s", "DOWNLOAD_DELAY=0", "--expect", str(EXPECT))
    run = solidot(unvouched, tmp_path / "data", "probe", *words)
    assert "verified, issued by nobody" in run.out
    assert run.status == 0


def test_the_probe_tells_of_it(tmp_path: Path, unvouched: str) -> None:
    run = solidot(unvouched, tmp_path / "data", "probe", "-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_TIMES=0")
    assert run.status == 1
    assert "certificate not verified" in run.out

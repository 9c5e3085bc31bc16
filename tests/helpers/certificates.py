"""Certificates for tests, made by the system's openssl: an authority, a server, a client."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

KEY_PASSWORD = "right"


@dataclass(frozen=True, slots=True)
class Certificates:
    """PEM files in one folder; `server.pem` and `client.pem` are signed by `ca.pem`."""

    folder: Path

    @property
    def ca(self) -> Path:
        return self.folder / "ca.pem"

    @property
    def server(self) -> Path:
        return self.folder / "server.pem"

    @property
    def server_key(self) -> Path:
        return self.folder / "server.key"

    @property
    def client(self) -> Path:
        return self.folder / "client.pem"

    @property
    def client_key(self) -> Path:
        return self.folder / "client.key"

    @property
    def locked_client_key(self) -> Path:
        """`client.key`, encrypted with `KEY_PASSWORD`."""
        return self.folder / "client-locked.key"

    @property
    def server_store(self) -> Path:
        """Key and chain in one file, as Kafka's PEM key store wants them."""
        return self.folder / "server-store.pem"

    @property
    def wrong_host(self) -> Path:
        """Signed by `ca.pem`, but for `broker.example`; its key is `server_key`."""
        return self.folder / "wrong-host.pem"

    @property
    def expired(self) -> Path:
        """Signed by `ca.pem`, but no longer valid; its key is `server_key`."""
        return self.folder / "expired.pem"

    def copied_to(self, folder: Path) -> Path:
        """Put all of them into a folder, which may be there; returns it."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return folder


def make_certificates(folder: Path) -> Certificates:
    """Make an authority and what it signs, for 127.0.0.1 and localhost."""
    if shutil.which("openssl") is None:
        msg = "openssl is needed to make the certificates of the tests"
        raise RuntimeError(msg)
    folder.mkdir(parents=True, exist_ok=True)
    made = Certificates(folder)
    _openssl(folder, "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2",
             "-addext keyUsage=critical,keyCertSign,cRLSign",
             "-keyout ca.key -out ca.pem -subj", "/CN=Test Authority")  # fmt: skip
    _sign(folder, "server", "/CN=localhost", "DNS:localhost,IP:127.0.0.1")
    _sign(folder, "client", "/CN=test client", "DNS:client.example")
    _sign(folder, "wrong-host", "/CN=broker.example", "DNS:broker.example", key="server")
    names = "DNS:localhost,IP:127.0.0.1"
    _sign(folder, "expired", "/CN=localhost", names, key="server", days=-1)
    _openssl(folder, "pkcs8 -topk8 -in client.key -out client-locked.key",
             f"-passout pass:{KEY_PASSWORD}")  # fmt: skip
    made.server_store.write_text(
        made.server_key.read_text() + made.server.read_text() + made.ca.read_text()
    )
    return made


def lock_key(key: Path, locked: Path, passphrase: str) -> None:
    """Encrypt a key into another file; the passphrase may have any signs."""
    command = ["openssl", "pkcs8", "-topk8", "-in", str(key), "-out", str(locked)]
    subprocess.run(
        [*command, "-passout", "stdin"],
        input=f"{passphrase}\n".encode(),
        check=True,
        capture_output=True,
    )


def _sign(folder: Path, name: str, subject: str, names: str, key: str = "", days: int = 2) -> None:
    if not key:
        _openssl(folder, f"genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {name}.key")
    _openssl(folder, f"req -new -key {key or name}.key -out {name}.csr -subj", subject)
    (folder / f"{name}.ext").write_text(
        f"subjectAltName={names}\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
    )
    _openssl(folder, f"x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial",
             f"-days {days} -extfile {name}.ext -out {name}.pem")  # fmt: skip


def _openssl(folder: Path, *parts: str) -> None:
    """Run openssl in the folder; each part is split at blanks but for one that starts with `/`."""
    args = [word for part in parts for word in ([part] if part.startswith("/CN") else part.split())]
    subprocess.run(["openssl", *args], cwd=folder, check=True, capture_output=True)

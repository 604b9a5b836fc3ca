"""An authority of our own, made anew for a test, and what it signs."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Authority:
    """Signs certificates; `certificate` is what to believe, as PEM."""

    key: ec.EllipticCurvePrivateKey
    signed: x509.Certificate

    @property
    def certificate(self) -> str:
        return self.signed.public_bytes(Encoding.PEM).decode()

    def sign(self, name: str, *, days: int = 1) -> str:
        """Return certificate and key in one PEM text, for a server on 127.0.0.1 or a client."""
        key = ec.generate_private_key(ec.SECP256R1())
        local = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        made = (
            _begun(name, self.signed.subject, key, days)
            .add_extension(local, critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
            .sign(self.key, hashes.SHA256())
        )
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return made.public_bytes(Encoding.PEM).decode() + private.decode()

    def asks_for_certificates(self, folder: Path, *, days: int = 1) -> ssl.SSLContext:
        """Return what a server speaks that believes only clients whom this authority signed."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        path = folder / "server.pem"
        path.write_text(self.sign("source", days=days))
        context.load_cert_chain(path)
        context.load_verify_locations(cadata=self.certificate)
        context.verify_mode = ssl.CERT_REQUIRED
        return context


def authority() -> Authority:
    """Return a new authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority of a test")])
    made = (
        _begun("authority of a test", name, key, 1)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_signs_certificates(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Authority(key, made)


def _begun(
    name: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=5))
        .not_valid_after(now + timedelta(days=days))
    )


def _signs_certificates() -> x509.KeyUsage:
    others = dict.fromkeys(
        (
            "digital_signature",
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return x509.KeyUsage(key_cert_sign=True, crl_sign=True, **others)

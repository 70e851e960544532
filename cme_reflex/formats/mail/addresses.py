"""Addresses as mail servers know them: the domain in ASCII, whatever alphabet it is written in."""

import idna

from cme_reflex.domain.mail.delivery import InvalidAddress, parse_address


def to_ascii_domain(written: str) -> str:
    """The address with its domain in ASCII, in lower case. Raises InvalidAddress.

    What stands before the @ may still be of any alphabet; sending it needs SMTPUTF8.
    """
    local, _, host = parse_address(written).rpartition("@")
    try:
        return f"{local}@{idna.encode(host, uts46=True).decode()}"
    except idna.IDNAError:
        raise InvalidAddress("This is not an e-mail address") from None


def domain_variants(wire: str) -> tuple[str, ...]:
    """How somebody may have written such an address: with the domain in ASCII, and as it reads."""
    local, _, host = wire.rpartition("@")
    try:
        return tuple({wire, f"{local}@{idna.decode(host)}"})
    except idna.IDNAError:
        return (wire,)

"""Internationalized e-mail addresses: conversion of the domain to and from ASCII (IDNA)."""

import idna

from cme_reflex.domain.mail.delivery import InvalidAddress, parse_address


def to_ascii_domain(address: str) -> str:
    """The address with its domain in lower-case ASCII. Raises InvalidAddress.

    The part before the @ may still be of any alphabet; sending then needs SMTPUTF8.
    """
    local, _, host = parse_address(address).rpartition("@")
    try:
        return f"{local}@{idna.encode(host, uts46=True).decode()}"
    except idna.IDNAError:
        raise InvalidAddress("This is not an e-mail address") from None


def domain_variants(address: str) -> tuple[str, ...]:
    """Spellings of an address with an ASCII domain: as it is, and with the domain in Unicode."""
    local, _, host = address.rpartition("@")
    try:
        return tuple({address, f"{local}@{idna.decode(host)}"})
    except idna.IDNAError:
        return (address,)

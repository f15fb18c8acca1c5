"""Whose share it is that something is taken from."""

from __future__ import annotations

import ipaddress


def household(address: str) -> str:
    """Whom an address belongs to: itself, or of IPv6 the network of 64 bits that one house has."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if ip.version == 4:
        return address
    mapped = ip.ipv4_mapped
    return str(mapped) if mapped else str(ipaddress.ip_network((address, 64), strict=False))

"""Meetings: loads of folders and exports, their status, and what pages show of them."""

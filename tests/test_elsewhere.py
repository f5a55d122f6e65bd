"""What listens for another machine hears one that is asked for, and not this one."""

import os
import subprocess
import sys

import pytest
from elsewhere import Elsewhere

ASK = """
import socket
by = socket.socket(type=socket.SOCK_DGRAM)
{}
"""


@pytest.mark.parametrize(
    ("host", "asked"), [("192.0.2.1", ["192.0.2.1"]), ("127.0.0.1", [])], ids=["other", "this"]
)
@pytest.mark.parametrize(
    "ask",
    [
        "by.connect_ex(('{}', 9))",
        "try: by.sendto(b'', ('{}', 9))\nexcept OSError: pass",
        "socket.getaddrinfo('{}', 9)",
        "socket.getaddrinfo(b'{}', 9)",
    ],
    ids=["connect", "send", "name", "name in bytes"],
)
def test_another_machine_is_heard_and_this_one_is_not(
    elsewhere: Elsewhere, ask: str, host: str, asked: list[str]
) -> None:
    name, _, value = elsewhere.variables().partition("=")
    program = ASK.format(ask.format(host))

    subprocess.run([sys.executable, "-c", program], env={**os.environ, name: value}, check=True)

    assert [each.split()[0] for each in elsewhere.asked()] == asked

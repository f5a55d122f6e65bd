"""What listens for another machine hears one that is asked for, and not this one."""

import os
import subprocess
import sys

import pytest
from elsewhere import Elsewhere

SEND = "import socket; socket.socket(type=socket.SOCK_DGRAM).connect(('{}', 9))"


@pytest.mark.parametrize(
    ("host", "asked"), [("192.0.2.1", ["192.0.2.1 by"]), ("127.0.0.1", [])], ids=["other", "this"]
)
def test_another_machine_is_heard_and_this_one_is_not(
    elsewhere: Elsewhere, host: str, asked: list[str]
) -> None:
    command = f'{elsewhere.listen()}"{sys.executable}" -c "{SEND.format(host)}"'

    subprocess.run(["bash", "-c", command], env={**os.environ}, check=True)

    assert [" ".join(each.split()[:2]) for each in elsewhere.asked()] == asked

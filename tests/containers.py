"""A Docker of the tests: `docker` builds and runs by podman and runc, without a daemon.

It looks for no image outside of this machine. In place of a public image stands one of the same
name, made of programs of this machine, a shell, and the libraries that they and wheels load. So
what a Dockerfile and a Compose file say is done, and what comes of it runs; what else the public
images have, and which versions, is not shown. `docker compose` is podman-compose.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SETTINGS = {
    "storage.conf": """
[storage]
driver = "overlay"
graphroot = "{folder}/store"
runroot = "{folder}/run"
""",
    "registries.conf": """
unqualified-search-registries = ["docker.io"]
[[registry]]
location = "docker.io"
blocked = true
[[registry]]
location = "ghcr.io"
blocked = true
""",
    # no systemd is asked, and limits are such as a machine may set that cannot raise its own
    "containers.conf": """
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
log_driver = "k8s-file"
[network]
network_backend = "netavark"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
""",
    "bin/docker": """#!/bin/sh
export CONTAINERS_STORAGE_CONF={folder}/storage.conf CONTAINERS_CONF={folder}/containers.conf
export CONTAINERS_REGISTRIES_CONF={folder}/registries.conf TMPDIR={folder}/tmp
export BUILDAH_ISOLATION=chroot BUILDAH_FORMAT=docker
case "$1" in
    build) shift; exec podman build --network host --pull=never "$@" ;;
    compose) shift; exec {python} -m podman_compose "$@" ;;
    *) exec podman "$@" ;;
esac
""",
}
LINKS = {"bin": "usr/bin", "lib": "usr/lib", "lib64": "usr/lib64"}
OF_WHEELS = {"libstdc++.so.6", "libgcc_s.so.1", "libpthread.so.0", "libdl.so.2", "librt.so.1"}
NOT_USED = shutil.ignore_patterns("site-packages", "test", "*tkinter*", "idlelib", "*.a")
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")  # of who answers for the package index


class Docker:
    """A store of images in a folder, and the program that works with it."""

    def __init__(self, folder: Path) -> None:
        """Put the program into `bin/` of a folder."""
        self.folder = folder
        for name in ("bin", "tmp"):
            (folder / name).mkdir(parents=True)
        for name, text in SETTINGS.items():
            (folder / name).write_text(text.format(folder=folder, python=sys.executable))
        (folder / "bin" / "docker").chmod(0o755)

    def run(self, *command: str | Path) -> str:
        """Return what a command of Docker prints.

        Raises:
            subprocess.CalledProcessError: It failed.
        """
        docker = self.folder / "bin" / "docker"
        return subprocess.run(
            [docker, *command], check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    def make_python(self, tag: str, python: Path) -> None:
        """Make an image of a Python, which is in /usr/local there as in the public ones."""
        extensions = python.glob("lib/*/lib-dynload/*.so")
        with self.image(tag, f"ENV PIP_CERT={CERTIFICATES}") as root:
            for name in ("bin", "lib"):
                place = root / "usr/local" / name
                shutil.copytree(python / name, place, symlinks=True, ignore=NOT_USED)
            copy(root, CERTIFICATES, *libraries(python / "bin" / "python3", *extensions))

    def make_program(self, tag: str, program: Path, *options: str) -> None:
        """Make an image of a program of Prometheus, which it runs with some options."""
        entry = f"ENTRYPOINT {json.dumps([str(program), *options])}"
        with self.image(tag, entry) as root:
            copy(root, program, *Path("/usr/share/prometheus").rglob("*.tmpl"), *libraries(program))

    @contextmanager
    def image(self, tag: str, *changes: str) -> Iterator[Path]:
        """Give a folder with a shell, and make an image of what it holds in the end."""
        root, archive = self.folder / "root", self.folder / "root.tar"
        (root / "tmp").mkdir(parents=True)
        (root / "tmp").chmod(0o1777)
        for link, target in LINKS.items():
            (root / target).mkdir(parents=True)
            (root / link).symlink_to(target)
        copy(root, Path("/bin/sh"), *libraries(Path("/bin/sh")))
        yield root
        subprocess.run(["tar", "-C", root, "-cf", archive, "."], check=True)
        options = [word for change in changes for word in ("--change", change)]
        self.run("import", "--quiet", *options, archive, tag)
        shutil.rmtree(root)
        archive.unlink()


def copy(root: Path, *paths: Path) -> None:
    """Copy files into a root, where they are in this one."""
    for path in paths:
        (root / path.relative_to("/")).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, root / path.relative_to("/"))


def libraries(*programs: Path) -> set[Path]:
    """Return the libraries that programs load, and those that wheels expect everywhere."""
    listed = subprocess.run(["ldd", *programs], stdout=subprocess.PIPE, text=True).stdout
    known = subprocess.run(["ldconfig", "-p"], check=True, stdout=subprocess.PIPE, text=True).stdout
    found = re.findall(r"(/\S+) \(0x", listed)
    found += [line.split()[-1] for line in known.splitlines() if line.split()[0] in OF_WHEELS]
    return {Path(path) for path in found}

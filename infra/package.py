"""Builds what is deployed: the functions' code, the dependency layer and the app stack's template.

Chalice packages only `app.py`, `chalicelib/` and `vendor/`, and leaves any other package out without a word. So its
project is staged in `build/`, with our packages under `vendor/`, and the zip is looked into afterwards.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.archive import sha256_file, sha256_inputs, tree, write_zip
from infra.bytecode import compile_tree
from infra.cfn import read_template
from infra.errors import BuildError
from infra.layer import ROOT, Layer, build_layer
from infra.one_at_a_time import one_at_a_time
from infra.weave import Artefacts, weave

BUILD = ROOT / "build"
# Budgets in bytes, held by a test: growth is decided and not drifted into. AWS takes 250 MB unzipped, code and layer.
CODE_ZIP_MAX = 1_000_000
LAYER_ZIP_MAX = 10_000_000
LAYER_UNZIPPED_MAX = 40_000_000
RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
_MUST_HOLD = ("app.py", "functions/__init__.py", "functions/domain/__init__.py", "chalice/app.py")
_NOT_PACKAGED = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")


@dataclass(frozen=True)
class Package:
    """A finished build: files, and where they go in the artefact bucket."""

    code: Path
    layer: Path
    template: Path
    code_key: str
    layer_key: str

    def read_template(self) -> dict[str, Any]:
        """The app stack's template."""
        template: dict[str, Any] = json.loads(self.template.read_text())
        return template


def build_package(architecture: str, source: Path = ROOT, out: Path = BUILD) -> Package:
    """Build everything for `architecture` (`arm64` or `x86_64`), or return the build that the same sources gave.

    Raises:
        BuildError: with the reason, and what to correct.
    """
    if not (source / "app.py").is_file():
        raise BuildError(f"There is no app.py in {source}.", "Run it from a checkout: python -m infra.cli deploy")
    layer = build_layer(architecture, out)
    template, stamp = out / f"app-{architecture}.json", out / f"app-{architecture}.inputs"
    code = out / f"code-{architecture}.zip"
    inputs = sha256_inputs(_inputs(source), source, architecture, layer.digest, sys.version, _infra_digest())
    with one_at_a_time(out / "package.lock"):
        if not (template.exists() and code.exists() and stamp.exists() and stamp.read_text() == inputs):
            _build(architecture, source, layer, code, template)
            stamp.write_text(inputs)
    return Package(code, layer.path, template, f"code/{sha256_file(code)}.zip", _layer_key(layer))


def _inputs(source: Path) -> list[Path]:
    return [source / "app.py", *_sources(source / "functions")]


def _sources(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def _infra_digest() -> str:
    here = Path(__file__).parent
    return sha256_inputs([path for path in here.iterdir() if path.suffix in {".py", ".yaml", ".json"}], here)


def _layer_key(layer: Layer) -> str:
    return f"layer/{layer.digest}.zip"


def _build(architecture: str, source: Path, layer: Layer, code: Path, template: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        staged, packaged = Path(scratch) / "lambda", Path(scratch) / "packaged"
        _stage(architecture, source, staged)
        merge = staged / "merge.json"
        merge.write_text(json.dumps(read_template(ROOT / "infra" / "app.yaml")))
        _run_chalice(staged, packaged, merge)
        digest = _repack(packaged / "deployment.zip", Path(scratch) / "code", code)
        artefacts = Artefacts(f"code/{digest}.zip", _layer_key(layer), architecture, RUNTIME)
        woven = weave(json.loads((packaged / "sam.json").read_text()), artefacts)
        template.write_text(json.dumps(woven, sort_keys=True, separators=(",", ":")))


def _stage(architecture: str, source: Path, staged: Path) -> None:
    """Lay out a Chalice project: our packages as its vendored ones, no requirements (the layer has them)."""
    shutil.copytree(source / "functions", staged / "vendor" / "functions", ignore=_NOT_PACKAGED)
    shutil.copy(source / "app.py", staged / "app.py")
    (staged / "requirements.txt").touch()
    config: dict[str, Any] = json.loads((ROOT / "infra" / "chalice.json").read_text())
    (staged / ".chalice").mkdir()
    (staged / ".chalice" / "config.json").write_text(json.dumps(config | {"lambda_architecture": architecture}))


def _run_chalice(staged: Path, packaged: Path, merge: Path) -> None:
    command = ["--project-dir", str(staged), "package", "--stage", "packaged", "--merge-template", str(merge)]
    done = subprocess.run(  # noqa: S603  # our own interpreter and arguments
        [sys.executable, "-c", "import sys; from chalice.cli import main; sys.exit(main())", *command, str(packaged)],
        cwd=staged,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BuildError(f"Chalice cannot package the app:\n{done.stderr.strip()}", "Correct app.py or its routes.")


def _environment() -> dict[str, str]:
    """No bytecode among the sources, and nothing of the user's AWS settings: packaging asks AWS nothing."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    # Chalice makes a client, and botocore would ask the network for the credentials it does not find.
    nobody = {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nobody", "AWS_EC2_METADATA_DISABLED": "true"}
    return kept | nowhere | nobody | {"AWS_DEFAULT_REGION": "us-east-1", "PYTHONDONTWRITEBYTECODE": "1"}


def _repack(packaged: Path, scratch: Path, code: Path) -> str:
    """Chalice's zip again, compiled, and without the times of this build; the SHA-256 of it."""
    with zipfile.ZipFile(packaged) as archive:
        archive.extractall(scratch)
    missing = [name for name in _MUST_HOLD if not (scratch / name).is_file()]
    if missing:
        raise BuildError(f"The package lacks {missing}: it would fail in Lambda.", "Look at infra/package.py, _stage.")
    compile_tree(scratch, "/var/task")
    return write_zip(code, tree(scratch))

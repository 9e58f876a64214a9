"""The production files: compose file against its schema, no default secrets, build steps that run."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
OURS = ("hub", "rasa", "rasa-second", "trainer", "proxy")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def test_the_compose_file_obeys_the_specification(compose: dict[str, Any]) -> None:
    # The schema of compose-spec/compose-spec, as the package check-jsonschema carries it.
    vendored = resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    schema = json.loads(vendored.read_text())
    problems = list(jsonschema.validators.validator_for(schema)(schema).iter_errors(compose))
    assert [f"{list(problem.path)}: {problem.message}" for problem in problems] == []


def test_every_service_lives_long_checks_its_health_and_may_do_little(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        if name != "mongo-init":  # runs once
            assert service["restart"] == "unless-stopped", name
            assert "test" in service["healthcheck"], name


def test_nobody_is_root(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        if name in OURS:
            dockerfile = ROOT / service["build"]["context"] / service["build"]["dockerfile"]
            (user,) = re.findall(r"^USER (\d+)$", dockerfile.read_text(), re.MULTILINE)
            assert int(user) > 0, name
        else:
            assert int(service["user"].split(":")[0]) > 0, name


def test_there_is_no_default_secret(compose: dict[str, Any]) -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    variables = re.findall(r"\$\{([^}]+)\}", text)
    assert variables
    assert all(":?" in variable for variable in variables)
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if re.search(r"KEY|TOKEN|PASSWORD", name):
                assert str(value).startswith("${"), name
    assert "mongodb" not in text.replace("mongodb://peyk:${PEYK_DATABASE_PASSWORD:?", "").lower().replace(
        "mongodb_uri", ""
    )


def test_only_the_proxy_has_doors_to_the_outside(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["proxy"]


def test_what_the_hub_is_told_are_settings_it_knows(
    compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from hub.settings import load_settings  # noqa: PLC0415

    for name, value in compose["services"]["hub"]["environment"].items():
        monkeypatch.setenv(name, re.sub(r"\$\{[^}]+\}", "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3f", str(value)))
    settings = load_settings(var_dir=tmp_path)
    assert settings.trusted_proxies == (compose["networks"]["inside"]["ipam"]["config"][0]["subnet"],)
    assert settings.demo is False


def test_every_build_step_is_a_script_of_ours_or_a_plain_word() -> None:
    for dockerfile in DEPLOY.glob("*.Dockerfile"):
        for step in re.findall(r"^RUN (.+)$", dockerfile.read_text(), re.MULTILINE):
            for part in step.split("&&"):
                program = part.split()[0]
                assert program in {"useradd", "adduser", "mkdir", "chown"} or os.access(ROOT / program, os.X_OK), step


def test_what_the_images_copy_is_there() -> None:
    for dockerfile, context in (("hub", ROOT), ("bot", ROOT), ("trainer", ROOT), ("proxy", DEPLOY)):
        for line in re.findall(
            r"^COPY ((?!--from).+)$", (DEPLOY / f"{dockerfile}.Dockerfile").read_text(), re.MULTILINE
        ):
            for source in line.split()[:-1]:
                assert (context / source).exists(), (dockerfile, source)


def test_new_secrets_are_private_different_and_never_overwritten(tmp_path: Path) -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PEYK_ENV_FILE": str(tmp_path / "env")}
        command = [str(DEPLOY / "new-secrets"), *words]
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)

    assert run().returncode == 2
    assert run("chat.example.org; rm -rf").returncode == 2
    assert run("chat.example.org").returncode == 0
    lines = dict(line.split("=", 1) for line in (tmp_path / "env").read_text().splitlines())
    wanted = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    assert set(lines) == wanted
    assert stat.S_IMODE((tmp_path / "env").stat().st_mode) == 0o600
    secrets = [value for name, value in lines.items() if name != "PEYK_DOMAIN"]
    assert len(set(secrets)) == len(secrets)
    assert all(re.fullmatch(r"[A-Za-z0-9]{40,}", secret) for secret in secrets)
    assert run("chat.example.org").returncode == 1


@pytest.fixture(scope="module")
def copy_of_the_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an image gets to see: the files that git knows or would take, none of what was built here."""
    target = tmp_path_factory.mktemp("image")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("docs/", "tests/")):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_hubs_image_builds_and_its_command_runs(copy_of_the_tree: Path) -> None:
    build(copy_of_the_tree, "build-browser")
    assert (copy_of_the_tree / "widget/dist/manifest.json").exists()
    build(copy_of_the_tree, "build-hub", PYTHON=sys.executable)
    peyk = copy_of_the_tree / ".venv/bin/peyk"
    environment = {"PATH": os.environ["PATH"], "PEYK_VAR_DIR": str(copy_of_the_tree / "var")}
    done = subprocess.run(
        [peyk, "serve"], capture_output=True, text=True, cwd=copy_of_the_tree, env=environment, check=False
    )
    assert done.returncode == 2
    assert "PEYK_MONGODB_URI" in done.stderr
    listed = subprocess.run([peyk.parent / "python", "-c", "import hub.app"], cwd=copy_of_the_tree, check=False)
    assert listed.returncode == 0
    assert not (peyk.parent / "pytest").exists()


@pytest.mark.slow
@pytest.mark.rasa
@pytest.mark.timeout(900)
def test_the_bots_image_builds_with_a_trained_model(copy_of_the_tree: Path, tmp_path: Path) -> None:
    build(copy_of_the_tree, "build-bot", VAR=str(tmp_path))
    assert list((tmp_path / "bot/models").glob("peyk-*.tar.gz"))


def build(tree: Path, script: str, **variables: str) -> None:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PEYK_", "VIRTUAL_ENV", "UV_PROJECT"))
    }
    done = subprocess.run(
        [tree / "deploy" / script], capture_output=True, text=True, env={**environment, **variables}, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]

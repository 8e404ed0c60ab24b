#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run what a CI system would run of a job of ci/jobs, as far as these jobs go.

    steps.py github ACTION.yml FOLDER NAME=VALUE...   a composite action, with these inputs
    steps.py gitlab JOB.yml .hvcheck FOLDER NAME=VALUE...   the job, with these variables

Expressions are ${{ inputs.X }}, ${{ steps.X.outputs.Y }} and one of them compared with ''; what is
not known stops the run, as does a step that fails. Exit status: the failing step's; 3: the job
says what this program does not know.
"""
import os
import re
import subprocess
import sys
import tempfile

import yaml


def fail(message):
    print("steps.py: " + message, file=sys.stderr)
    sys.exit(3)


def expand(text, inputs, outputs):
    def value(match):
        name = match.group(1).strip()
        compared = re.fullmatch(r"inputs\.([a-z-]+) == ''", name)
        if compared:
            return "true" if inputs[compared.group(1)] == "" else "false"
        plain = re.fullmatch(r"inputs\.([a-z-]+)", name)
        if plain:
            return inputs[plain.group(1)]
        step = re.fullmatch(r"steps\.([a-z]+)\.outputs\.([a-z]+)", name)
        if step:
            return outputs[step.group(1)][step.group(2)]
        fail("unknown expression: " + name)

    return re.sub(r"\$\{\{(.*?)\}\}", value, text)


def known(mapping, words, where):
    for word in mapping:
        if word not in words:
            fail("%s: unknown member '%s'" % (where, word))


def github(path, folder, given):
    with open(path, encoding="utf-8") as file:
        action = yaml.safe_load(file)
    known(action, {"name", "description", "inputs", "outputs", "runs"}, path)
    if action["runs"]["using"] != "composite":
        fail("not a composite action")
    inputs = {}
    for name, spec in action["inputs"].items():
        known(spec, {"description", "required", "default"}, name)
        if spec.get("required") and name not in given:
            fail("input '%s' is required" % name)
        inputs[name] = given.pop(name, spec.get("default", ""))
    if given:
        fail("no input " + ", ".join(given))
    outputs = {}
    summary = tempfile.NamedTemporaryFile("r")
    for step in action["runs"]["steps"]:
        known(step, {"name", "id", "if", "shell", "run", "env"}, "step")
        if step["shell"] != "bash":
            fail("shell " + step["shell"])
        if "if" in step and expand(step["if"], inputs, outputs) != "true":
            continue
        told = tempfile.NamedTemporaryFile("r")
        env = dict(os.environ, GITHUB_ACTIONS="true", GITHUB_OUTPUT=told.name,
                   GITHUB_STEP_SUMMARY=summary.name,
                   GITHUB_ACTION_PATH=os.path.dirname(os.path.abspath(path)))
        for name, text in step.get("env", {}).items():
            env[name] = expand(text, inputs, outputs)
        status = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c",
             expand(step["run"], inputs, outputs)], cwd=folder, env=env).returncode
        if "id" in step:
            outputs[step["id"]] = dict(line.rstrip("\n").split("=", 1) for line in told)
        if status:
            break
    for name, spec in action["outputs"].items():
        if not status:
            print("output %s=%s" % (name, expand(spec["value"], inputs, outputs)))
    print("summary:\n" + summary.read(), end="")
    sys.exit(status)


def gitlab(path, name, folder, given):
    with open(path, encoding="utf-8") as file:
        job = yaml.safe_load(file)[name]
    known(job, {"image", "variables", "cache", "script", "artifacts"}, name)
    env = dict(os.environ, CI="true", **{**job["variables"], **given})
    status = subprocess.run(["bash", "-eo", "pipefail", "-c", "\n".join(job["script"])],
                            cwd=folder, env=env).returncode
    wanted = job["artifacts"]["paths"] + [job["artifacts"]["reports"]["junit"]]
    for artifact in wanted:
        if not os.path.exists(os.path.join(folder, artifact)):
            print("no artifact " + artifact)
    sys.exit(status)


def main():
    words = sys.argv[1:]
    given = dict(word.split("=", 1) for word in words if "=" in word)
    plain = [word for word in words if "=" not in word]
    if len(plain) == 3 and plain[0] == "github":
        github(plain[1], plain[2], given)
    elif len(plain) == 4 and plain[0] == "gitlab":
        gitlab(plain[1], plain[2], plain[3], given)
    else:
        fail(__doc__)


main()

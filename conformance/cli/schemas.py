#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Hold JSON documents to the published schemas.

schemas.py FOLDER FILE...: each file against the schema that its member "schema" names, and made
wrong in several ways, each of which the schema must refuse. Status 77: no validator.
"""
import copy
import json
import os
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: no python3-jsonschema")
    sys.exit(77)

folder, files = sys.argv[1], sys.argv[2:]
failures = 0


def complain(message):
    global failures
    failures += 1
    print("FAILED:", message)


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def wrongs(document):
    """The document made wrong: a member too many, one too few, a value of another kind."""
    for key in document:
        less = {name: value for name, value in document.items() if name != key}
        if key in ("schema", "subject", "account", "results", "rules", "known"):
            yield "without " + key, less
        other = copy.deepcopy(document)
        other[key] = 1.5
        yield key + " is 1.5", other
        value = document[key]
        inner = value[0] if isinstance(value, list) and value else value
        if isinstance(inner, dict) and key not in ("registers", "before", "after", "effects"):
            other = copy.deepcopy(document)
            (other[key][0] if isinstance(value, list) else other[key])["no_such_member"] = 1
            yield "a member too many in " + key, other
    yield "a member too many", dict(document, no_such_member=1)


schemas, parts = {}, {}
for name in sorted(os.listdir(folder)):
    schema = load(os.path.join(folder, name))
    jsonschema.Draft202012Validator.check_schema(schema)
    schemas[schema["title"]] = jsonschema.Draft202012Validator(schema)
    if name != schema["title"].replace("/", "-") + ".json":
        complain(name + " is titled " + schema["title"])
    for part, body in schema["$defs"].items():
        if parts.setdefault(part, body) != body:
            complain(name + " has a " + part + " of its own")

met = set()
for path in files:
    document = load(path)
    name = document["schema"]
    met.add(name)
    for error in schemas[name].iter_errors(document):
        where = "/".join(str(step) for step in error.absolute_path)
        complain("%s: %s: %s" % (path, where, error.message[:300]))
    for how, wrong in wrongs(document):
        if schemas[name].is_valid(wrong):
            complain("%s: valid though wrong: %s" % (path, how))
for name in set(schemas) - met:
    complain(name + ": no document of it was seen")
sys.exit(1 if failures else 0)

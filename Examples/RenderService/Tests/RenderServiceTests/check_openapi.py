# SPDX-License-Identifier: Apache-2.0
"""Checks that an OpenAPI document is valid and that requests and responses match it: check_openapi.py FOLDER."""
import json
import sys

from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

folder = sys.argv[1]
document = json.load(open(f"{folder}/openapi.json"))
validate(document)

registry = Registry().with_resource("openapi", Resource(contents=document, specification=DRAFT202012))


def resolved(node):
    """Returns a node with its references resolved."""
    while "$ref" in node:
        target = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def pointer(schema):
    """Returns a schema whose references point into the document."""
    return json.loads(json.dumps(schema).replace('"#/', '"openapi#/'))


answers = json.load(open(f"{folder}/answers.json"))
for answer in answers:
    responses = document["paths"][answer["path"]][answer["method"]]["responses"]
    status = str(answer["status"])
    response = responses.get(status) or responses.get(status[0] + "XX") or responses.get("default")
    assert response, f"{answer['method']} {answer['path']}: {status} is not described: {answer['body']}"
    schema = resolved(response)["content"]["application/json"]["schema"]
    errors = list(Draft202012Validator(pointer(schema), registry=registry).iter_errors(answer["body"]))
    assert not errors, f"{answer['method']} {answer['path']} {status}: {errors[0].message} at {errors[0].json_path}"
    if "request" in answer:
        asked = document["paths"][answer["path"]][answer["method"]]["requestBody"]["content"]["application/json"]["schema"]
        errors = list(Draft202012Validator(pointer(asked), registry=registry).iter_errors(answer["request"]))
        assert (not errors) == answer["body"]["valid"], f"{answer['request']}: {errors}, and {answer['body']}"
print(f"{len(answers)} answers are as described")

"""A contract that holds everything odd: unions, circles, styles of parameters, forms, files, hostile names."""

from __future__ import annotations

import json
from functools import cache

from flaresmith.compiler.model import Model
from flaresmith.compiler.parse import parse

SPEC = "# Feature Specification: Odd\n\n## Requirements\n\n- **FR-001**: The system MUST search.\n"


@cache
def odd() -> Model:
    """The contract as a model."""
    files = {"specs/001-odd/spec.md": SPEC.encode(), "specs/001-odd/contracts/openapi.json": json.dumps(DOC).encode()}
    return parse(files, name="Odd")


DOC = {
    "openapi": "3.1.0",
    "info": {"title": "Odd", "version": "1"},
    "paths": {
        "/search": {
            "get": {
                "operationId": "search",
                "tags": ['Searching "things" */'],
                "summary": 'Finds """ */ ${x} </script>',
                "parameters": [
                    {"name": "q", "in": "query", "required": True, "schema": {"type": "string"}},
                    {
                        "name": "ids",
                        "in": "query",
                        "style": "form",
                        "explode": False,
                        "schema": {"type": "array", "items": {"type": "integer"}},
                    },
                    {
                        "name": "pipes",
                        "in": "query",
                        "style": "pipeDelimited",
                        "explode": False,
                        "schema": {"type": "array", "items": {"type": "string"}},
                    },
                    {
                        "name": "filter",
                        "in": "query",
                        "style": "deepObject",
                        "explode": True,
                        "schema": {
                            "type": "object",
                            "properties": {"from": {"type": "string"}, "to": {"type": "string"}},
                        },
                    },
                    {"name": "from", "in": "query", "schema": {"type": "string", "format": "date"}},
                    {
                        "name": "class",
                        "in": "query",
                        "schema": {"type": "string", "enum": ["a", "b c", "1", 'd"q', "e'q", "\\"]},
                    },
                    {"name": "list", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
                    {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
                    {"name": "session", "in": "cookie", "schema": {"type": "string"}},
                    {"name": "page", "in": "query", "schema": {"type": "integer"}},
                ],
                "responses": {
                    "200": {
                        "description": "ok",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "properties": {
                                        "results": {
                                            "type": "array",
                                            "items": {
                                                "oneOf": [
                                                    {"$ref": "#/components/schemas/Cat"},
                                                    {"$ref": "#/components/schemas/Dog"},
                                                ]
                                            },
                                        },
                                        "total": {"type": "integer"},
                                    },
                                }
                            }
                        },
                    }
                },
            }
        },
        "/files/{name}": {
            "put": {
                "operationId": "class",
                "parameters": [{"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}],
                "requestBody": {
                    "required": True,
                    "content": {
                        "multipart/form-data": {
                            "schema": {
                                "type": "object",
                                "required": ["file"],
                                "properties": {
                                    "file": {"type": "string", "format": "binary"},
                                    "more": {"type": "array", "items": {"type": "string", "format": "binary"}},
                                    "meta": {"type": "object", "properties": {"a": {"type": "integer"}}},
                                    "note": {"type": "string"},
                                },
                            }
                        }
                    },
                },
                "responses": {"204": {"description": "done"}},
            },
            "get": {
                "operationId": "download",
                "parameters": [
                    {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "Range", "in": "header", "schema": {"type": "string"}},
                ],
                "responses": {
                    "200": {
                        "description": "bytes",
                        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
                    }
                },
            },
            "post": {
                "operationId": "raw",
                "parameters": [{"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}],
                "requestBody": {
                    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
                },
                "responses": {"202": {"description": "ok", "content": {"text/plain": {"schema": {"type": "string"}}}}},
            },
        },
        "/form": {
            "post": {
                "operationId": "login",
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/x-www-form-urlencoded": {
                            "schema": {
                                "type": "object",
                                "properties": {
                                    "user name": {"type": "string"},
                                    "tags": {"type": "array", "items": {"type": "string"}},
                                },
                            }
                        }
                    },
                },
                "responses": {
                    "200": {
                        "description": "ok",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Json"}}},
                    },
                    "204": {"description": "nothing"},
                },
            }
        },
        "/points/{lat},{lon}": {
            "get": {
                "operationId": "point",
                "parameters": [
                    {"name": "lat", "in": "path", "required": True, "schema": {"type": "number"}},
                    {"name": "lon", "in": "path", "required": True, "style": "simple", "schema": {"type": "number"}},
                ],
                "responses": {
                    "default": {
                        "description": "x",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Tree"}}},
                    }
                },
            }
        },
        "/label/{ids}": {
            "get": {
                "parameters": [
                    {
                        "name": "ids",
                        "in": "path",
                        "required": True,
                        "style": "label",
                        "explode": True,
                        "schema": {"type": "array", "items": {"type": "string"}},
                    }
                ],
                "responses": {
                    "200": {
                        "description": "x",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "array",
                                    "items": {
                                        "type": "object",
                                        "properties": {
                                            "a-b": {"type": "string"},
                                            "a b": {"type": "string"},
                                            "a_b": {"type": "integer"},
                                        },
                                    },
                                }
                            }
                        },
                    }
                },
            }
        },
        "/label/{ids}/{class}": {
            "get": {
                "operationId": "label",
                "parameters": [
                    {
                        "name": "ids",
                        "in": "path",
                        "required": True,
                        "style": "matrix",
                        "schema": {"type": "array", "items": {"type": "string"}},
                    }
                ],
                "responses": {"200": {"description": "x"}},
            }
        },
        "/offset": {
            "get": {
                "operationId": "offsets",
                "tags": ["models"],
                "parameters": [
                    {"name": "offset", "in": "query", "schema": {"type": "integer"}},
                    {"name": "limit", "in": "query", "schema": {"type": "integer"}},
                ],
                "responses": {
                    "200": {
                        "description": "x",
                        "content": {
                            "application/json": {
                                "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}
                            }
                        },
                    }
                },
            },
            "post": {
                "operationId": "import",
                "tags": ["import"],
                "parameters": [{"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}],
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "array",
                                "items": {
                                    "anyOf": [
                                        {"type": "string"},
                                        {"type": "object", "properties": {"x": {"type": "string"}}, "required": ["x"]},
                                    ]
                                },
                            }
                        }
                    }
                },
                "responses": {
                    "200": {
                        "description": "x",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "allOf": [
                                        {"$ref": "#/components/schemas/Cat"},
                                        {"type": "object", "properties": {"extra": {"type": ["string", "null"]}}},
                                    ]
                                }
                            }
                        },
                    }
                },
            },
            "head": {"operationId": "heads", "responses": {"200": {"description": "x"}}},
        },
    },
    "components": {
        "schemas": {
            "Cat": {
                "type": "object",
                "required": ["kind"],
                "properties": {
                    "kind": {"const": "cat"},
                    "lives": {"type": "integer"},
                    "self": {"type": "string"},
                    "model_dump": {"type": "string"},
                    "__proto__": {"type": "string"},
                    "constructor": {"type": "string"},
                    "größe": {"type": "number"},
                    "名前": {"type": "string"},
                },
            },
            "Dog": {
                "type": "object",
                "required": ["kind"],
                "properties": {
                    "kind": {"type": "string", "enum": ["dog"]},
                    "friend": {"$ref": "#/components/schemas/Cat"},
                    "any": {},
                    "map": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Tree"}},
                    "level": {"type": "integer", "enum": [1, 2, None]},
                    "ratio": {"type": "number", "enum": [0.5, 1]},
                    "flag": {"type": "boolean", "enum": [True]},
                },
            },
            "Tree": {
                "type": "object",
                "properties": {
                    "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
                    "parent": {"oneOf": [{"$ref": "#/components/schemas/Tree"}, {"type": "null"}]},
                    "when": {"type": ["string", "null"], "format": "date-time"},
                    "deep": {
                        "type": "object",
                        "properties": {
                            "er": {
                                "type": "object",
                                "properties": {
                                    "x": {
                                        "type": "array",
                                        "items": {"type": "object", "properties": {"y": {"type": "string"}}},
                                    }
                                },
                            }
                        },
                    },
                },
            },
            "Json": {
                "oneOf": [
                    {"type": "string"},
                    {"type": "number"},
                    {"type": "array", "items": {"$ref": "#/components/schemas/Json"}},
                    {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Json"}},
                ]
            },
            "Status": {"type": "string", "enum": ["on", "off", "on/off", "", "None", "a\"b'c\\", "line\nbreak"]},
            "StatusList": {"type": "array", "items": {"$ref": "#/components/schemas/Status"}},
            "Statuses": {"$ref": "#/components/schemas/StatusList"},
            "Never": {"enum": []},
            "Everything": {"description": 'Ends """ */ here'},
            "Model": {"type": "object", "properties": {"x": {"$ref": "#/components/schemas/Any"}}},
            "Any": {
                "type": "object",
                "properties": {
                    "datetime": {"type": "string", "format": "date-time"},
                    "UUID": {"type": "string", "format": "uuid"},
                    "list": {"type": "array", "items": {"type": "string"}},
                    "str": {"type": "string"},
                },
            },
            "any": {"type": "string"},
            "Literal": {"type": "string", "enum": ["x"]},
            "ALongNameOfSomethingThatIsListedAmongOtherThingsList": {
                "type": "array",
                "items": {"$ref": "#/components/schemas/ALongNameOfSomethingThatIsListedAmongOtherThings"},
            },
            "ALongNameOfSomethingThatIsListedAmongOtherThings": {
                "type": "object",
                "required": ["ALongNameOfAPropertyThatIsLong"],
                "properties": {
                    "ALongNameOfAPropertyThatIsLong": {
                        "$ref": "#/components/schemas/ALongNameOfSomethingThatIsListedAmongOtherThings"
                    }
                },
            },
            "Promise": {"type": "object", "properties": {"then": {"type": "string"}}},
            "Record": {"type": "object", "additionalProperties": {"type": "integer"}},
            "Long": {"type": "string", "enum": [f"value number {i:03d} of many" for i in range(20)]},
        }
    },
}

"""Target `postman`: a base collection, one per environment, and their environments, in Postman's format 2.1.0.

A collection run from top to bottom against a fresh service passes: each thing is made after what it needs, read,
changed, and removed again. Every test script consists only of lines of this fixed vocabulary, one statement a line, so
that a runner without JavaScript can interpret all of it:

    pm.test("…", () => pm.response.to.have.status(201));
    pm.test("…", () => pm.expect(pm.response.json()).to.have.property("title"));
    pm.collectionVariables.set("bookId", pm.response.json().id);

Statuses are three digits; names in quotes are JSON strings; what follows `pm.response.json()` in `set` is a chain of
`.name` or `["name"]`. Nothing else is written. A request without a script is not checked: it needs code that no spec
can tell (its description says so). What is expected besides is the saved example `response` (code and body).
"""

from flaresmith.compiler.targets import Target
from flaresmith.compiler.targets.postman.collections import emit

TARGET = Target("postman", "json", emit)

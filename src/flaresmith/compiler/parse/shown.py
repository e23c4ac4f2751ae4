"""The model as the JSON that `flaresmith spec show --json` prints."""

from __future__ import annotations

from typing import Any

from flaresmith.compiler.model import (
    Clarification,
    Diagnostic,
    Endpoint,
    Entity,
    Feature,
    Field,
    Fix,
    Kind,
    Model,
    Requirement,
    Role,
    Source,
    Story,
    Task,
    Tool,
    Type,
)


def to_json(model: Model) -> dict[str, Any]:
    """Features with their facts, all diagnostics, and the counts of what was and was not understood."""
    return {
        "features": [_feature(feature) for feature in model.features],
        "diagnostics": [_diagnostic(diagnostic) for diagnostic in model.diagnostics],
        "counts": {"facts": fact_count(model), "linesNotUnderstood": model.not_understood},
    }


def fact_count(model: Model) -> int:
    """How many facts the folders state: stories, requirements, criteria, entities and all in them, endpoints, tools."""
    return sum(_facts_of(feature) for feature in model.features)


def spelled(typed: Type) -> str:
    """A type in one word: `uuid`, `decimal(12,2)`, `string[]`."""
    if typed.kind is Kind.ARRAY:
        return f"{spelled(typed.items) if typed.items else 'json'}[]"
    if typed.kind is Kind.DECIMAL and typed.precision is not None:
        return f"decimal({typed.precision},{typed.scale or 0})"
    return typed.kind.value


def _facts_of(feature: Feature) -> int:
    count = len(feature.requirements) + len(feature.success_criteria) + len(feature.endpoints) + len(feature.tools)
    count += sum(1 + len(story.scenarios) for story in feature.stories)
    count += len(feature.clarifications) + len(feature.tasks) + len(feature.roles) + len(feature.edge_cases)
    for entity in feature.entities:
        count += 1 + len(entity.fields) + len(entity.relationships) + len(entity.indexes) + len(entity.transitions)
        count += len(entity.rules) + len(entity.values)
    return count


def _feature(feature: Feature) -> dict[str, Any]:
    return {
        "id": feature.id,
        "title": feature.title,
        "status": feature.status,
        "branch": feature.branch,
        "stories": [_story(story) for story in feature.stories],
        "requirements": [_requirement(requirement) for requirement in feature.requirements],
        "successCriteria": [_requirement(criterion) for criterion in feature.success_criteria],
        "entities": [_entity(entity) for entity in feature.entities],
        "endpoints": [_endpoint(endpoint) for endpoint in feature.endpoints],
        "tools": [_tool(tool) for tool in feature.tools],
        "clarifications": [_clarification(each) for each in feature.clarifications],
        "tasks": [_task(task) for task in feature.tasks],
        "roles": [_role(role) for role in feature.roles],
        "edgeCases": [{"text": rule.text, "source": _source(rule.source)} for rule in feature.edge_cases],
        "keyEntities": [
            {"name": each.name, "description": each.description, "source": _source(each.source)}
            for each in feature.key_entities
        ],
        "dependsOn": list(feature.depends_on),
        "source": _source(feature.source),
    }


def _tool(tool: Tool) -> dict[str, Any]:
    return {
        "name": tool.name,
        "description": tool.description,
        "version": tool.version,
        "examples": len(tool.examples),
        "annotations": dict(tool.annotations),
        "requirements": list(tool.requirements),
        "source": _source(tool.source),
    }


def _clarification(asked: Clarification) -> dict[str, Any]:
    return {
        "question": asked.question,
        "answer": asked.answer,
        "session": asked.session,
        "source": _source(asked.source),
    }


def _task(task: Task) -> dict[str, Any]:
    return {
        "id": task.id,
        "text": task.text,
        "done": task.done,
        "parallel": task.parallel,
        "story": task.story,
        "phase": task.phase,
        "requirements": list(task.requirements),
        "paths": list(task.paths),
        "source": _source(task.source),
    }


def _role(role: Role) -> dict[str, Any]:
    return {
        "name": role.name,
        "description": role.description,
        "permissions": list(role.permissions),
        "source": _source(role.source),
    }


def _story(story: Story) -> dict[str, Any]:
    scenarios = [
        {"given": s.given, "when": s.when, "then": s.then, "text": s.text, "source": _source(s.source)}
        for s in story.scenarios
    ]
    return {
        "number": story.number,
        "title": story.title,
        "priority": story.priority,
        "text": story.text,
        "scenarios": scenarios,
        "source": _source(story.source),
    }


def _requirement(requirement: Requirement) -> dict[str, Any]:
    return {
        "id": requirement.id,
        "kind": requirement.kind.value,
        "text": requirement.text,
        "source": _source(requirement.source),
    }


def _entity(entity: Entity) -> dict[str, Any]:
    return {
        "name": entity.name,
        "kind": entity.kind.value,
        "fields": [_field(field) for field in entity.fields],
        "relationships": [
            {
                "name": link.name,
                "target": link.target,
                "cardinality": link.cardinality.value,
                "field": link.field or None,
                "through": link.through or None,
                "source": _source(link.source),
            }
            for link in entity.relationships
        ],
        "indexes": [
            {
                "fields": list(index.fields),
                "unique": index.unique,
                "where": index.where or None,
                "source": _source(index.source),
            }
            for index in entity.indexes
        ],
        "transitions": [
            {
                "field": arrow.field,
                "from": arrow.before,
                "to": arrow.after,
                "trigger": arrow.trigger or None,
                "source": _source(arrow.source),
            }
            for arrow in entity.transitions
        ],
        "values": list(entity.values),
        "source": _source(entity.source),
    }


def _field(field: Field) -> dict[str, Any]:
    reference = field.references
    enum = field.type.values or (field.type.items.values if field.type.items else ())
    return {
        "name": field.name,
        "type": spelled(field.type),
        "required": field.required,
        "unique": field.unique,
        "primaryKey": field.primary_key,
        "references": {"entity": reference.entity, "field": reference.field, "onDelete": reference.on_delete or None}
        if reference
        else None,
        "enum": list(enum) or None,
        "default": field.default,
        "source": _source(field.source),
    }


def _endpoint(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "method": endpoint.method,
        "path": endpoint.path,
        "operationId": endpoint.operation_id,
        "requirements": list(endpoint.requirements),
        "confidence": endpoint.confidence,
        "source": _source(endpoint.source),
    }


def _source(source: Source) -> dict[str, Any]:
    return {"file": source.file, "line": source.line}


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    source = diagnostic.source
    return {
        "rule": diagnostic.rule,
        "severity": diagnostic.severity.value,
        "file": source.file,
        "line": source.line,
        "column": source.column,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
        "fix": _fix(diagnostic.fix) if diagnostic.fix else None,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    edits = [
        {
            "file": edit.source.file,
            "line": edit.source.line,
            "column": edit.source.column,
            "length": edit.length,
            "text": edit.text,
        }
        for edit in fix.edits
    ]
    return {"title": fix.title, "edits": edits}

// A JSON Schema as a list that opens step by step.

import { element, inline } from "./dom.js";

export function resolved(schema, api) {
  let found = schema;
  while (found?.$ref) found = found.$ref.slice(2).split("/").reduce((node, key) => node[key], api);
  return found ?? {};
}

// The choices of a schema, null left out.
function choices(schema) {
  const found = schema.anyOf ?? schema.oneOf ?? [schema];
  return found.filter((choice) => choice.type !== "null").flatMap((choice) => (choice.oneOf ? choice.oneOf : [choice]));
}

function isNullable(schema) {
  return (schema.anyOf ?? []).some((choice) => choice.type === "null");
}

function bounds(schema) {
  const parts = [];
  const shown = (number) => number?.toLocaleString("en") ?? "…";
  if (schema.minimum != null || schema.maximum != null) parts.push(`${shown(schema.minimum)} to ${shown(schema.maximum)}`);
  if (schema.minItems != null || schema.maxItems != null) parts.push(`${schema.minItems ?? 0} to ${schema.maxItems ?? "…"} items`);
  if (schema.maxLength != null) parts.push(`at most ${schema.maxLength} characters`);
  return parts.length ? ` (${parts.join(", ")})` : "";
}

export function kindOf(schema, api) {
  const names = choices(schema).map((choice) => {
    const found = resolved(choice, api);
    if (found.const !== undefined) return JSON.stringify(found.const);
    if (found.enum) return found.enum.map((member) => JSON.stringify(member)).join(" | ");
    const [value] = Object.values(found.patternProperties ?? {});
    if (value) return `map to ${kindOf(value, api)}`;
    if (found.type === "array") return `list of ${kindOf(found.items ?? {}, api)}${bounds(found)}`;
    if (choice.$ref) return choice.$ref.split("/").pop();
    return `${found.type ?? "any"}${bounds(found)}`;
  });
  const shown = [...new Set(names)].join(" or ");
  return isNullable(schema) ? `${shown} or null` : shown;
}

// The objects within a schema that have keys of their own.
function objects(schema, api) {
  return choices(schema).flatMap((choice) => {
    const found = resolved(choice, api);
    if (found.type === "array") return objects(found.items ?? {}, api);
    if (found.anyOf || found.oneOf) return objects(found, api);
    const values = found.patternProperties ? Object.values(found.patternProperties) : [found.additionalProperties];
    if (!found.properties && typeof values[0] === "object") return values.flatMap((value) => objects(value, api));
    return found.properties ? [found] : [];
  });
}

export function keys(schema, api) {
  const rows = element("ul", { class: "rows" });
  for (const object of objects(schema, api)) {
    for (const [name, child] of Object.entries(object.properties)) {
      rows.append(element("li", {}, row(name, child, object.required?.includes(name), api)));
    }
  }
  return rows;
}

function row(name, schema, isRequired, api) {
  const found = resolved(schema, api);
  const title = [
    element("span", { class: "name" }, name),
    element("span", { class: "kind" }, kindOf(schema, api)),
    isRequired ? element("span", { class: "must" }, "required") : "",
  ];
  const text = schema.description ?? found.description;
  const about = text ? element("span", { class: "about" }, ...inline(text)) : "";
  if (objects(schema, api).length === 0) return element("div", {}, ...title, about);
  const details = element("details", {}, element("summary", {}, ...title, about));
  // Made when it is opened: schemas refer to one another without end.
  details.addEventListener("toggle", () => details.append(keys(schema, api)), { once: true });
  return details;
}

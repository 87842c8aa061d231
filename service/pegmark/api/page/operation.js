// One operation: what it takes and gives, and a form that sends it.

import { element, highlighted, inline, paragraphs } from "./dom.js";
import { keys, kindOf, resolved } from "./schema.js";

const JSON_TYPE = "application/json";

export function operationSection(path, method, operation, api) {
  const id = operation.operationId;
  return element("section", { class: "operation", id, "aria-labelledby": `${id}-title` },
    element("header", {},
      element("h3", { id: `${id}-title` },
        element("span", { class: `method ${method}` }, method.toUpperCase()),
        element("code", {}, path),
        element("span", { class: "faint" }, operation.summary))),
    element("div", { class: "columns" }, said(operation, api), tried(path, method, operation, api)));
}

function said(operation, api) {
  const body = operation.requestBody?.content[JSON_TYPE].schema;
  return element("div", {},
    ...paragraphs(operation.description),
    ...(operation.parameters ? [element("h4", {}, "Parameters"), parameters(operation, api)] : []),
    ...(body ? [element("h4", {}, "Body"), keys(body, api)] : []),
    element("h4", {}, "Answers"), answers(operation, api));
}

function parameters(operation, api) {
  return element("ul", { class: "rows" }, ...operation.parameters.map((parameter) => element("li", {},
    element("span", { class: "name" }, parameter.name),
    element("span", { class: "kind" }, `${parameter.in}, ${kindOf(parameter.schema, api)}`),
    parameter.required ? element("span", { class: "must" }, "required") : "",
    element("span", { class: "about" }, ...inline(parameter.description)))));
}

function answers(operation, api) {
  return element("ul", { class: "rows" }, ...Object.entries(operation.responses).map(([status, answer]) => {
    const found = resolved(answer, api);
    const title = [element("span", { class: "name" }, status), element("span", { class: "kind" }, ...inline(found.description))];
    const [content] = Object.values(found.content ?? {});
    const rows = content ? keys(content.schema, api) : null;
    if (!rows?.children.length) return element("li", {}, ...title);
    return element("li", {}, element("details", {}, element("summary", {}, ...title), rows));
  }));
}

// The examples of an operation by name: values of parameters, and a body.
function examplesOf(operation) {
  const found = {};
  const at = (name) => (found[name] ??= { summary: name, values: {} });
  const [answer] = Object.values(operation.responses["200"].content);
  for (const [name, { summary }] of Object.entries(answer.examples ?? {})) at(name).summary = summary;
  for (const parameter of operation.parameters ?? []) {
    for (const [name, { value }] of Object.entries(parameter.examples ?? {})) at(name).values[parameter.name] = value;
  }
  for (const [name, { value }] of Object.entries(operation.requestBody?.content[JSON_TYPE].examples ?? {})) at(name).body = value;
  return found;
}

function tried(path, method, operation, api) {
  const id = operation.operationId;
  const examples = examplesOf(operation);
  const inputs = new Map((operation.parameters ?? []).map((parameter) => [parameter,
    element("input", { id: `${id}-${parameter.name}`, required: parameter.required, autocomplete: "off", spellcheck: "false" })]));
  const body = operation.requestBody ? element("textarea", { id: `${id}-body`, spellcheck: "false", autocomplete: "off" }) : null;
  const select = element("select", { id: `${id}-example` },
    ...Object.entries(examples).map(([name, { summary }]) => element("option", { value: name }, summary)));
  const send = element("button", { class: "send", type: "submit" }, "Send");
  const copy = element("button", { type: "button" }, "Copy as curl");
  const output = element("output", { class: "answer", "aria-live": "polite", for: `${id}-example` });
  const form = element("form", {},
    element("h4", {}, "Try it"),
    ...(select.options.length ? [element("label", { for: `${id}-example` }, "Example"), select] : []),
    ...[...inputs].flatMap(([parameter, input]) => [element("label", { for: input.id }, parameter.name), input]),
    ...(body ? [element("label", { for: body.id }, "Body"), body] : []),
    element("div", { class: "actions" }, send, copy, element("span", { class: "faint" }, body ? "Ctrl + Enter sends" : "")),
    output);

  const fill = () => {
    const example = examples[select.value];
    for (const [parameter, input] of inputs) input.value = example?.values[parameter.name] ?? "";
    if (body) body.value = JSON.stringify(example?.body ?? {}, null, 2);
  };
  const request = () => {
    let target = path;
    const query = new URLSearchParams();
    for (const [parameter, input] of inputs) {
      if (parameter.in === "path") target = target.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
      else if (input.value !== "") query.set(parameter.name, input.value);
    }
    const asked = query.size ? `${target}?${query}` : target;
    return { target: asked, method: method.toUpperCase(), body: body?.value };
  };
  select.addEventListener("change", fill);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    output.replaceChildren(await answered(request()));
    send.disabled = false;
  });
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(asCurl(request()));
    copy.textContent = "Copied";
    setTimeout(() => { copy.textContent = "Copy as curl"; }, 1500);
  });
  fill();
  return element("div", { class: "try" }, form);
}

async function answered({ target, method, body }) {
  const started = performance.now();
  let response, text;
  try {
    response = await fetch(target, { method, body, headers: body === undefined ? {} : { "content-type": JSON_TYPE } });
    text = await response.text();
  } catch (failure) {
    return element("p", { class: "bad" }, `No answer: ${failure.message}`);
  }
  const ms = Math.round(performance.now() - started);
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  return element("div", {},
    element("p", {},
      element("span", { class: `status ${response.ok ? "good" : "bad"}` }, `${response.status} ${response.statusText}`),
      element("span", { class: "kind" }, `${ms} ms, ${text.length.toLocaleString("en")} characters`)),
    element("details", {}, element("summary", { class: "faint" }, "Headers"),
      element("pre", {}, [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n"))),
    element("pre", { tabindex: "0" }, isJson ? highlighted(JSON.stringify(JSON.parse(text), null, 2)) : text));
}

function asCurl({ target, method, body }) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const parts = [`curl ${quoted(location.origin + target)}`];
  if (method !== "GET") parts.push(`--request ${method}`);
  if (body !== undefined) parts.push(`--header 'content-type: ${JSON_TYPE}'`, `--data ${quoted(body)}`);
  return parts.join(" \\\n  ");
}

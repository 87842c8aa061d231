// Elements and texts. Everything that is shown goes through `textContent`: nothing a server sends is markup.

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child != null && child !== ""));
  return made;
}

// `code` and nothing else of Markdown.
export function inline(text) {
  return text.split(/(`[^`]+`)/).map((part) =>
    part.startsWith("`") ? element("code", {}, part.slice(1, -1)) : part);
}

export function paragraphs(text) {
  return text.trim().split(/\n\s*\n/).map((part) => element("p", {}, ...inline(part.replace(/\s+/g, " "))));
}

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

// JSON text in colours.
export function highlighted(text) {
  const made = element("code");
  let end = 0;
  for (const found of text.matchAll(TOKEN)) {
    const [token, string, colon] = found;
    made.append(text.slice(end, found.index));
    const kind = string ? (colon ? "key" : "string") : "number";
    made.append(element("span", { class: kind }, string ?? token), colon ?? "");
    end = found.index + token.length;
  }
  made.append(text.slice(end));
  return made;
}

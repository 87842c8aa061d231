// The page: reads the API document, lists its operations, and shows each with a form to send it.

import { element, inline, paragraphs } from "./dom.js";
import { operationSection } from "./operation.js";

const byId = (id) => document.getElementById(id);

function operationsOf(api) {
  return Object.entries(api.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })));
}

function show(api) {
  const operations = operationsOf(api);
  const main = byId("main");
  byId("version").textContent = api.info.version;
  byId("state").remove();
  main.append(element("h1", {}, `${api.info.title} API`), element("div", { class: "intro" }, ...paragraphs(api.info.description)));
  for (const tag of api.tags) {
    const own = operations.filter(({ operation }) => operation.tags.includes(tag.name));
    main.append(element("div", { class: "tag" }, element("h2", { id: `tag-${tag.name}` }, tag.name), element("p", { class: "faint" }, ...inline(tag.description))));
    main.append(...own.map(({ path, method, operation }) => operationSection(path, method, operation, api)));
    byId("contents").append(element("div", { class: "group" }, element("h2", {}, tag.name), element("ul", {}, ...own.map(entry))));
  }
  const wanted = location.hash && byId(location.hash.slice(1));
  if (wanted) wanted.scrollIntoView();
  follow();
}

function entry({ path, method, operation }) {
  return element("li", { "data-words": `${method} ${path} ${operation.summary}`.toLowerCase() },
    element("a", { href: `#${operation.operationId}` }, operation.summary));
}

// Marks the operation that is being read in the list.
function follow() {
  const links = new Map([...document.querySelectorAll("nav li a")].map((link) => [link.hash.slice(1), link]));
  const watcher = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) {
      if (!isIntersecting) continue;
      for (const link of links.values()) link.removeAttribute("aria-current");
      links.get(target.id)?.setAttribute("aria-current", "true");
    }
  }, { rootMargin: "-15% 0px -75% 0px" });
  for (const section of document.querySelectorAll(".operation")) watcher.observe(section);
}

function filter(words) {
  for (const item of document.querySelectorAll("nav li")) item.hidden = !item.dataset.words.includes(words.trim().toLowerCase());
  for (const group of document.querySelectorAll("nav .group")) group.hidden = !group.querySelector("li:not([hidden])");
}

function theme(chosen) {
  const isDark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  if (chosen) document.documentElement.dataset.theme = chosen;
  byId("theme").textContent = isDark ? "Light" : "Dark";
  byId("theme").setAttribute("aria-label", `Switch to ${isDark ? "light" : "dark"} colours`);
  return isDark;
}

let isDark = theme(localStorage.getItem("theme"));
byId("theme").addEventListener("click", () => {
  localStorage.setItem("theme", isDark ? "light" : "dark");
  isDark = theme(localStorage.getItem("theme"));
});
byId("filter").addEventListener("input", (event) => filter(event.target.value));
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) {
    event.preventDefault();
    byId("filter").focus();
  }
});

try {
  const response = await fetch("/openapi.json");
  if (!response.ok) throw new Error(`the API document is answered with ${response.status}`);
  show(await response.json());
} catch (failure) {
  byId("state").textContent = `The API document cannot be shown: ${failure.message}.`;
}

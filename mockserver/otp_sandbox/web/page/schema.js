// Shows JSON schemas, and the words of an OpenAPI document.
import { el } from "./dom.js";

const DEEP = 5;
const BOUNDS = { minLength: "at least {} characters", maxLength: "at most {} characters", minimum: "≥ {}", maximum: "≤ {}", exclusiveMinimum: "> {}", exclusiveMaximum: "< {}", minItems: "at least {} entries", maxItems: "at most {} entries", pattern: "matches {}", format: "{}" };

/** Follow a reference within a document. */
export function resolve(document, node) {
  for (let steps = 0; node?.$ref && steps < 20; steps += 1) {
    const found = node.$ref.slice(2).split("/").reduce((at, key) => at?.[decodeURIComponent(key).replaceAll("~1", "/").replaceAll("~0", "~")], document);
    const { $ref, ...own } = node;
    node = { ...found, ...own };
  }
  return node ?? {};
}

/** Show a text of a document: paragraphs, lists, and what stands in backquotes. */
export function words(text = "") {
  return text.trim().split(/\n\s*\n|\n(?=- )/).filter(Boolean).map((each) =>
    el(each.startsWith("- ") ? "p.point" : "p", {}, each.split("`").map((part, index) => (index % 2 ? el("code", {}, part) : part))));
}

/** Name the kind of a value. */
export function kindOf(document, schema) {
  const { type, anyOf, oneOf, allOf, enum: values, const: only, items, properties } = schema;
  if (only !== undefined) return JSON.stringify(only);
  if (values) return values.map((each) => JSON.stringify(each)).join(" | ");
  const several = anyOf ?? oneOf;
  if (several) return [...new Set(several.map((each) => kindOf(document, resolve(document, each))))].join(" or ");
  if (allOf) return "object";
  if (type === "array") return `list of ${items ? kindOf(document, resolve(document, items)) : "anything"}`;
  if (Array.isArray(type)) return type.join(" or ");
  return type ?? (properties ? "object" : "anything");
}

const boundsOf = (schema) =>
  Object.entries(BOUNDS).filter(([name]) => schema[name] !== undefined).map(([name, text]) => text.replace("{}", schema[name]));

/** Show the members of a schema, as deep as it goes. */
export function showSchema(document, given, deep = 0) {
  const schema = resolve(document, given);
  if (deep > DEEP) return el("p.muted", {}, "…");
  const several = schema.anyOf ?? schema.oneOf;
  const parts = [];
  for (const each of schema.allOf ?? []) parts.push(showSchema(document, each, deep + 1));
  const members = several?.filter((each) => hasMembers(document, each)) ?? [];
  members.forEach((each, index) => parts.push(el("details", { open: index === 0 && deep < 2 },
    el("summary", {}, resolve(document, each).title ?? each.$ref?.split("/").at(-1) ?? `${index + 1}`), showSchema(document, each, deep + 1))));
  if (schema.properties) {
    parts.push(el("dl.schema", {}, Object.entries(schema.properties).map(([name, member]) =>
      showMember(document, name, member, schema.required?.includes(name), deep))));
  }
  if (schema.items && hasMembers(document, schema.items)) parts.push(el("p.muted", {}, "Each entry:"), showSchema(document, schema.items, deep + 1));
  if (!parts.length) parts.push(el("p.muted", {}, kindOf(document, schema)));
  return el("div", {}, parts);
}

const hasMembers = (document, node) => {
  const schema = resolve(document, node);
  return Boolean(schema.properties || schema.items || schema.anyOf || schema.oneOf || schema.allOf);
};

/** Show a named value: a parameter, or a member of an object. */
export function showMember(document, name, given, required, deep = 0, place = null) {
  const schema = resolve(document, given);
  return el("div", {},
    el("dt", {}, el("code", {}, name), required ? el("span.badge", { "data-state": "queued" }, "required") : null, place ? el("span.muted", {}, `in ${place},`) : null,
      el("span.muted", {}, [kindOf(document, schema), ...boundsOf(schema)].join(", "), schema.default !== undefined ? `, default ${JSON.stringify(schema.default)}` : "")),
    el("dd", {},
      words(given.description ?? schema.description),
      hasMembers(document, schema) && kindOf(document, schema) !== "anything" && (schema.properties || schema.items || schema.anyOf || schema.oneOf)
        ? nested(document, schema, deep) : null));
}

function nested(document, schema, deep) {
  const inner = schema.type === "array" ? schema.items : schema;
  if (!inner || !holdsProperties(document, inner)) return null;
  return el("details", {}, el("summary", {}, "members"), showSchema(document, inner, deep + 1));
}

const holdsProperties = (document, node, deep = 0) => {
  const schema = resolve(document, node);
  return Boolean(schema.properties) || (deep < DEEP && [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? []), ...(schema.items ? [schema.items] : [])].some((each) => holdsProperties(document, each, deep + 1)));
};

/** Give a value that a schema lets pass, to begin with. */
export function sampleOf(document, given, deep = 0) {
  const schema = resolve(document, given);
  if (schema.examples?.length) return schema.examples[0];
  if (schema.example !== undefined) return schema.example;
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (deep > DEEP) return null;
  const several = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (several) return sampleOf(document, several[0], deep + 1);
  if (schema.properties) return Object.fromEntries(Object.entries(schema.properties).filter(([name]) => !schema.required?.length || schema.required.includes(name)).map(([name, each]) => [name, sampleOf(document, each, deep + 1)]));
  const kind = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  return { array: [], object: {}, integer: 0, number: 0, boolean: false, null: null, string: "" }[kind] ?? "";
}

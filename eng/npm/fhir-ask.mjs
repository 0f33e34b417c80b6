// A system that speaks FHIR and is not .NET: asks with fhir-kit-client over mTLS, as a GP's or GGD's system would, and holds the answers to what
// docs/fhir.md says. Prints one JSON object per case: {"name", "error" (null when it went well), "answers": [{"contentType", "body"}]}.
// Usage: node fhir-ask.mjs '{"base": …, "gateway": …, "ca": …, "system": …, "callers": {"safety": {"cert", "key", "headers"}, "reuse": {…}, "correct": {…}}}'
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Client } from "fhir-kit-client";
import { Agent, Headers, Request, Response, fetch } from "undici";

const { base, gateway, ca, system, callers } = JSON.parse(process.argv[2]);
let answers = [];

// Node's own fetch takes no client certificate; undici, which it is made of, does. Whatever comes in is kept for the validators.
Object.assign(globalThis, {
  Headers, Request, Response,
  fetch: async (request) => {
    const answer = await fetch(request);
    answers.push({ contentType: answer.headers.get("content-type"), body: await answer.clone().text() });
    return answer;
  },
});

for (const caller of Object.values(callers)) {
  caller.dispatcher = new Agent({ connect: { ca: readFileSync(ca), cert: readFileSync(caller.cert), key: readFileSync(caller.key) } });
}

function clientOf(caller, changes = {}, baseUrl = base) {
  const { headers, dispatcher } = callers[caller];
  const all = Object.fromEntries(Object.entries({ ...headers, ...changes }).filter(([, value]) => value !== undefined));
  return new Client({ baseUrl, customHeaders: all, requestOptions: { dispatcher } });
}

const pseudonymOf = (caller) => callers[caller].headers["keten-subject"];
const search = (client, resourceType, searchParams, postSearch = true) => client.search({ resourceType, searchParams, options: { postSearch } });
const patientOf = async (client, caller = "safety") =>
  (await search(client, "Patient", { identifier: `${system}|${pseudonymOf(caller)}` })).entry[0].resource;

async function refused(call, status, reason) {
  const { response } = await call.then(() => assert.fail("was not refused"), (error) => error.response ? error : Promise.reject(error));
  assert.equal(response.status, status);
  assert.equal(response.data.resourceType, "OperationOutcome");
  assert.equal(response.data.issue[0].details.coding[0].code, reason);
  return response.data;
}

const cases = {
  async "capability statement"() {
    const statement = await clientOf("safety", { "keten-purpose": undefined, "keten-subject": undefined }).capabilityStatement();
    assert.equal(statement.fhirVersion, "4.0.1");
    assert.equal(statement.implementation.url, base);
    assert.ok(["Patient", "RelatedPerson", "EpisodeOfCare"].every((type) => statement.rest[0].resource.some((r) => r.type === type)));
  },

  async "search by post"() {
    const patient = await patientOf(clientOf("safety"));
    assert.equal(patient.name[0].family, "van der Voorbeeld");
    assert.deepEqual(patient.identifier.map((i) => [i.system, i.value]), [[system, pseudonymOf("safety")]]);
  },

  async "search by get"() {
    const client = clientOf("safety");
    const found = await search(client, "Patient", {}, false);
    assert.equal(found.entry[0].fullUrl, `${base}/Patient/${found.entry[0].resource.id}`);
    assert.equal(found.total, undefined);
    const relations = await search(client, "RelatedPerson", { patient: `Patient/${found.entry[0].resource.id}` }, false);
    assert.deepEqual(relations.entry.map((e) => e.resource.relationship[0].text), ["ouder", "broer"]);
  },

  async "read and the patient it refers to"() {
    const client = clientOf("safety");
    const found = await search(client, "EpisodeOfCare", { "patient:identifier": `${system}|${pseudonymOf("safety")}` });
    const episode = await client.read({ resourceType: "EpisodeOfCare", id: found.entry[0].resource.id });
    assert.deepEqual(episode, found.entry[0].resource);
    const organization = await client.resolve({ reference: episode.managingOrganization.reference, context: episode });
    assert.equal(organization.name, "Gemeente Test");
    assert.equal((await client.resolve({ reference: episode.patient.reference })).name[0].use, "official");
  },

  async "conditional read"() {
    const client = clientOf("safety");
    const { id } = await patientOf(client);
    const read = await client.read({ resourceType: "Patient", id });
    const tag = Client.httpFor(read).response.headers.get("etag");
    assert.equal(tag, `W/"${read.meta.versionId}"`);
    const { response } = await client.read({ resourceType: "Patient", id, options: { headers: { "if-none-match": tag } } }).catch((error) => error);
    assert.deepEqual([response.status, response.data], [304, {}]);
  },

  async "elements and a summary ask for less"() {
    const client = clientOf("safety");
    const [{ resource }] = (await search(client, "Patient", { _elements: "birthDate" }, false)).entry;
    assert.deepEqual(Object.keys(resource).sort(), ["birthDate", "id", "identifier", "meta", "resourceType"]);
    assert.deepEqual(resource.meta.security.map((s) => s.code), ["SUBSETTED"]);
    const counted = await search(client, "RelatedPerson", { _summary: "count" }, false);
    assert.deepEqual([counted.total, counted.entry], [2, undefined]);
  },

  async "pages"() {
    const client = clientOf("safety");
    const found = [];
    for (let bundle = await search(client, "RelatedPerson", { "patient:identifier": `${system}|${pseudonymOf("safety")}`, _count: "1" });
      bundle; bundle = await client.nextPage({ bundle })) {
      assert.equal(bundle.entry.length, 1);
      found.push(bundle.entry[0].resource.relationship[0].text);
      assert.ok(bundle.link.every((link) => link.url.startsWith(`${base}/RelatedPerson`) && !link.url.includes(pseudonymOf("safety"))));
    }

    assert.deepEqual(found, ["ouder", "broer"]);
  },

  async "provenance comes along"() {
    const { entry } = await search(clientOf("safety"), "Patient", { _revinclude: "Provenance:target" }, false);
    assert.deepEqual(entry.map((e) => [e.resource.resourceType, e.search.mode]), [["Patient", "match"], ["Provenance", "include"]]);
    assert.equal(entry[1].resource.target[0].reference, entry[0].fullUrl);
  },

  async "the patient comes along"() {
    const client = clientOf("safety");
    const { entry } = await search(client, "RelatedPerson", { "patient:identifier": `${system}|${pseudonymOf("safety")}`, _include: "RelatedPerson:patient" });
    assert.deepEqual(entry.map((e) => e.resource.resourceType), ["RelatedPerson", "RelatedPerson", "Patient"]);
    const patient = await client.resolve({ reference: entry[0].resource.patient.reference });
    assert.equal(patient.id, entry[2].resource.id);
  },

  async "an overview of two organisations, one of which is not there"() {
    const [, source] = /\/(\d{20})\/fhir$/.exec(base);
    const client = clientOf("safety", { "keten-target": undefined }, gateway);
    const { entry } = await client.operation({ name: "everything", resourceType: "Patient", method: "GET", input: { source: `${source},00000099000000009999` } });
    const types = entry.map((e) => e.resource.resourceType);
    assert.ok(["Patient", "RelatedPerson", "EpisodeOfCare"].every((type) => types.includes(type)), types.join());
    assert.equal(entry.at(-1).resource.issue[0].details.coding[0].code, "TARGET_UNKNOWN");
    assert.equal(entry.at(-1).search.mode, "outcome");
  },

  async "a purpose has its own capability statement"() {
    const { rest } = await clientOf("reuse").capabilityStatement();
    assert.deepEqual(rest[0].resource.map((r) => r.type), ["Patient"]);
    assert.ok(rest[0].resource[0].interaction.some((i) => i.code === "update"));
  },

  async "a correction"() {
    const client = clientOf("correct");
    const { id } = await patientOf(client, "correct");
    const corrected = { resourceType: "Patient", id, telecom: [{ system: "phone", value: "06-00000002" }] };
    const answer = await client.update({ resourceType: "Patient", id, body: corrected });
    assert.equal(Client.httpFor(answer).response.status, 200);
    assert.deepEqual([answer.resourceType, answer.issue[0].severity], ["OperationOutcome", "information"]);
  },

  async "what came incomplete is not taken back"() {
    const client = clientOf("reuse");
    const body = await patientOf(client, "reuse");
    await refused(client.update({ resourceType: "Patient", id: body.id, body }), 400, "FHIR_UPDATE_SUBSETTED");
  },

  async "masked for another purpose"() {
    const patient = await patientOf(clientOf("reuse"), "reuse");
    assert.equal(patient.address, undefined);
    assert.deepEqual(patient.meta.security.map((s) => s.code), ["SUBSETTED"]);
  },

  async "refused without a purpose"() {
    const outcome = await refused(search(clientOf("safety", { "keten-purpose": undefined }), "Patient", {}), 400, "METADATA_MISSING");
    assert.equal(outcome.issue[0].code, "required");
    assert.equal(outcome.issue[0].details._text.extension[0].extension[0].valueCode, "nl");
  },

  async "refused by the policy"() {
    await refused(search(clientOf("safety", { "keten-purpose": "zvh-casusoverleg" }), "Patient", {}), 403, "CATEGORY_NOT_FOR_CALLER");
  },

  async "a BSN is refused"() {
    const client = clientOf("safety");
    await refused(search(client, "Patient", { identifier: "http://fhir.nl/fhir/NamingSystem/bsn|999912112" }), 400, "FHIR_BSN_NOT_ACCEPTED");
    await refused(search(client, "Patient", { identifier: "999912112" }, false), 400, "FHIR_BSN_NOT_ACCEPTED");
  },

  async "a pseudonym in a URL is refused"() {
    await refused(search(clientOf("safety"), "Patient", { identifier: `${system}|${pseudonymOf("safety")}` }, false), 400, "FHIR_PSEUDONYM_IN_URL");
  },

  async "an unknown resource type is refused"() {
    await refused(clientOf("safety").read({ resourceType: "Observation", id: "1" }), 404, "FHIR_RESOURCE_UNKNOWN");
  },

  async "an id nobody gave is not found"() {
    await refused(clientOf("safety").read({ resourceType: "Patient", id: "0".repeat(40) }), 404, "FHIR_RESOURCE_NOT_FOUND");
  },

  async "a parameter that is not offered is refused"() {
    await refused(search(clientOf("safety"), "Patient", { name: "Noor" }), 400, "FHIR_PARAMETER_UNSUPPORTED");
  },

  async "an interaction that is not offered is refused"() {
    const client = clientOf("safety");
    await refused(client.delete({ resourceType: "Patient", id: "0".repeat(40) }), 405, "FHIR_INTERACTION_UNSUPPORTED");
    await refused(client.history({ resourceType: "Patient" }), 405, "FHIR_INTERACTION_UNSUPPORTED");
    await refused(client.batch({ body: { resourceType: "Bundle", type: "batch" } }), 405, "FHIR_INTERACTION_UNSUPPORTED");
  },

  async "XML when it is accepted"() {
    // The client reads JSON only: it gives what it could not read as the data of an error.
    const client = clientOf("safety");
    const { response } = await client.search({ resourceType: "Patient", options: { headers: { accept: "application/fhir+xml" } } }).catch((error) => error);
    assert.equal(response.status, 200);
    assert.match(response.data, /^<Bundle xmlns="http:\/\/hl7\.org\/fhir"><type value="searchset" \/>/);
  },
};

for (const [name, run] of Object.entries(cases)) {
  answers = [];
  const error = await run().then(() => null, (problem) => problem.stack ?? String(problem));
  console.log(JSON.stringify({ name, error, answers: answers.filter((a) => a.body) }));
}

await Promise.all(Object.values(callers).map((caller) => caller.dispatcher.close()));

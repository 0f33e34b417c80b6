// A case-management system that is not .NET: asks a name and address over gRPC with @grpc/grpc-js. Prints one JSON object.
// Usage: node ask.mjs HOST:PORT PROTO_DIR CA CERT KEY '{"keten-purpose": "…", …}'
import { readFileSync } from "node:fs";
import grpc from "@grpc/grpc-js";
import loader from "@grpc/proto-loader";

const [address, protoDir, ca, cert, key, headers] = process.argv.slice(2);
const definition = loader.loadSync("keten/person/v1/person_service.proto", { includeDirs: [protoDir], keepCase: true, defaults: false });
const { PersonService } = grpc.loadPackageDefinition(definition).keten.person.v1;
const credentials = grpc.credentials.createSsl(readFileSync(ca), readFileSync(key), readFileSync(cert));
const client = new PersonService(address, credentials);

const metadata = new grpc.Metadata();
for (const [name, value] of Object.entries(JSON.parse(headers))) {
  metadata.add(name, value);
}

const answer = {};
const call = client.GetPerson({}, metadata, { deadline: Date.now() + 10_000 }, (error, response) => {
  if (error) {
    answer.code = error.code;
    answer.reason = error.metadata.get("keten-reason")[0];
    answer.details = error.metadata.get("grpc-status-details-bin").length;
  } else {
    answer.code = 0;
    answer.person = response.person;
  }
  console.log(JSON.stringify(answer));
  client.close();
});
call.on("metadata", (received) => {
  answer.transaction = received.get("fsc-transaction-id")[0];
  answer.disclosure = received.get("keten-disclosure-bin")[0]?.length ?? 0;
});

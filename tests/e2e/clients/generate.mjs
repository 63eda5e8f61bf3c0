// Writes the types of openapi.json to api.ts; a file that goes up is a Blob.
import { writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const blob = ts.factory.createTypeReferenceNode("Blob");
const tree = await openapiTS(new URL(process.argv[2]), {
  defaultNonNullable: false,
  transform: (schema) => (schema.format === "binary" ? blob : undefined),
});
writeFileSync("api.ts", astToString(tree));

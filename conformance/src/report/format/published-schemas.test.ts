import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { packageFile } from "../../package-file.ts";
import { publishedSchemas } from "./published-schemas.ts";

describe("the published schemas", () => {
  const folder = packageFile("schema");
  const schemas = publishedSchemas();

  for (const { file, text } of schemas) {
    it(`${file} is what the suite works with: \`make generate\` writes it anew`, () => {
      assert.equal(readFileSync(join(folder, file), "utf8"), text);
    });

    it(`${file} has an id with its version and describes every property`, () => {
      const schema = JSON.parse(text) as Node;
      assert.match(String(schema.$id), /^urn:berth:conformance:[a-z]+:[1-9][0-9]*$/);
      const bare = undescribed(schema, "");
      assert.deepEqual(bare, []);
    });
  }

  it("are all that stands in the folder", () => {
    assert.deepEqual(readdirSync(folder).sort(), schemas.map(({ file }) => file).sort());
  });
});

type Node = { readonly [key: string]: unknown };

/** The paths of all properties without a description; a number that only counts outcomes is described where it stands. */
function undescribed(node: unknown, path: string): string[] {
  if (typeof node !== "object" || node === null) return [];
  const { properties } = node as { readonly properties?: Readonly<Record<string, Node>> };
  const bare = Object.entries(properties ?? {})
    .filter(
      ([name, property]) =>
        !("description" in property) && !("$ref" in property) && !("const" in property) && !isCount(path, name),
    )
    .map(([name]) => `${path}/${name}`);
  return [...bare, ...Object.entries(node).flatMap(([key, value]) => undescribed(value, `${path}/${key}`))];
}

function isCount(path: string, name: string): boolean {
  return path.endsWith("/counts") && name !== "";
}

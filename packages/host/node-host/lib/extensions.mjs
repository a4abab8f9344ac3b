import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/**
 * Loads every extension below `root`, each from the `extension.json` in its own directory. One that is broken is reported and left out;
 * it never stops the operations of others.
 */
export async function loadExtensions(root) {
  const operations = [];
  const broken = [];
  const names = new Map();
  for (const directory of await directoriesIn(root)) {
    try {
      const extension = await loadExtension(path.join(root, directory));
      const twin = names.get(extension.name);
      if (twin !== undefined) throw new Error(`"${twin}" has an extension of the same name, "${extension.name}"`);
      names.set(extension.name, directory);
      operations.push(...extension.operations);
    } catch (error) {
      broken.push({ directory, why: error.message });
    }
  }
  return { operations, broken };
}

async function directoriesIn(root) {
  try {
    const entries = await readdir(root, { withFileTypes: true });
    return entries
      .filter((entry) => !entry.isFile())
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    throw new Error(`the extensions in ${root} cannot be read: ${error.message}`);
  }
}

async function loadExtension(directory) {
  const declared = await readDeclaration(path.join(directory, "extension.json"));
  check(isRecord(declared), "extension.json is not an object");
  const { name, version, operations } = declared;
  check(typeof name === "string" && namePattern.test(name), `its name ${JSON.stringify(name)} is none`);
  check(typeof version === "string" && version !== "", "it has no version");
  check(isRecord(operations), "it has no operations");
  const loaded = [];
  for (const [operationName, operation] of Object.entries(operations)) {
    loaded.push(await loadOperation(directory, { name, version }, operationName, operation));
  }
  return { name, operations: loaded };
}

async function readDeclaration(file) {
  let text;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new Error(`extension.json cannot be read (${error.code})`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`extension.json is no JSON: ${error.message}`);
  }
}

async function loadOperation(directory, extension, name, declared) {
  const where = `the operation ${JSON.stringify(name)}`;
  check(namePattern.test(name), `${where} has a name that cannot be called`);
  check(isRecord(declared), `${where} is not an object`);
  const { module, description = "", arguments: parameters = {}, rest } = declared;
  check(typeof module === "string", `${where} names no module`);
  check(typeof description === "string", `${where} has a description that is no text`);
  check(rest === undefined || typeof rest === "string", `${where} has a rest that is no text`);
  check(isRecord(parameters), `${where} has arguments that are no object`);
  for (const [key, parameter] of Object.entries(parameters)) {
    check(isRecord(parameter), `${where} has an argument ${JSON.stringify(key)} that is no object`);
  }

  const modulePath = path.resolve(directory, module);
  check(modulePath.startsWith(directory + path.sep), `${where} has its module ${module} outside the extension`);
  const isFile = await stat(modulePath).then(
    (found) => found.isFile(),
    () => false,
  );
  check(isFile, `${where} has no module ${module}`);
  return { extension, name, fullName: `${extension.name}::${name}`, description, module, modulePath, parameters, rest };
}

function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function check(holds, why) {
  if (!holds) throw new Error(why);
}

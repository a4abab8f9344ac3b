import { readText, writeText } from "./text.mjs";

export async function run({ values: { file, search, replace } }) {
  if (search === "") throw new Error("search is empty");
  const parts = (await readText(file)).split(search);
  if (parts.length === 1) throw new Error(`${file} does not hold "${search}"`);
  await writeText(file, parts.join(replace));
  const count = parts.length - 1;
  console.log(`replaced ${count} ${count === 1 ? "place" : "places"} in ${file}`);
}

export async function run({ values: { name = "world" } }) {
  console.log(`Good day, ${name}, from greeting 2.0.0`);
}

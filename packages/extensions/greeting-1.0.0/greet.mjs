export async function run({ values: { name = "world" } }) {
  console.log(`Hello, ${name}, from greeting 1.0.0`);
}

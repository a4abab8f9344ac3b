import { open } from "node:fs/promises";

// The first bytes of what systems without ELF run by themselves: Mach-O in its widths and byte orders, Windows programs.
const otherProgramStarts = ["feedface", "feedfacf", "cefaedfe", "cffaedfe", "cafebabe", "4d5a"];

const ELF_HEADER_BYTES = 64;
const ELF_EXECUTABLE = 2;
const ELF_SHARED_OBJECT = 3; // what position-independent programs are
/** The machine numbers of ELF that a processor, in the words of `process.arch`, runs: its own, and the 32-bit one where it runs both. */
const elfMachines: Readonly<Record<string, readonly number[]>> = {
  x64: [62, 3],
  ia32: [3],
  arm64: [183, 40],
  arm: [40],
  riscv64: [243],
  ppc64: [21],
  s390x: [22],
  loong64: [258],
};

/**
 * Why the file cannot be a host's entry point, or undefined when it can be tried. Without this look the C library would hand a file that
 * is no program to the shell, so that an empty host would seem to succeed at everything (OP-035).
 */
export async function whyNoProgram(entryPath: string): Promise<string | undefined> {
  const header = Buffer.alloc(ELF_HEADER_BYTES);
  try {
    const file = await open(entryPath, "r");
    try {
      await file.read(header, 0, header.length, 0);
    } finally {
      await file.close();
    }
  } catch (error) {
    // A program that can be run but not read is rare and fine.
    return codeOf(error) === "EACCES" ? undefined : `it cannot be read (${codeOf(error)})`;
  }
  const start = header.toString("hex");
  if (start.startsWith("2321") || otherProgramStarts.some((bytes) => start.startsWith(bytes))) return undefined;
  if (start.startsWith("7f454c46")) return whyNoElfProgram(header);
  return "it is neither a program nor a script that begins with #!";
}

function whyNoElfProgram(header: Buffer): string | undefined {
  const bigEndian = header[5] === 2;
  const number = (offset: number): number => (bigEndian ? header.readUInt16BE(offset) : header.readUInt16LE(offset));
  const type = number(16);
  if (type !== ELF_EXECUTABLE && type !== ELF_SHARED_OBJECT) return "it is damaged, or not a program";
  const machines = elfMachines[process.arch];
  // A processor that this table does not name is left to the system to judge.
  if (machines !== undefined && !machines.includes(number(18))) return "it is a program for another kind of processor";
  return undefined;
}

/** The system's short name of an error, such as ENOENT: unlike the message it holds no path of the agent. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown error";
}

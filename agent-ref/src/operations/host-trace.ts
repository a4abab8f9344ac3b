import { z } from "zod";

/** The form of a {@link HostTrace} on the disk. */
export const hostTrace = z.object({
  /** Where the host worked; its environment says the same, by which what it left behind is found. */
  workDirectory: z.string(),
  /** Absent from just before the host is started until its process is known. */
  process: z.object({ pid: z.int().positive(), identity: z.string().optional() }).optional(),
});

/** What is known of a host's processes; it stays on the disk as long as one of them can be alive (OP-041). */
export type HostTrace = z.infer<typeof hostTrace>;

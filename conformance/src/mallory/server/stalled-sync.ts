import type { Forwarder } from "../../network/forwarder.ts";
import type { OpenSync } from "../../peers/server-peer/open-sync.ts";
import { type Content, wholeData } from "./content.ts";

/**
 * HS-034, SYNC-058: stops a sync in the middle of a message: the network of the forwarder, through which the sync was opened, takes
 * nothing more while a Data is under way. Neither its own instance nor another may have to wait.
 */
export function stallSync(forwarder: Forwarder, open: OpenSync, content: Content): void {
  forwarder.stall("toTarget");
  void open.stream.send({ $case: "data", value: wholeData(content) });
}

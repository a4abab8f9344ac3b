import { type Command, Option } from "commander";
import { CI_SERVICES, type CiService } from "../report/annotations/ci-service.ts";

/** Where reports go. */
export interface ReportOptions {
  readonly json: string;
  readonly junit: string;
  readonly html: string;
  /** The CI service to write annotations for; found out from the environment when absent. */
  readonly annotations?: CiService | "none";
}

/** Adds them to a command; the folder is where reports go unless said otherwise. */
export function addReportOptions(command: Command, folder = "reports"): Command {
  return command
    .option("--json <file>", "where the results go", `${folder}/results.json`)
    .option("--junit <file>", "where the JUnit report goes", `${folder}/junit.xml`)
    .option("--html <file>", "where the page for people goes", `${folder}/report.html`)
    .addOption(
      new Option(
        "--annotations <service>",
        "write annotations for a CI service; without this option for the one that the environment names",
      ).choices([...CI_SERVICES, "none"]),
    );
}

import { readFileSync } from "node:fs";
import { packageFile } from "../package-file.ts";
import type { MatrixReport } from "./matrix-report.ts";

const DATA = /(<script type="application\/json" id="data">)[^<]*(<\/script>)/;

/** The matrix as one HTML page that needs nothing beside it. */
export function matrixPage(report: MatrixReport): string {
  const page = readFileSync(packageFile("pages/matrix.html"), "utf8");
  // Nothing in the data can end the element it stands in.
  const data = JSON.stringify(report).replaceAll("<", "\\u003c");
  return page.replace(DATA, (_, before: string, after: string) => `${before}${data}${after}`);
}

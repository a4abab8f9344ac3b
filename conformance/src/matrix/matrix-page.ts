import { readFileSync } from "node:fs";
import { packageFile } from "../package-file.ts";
import { pageWithData } from "../report/page-with-data.ts";
import type { MatrixReport } from "./matrix-report.ts";

/** The matrix as one HTML page that needs nothing beside it. */
export function matrixPage(report: MatrixReport): string {
  return pageWithData(readFileSync(packageFile("pages/matrix.html"), "utf8"), report);
}

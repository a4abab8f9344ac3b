import { join } from "node:path";
import { packageFile } from "../../package-file.ts";
import { writeReport } from "../write-report.ts";
import { publishedSchemas } from "./published-schemas.ts";

for (const { file, text } of publishedSchemas()) writeReport(join(packageFile("schema"), file), text);

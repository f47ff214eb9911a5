import { writeFileSync } from "node:fs";
import { openApi } from "./openapi.ts";

/** `npm run openapi`: writes the API's document to openapi.json, for those who integrate without running anything. */
writeFileSync(new URL("../openapi.json", import.meta.url), `${JSON.stringify(openApi(), null, 2)}\n`);

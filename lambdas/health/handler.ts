import { openApi } from "../../contract/openapi.ts";
import { httpHandler } from "../http.ts";

const document = openApi();

export const handler = httpHandler("health", {
  getHealth: async () => ({ status: 200, body: { status: "ok" } }),
  getOpenApi: async () => ({
    status: 200,
    headers: { "Cache-Control": "public, max-age=300" },
    body: document,
  }),
});

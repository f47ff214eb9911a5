import { createRoot } from "react-dom/client";
import { config as configureZod } from "zod";
import { siteConfig } from "../contract/web-site.ts";
import { App } from "./app.tsx";
import "./styles/base.css";
import "./styles/scan.css";
import "./styles/medication.css";

// zod would try `new Function`, which the page's own security policy forbids.
configureZod({ jitless: true });

const root = document.getElementById("root");
if (root) {
  const config = fetch("/config.json").then(async (response) => siteConfig.parse(await response.json()));
  createRoot(root).render(<App config={config} />);
}

import "./without-eval.ts";
import { createRoot } from "react-dom/client";
import { siteConfig } from "../contract/web-site.ts";
import { App } from "./app.tsx";
import "./styles/base.css";
import "./styles/scan.css";
import "./styles/medication.css";

const root = document.getElementById("root");
if (root) {
  const config = fetch("/config.json").then(async (response) => siteConfig.parse(await response.json()));
  createRoot(root).render(<App config={config} />);
}

import { App } from "aws-cdk-lib";
import { RxscanStack } from "../lib/rxscan-stack.ts";
import { settingsFromContext } from "../lib/settings.ts";

const app = new App();
new RxscanStack(app, "Rxscan", { settings: settingsFromContext(app.node.getAllContext()) });

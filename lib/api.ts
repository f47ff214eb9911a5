import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import {
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
} from "aws-cdk-lib/aws-apigatewayv2";
import { HttpJwtAuthorizer } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { type HandlerName, handlerNames, routes } from "../contract/routes.ts";
import { constructId } from "./function-parts.ts";
import { HandlerFunction } from "./handler-function.ts";
import type { Identity } from "./identity.ts";
import type { Settings } from "./settings.ts";

/** The gateway gives up after 30 s; handlers only book and look up, so a slow one is better ended and tried again. */
const TIMEOUT_SECONDS = 10;
/** Hundreds of objects to remove, thousands of parts to put together, a whole upload to try: still under 30 s. */
const LONG_TIMEOUT_SECONDS = 25;
const longHandlers: readonly HandlerName[] = ["delete-scan", "batch-upload", "upload-canary"];

/** Calls a second, for all callers together: a hundred tablets that poll every second, and room to spare. */
const CALLS_PER_SECOND = 200;
const CALLS_AT_ONCE = 400;

/**
 * One line per call: which route, how it ended, how long it took. No address of the caller, no path with ids, no
 * query, no token.
 */
const accessLogLine = JSON.stringify({
  request_id: "$context.requestId",
  time: "$context.requestTime",
  route: "$context.routeKey",
  status: "$context.status",
  bytes: "$context.responseLength",
  ms: "$context.responseLatency",
  handler_ms: "$context.integrationLatency",
  handler_status: "$context.integrationStatus",
});

/** The HTTP API: every route of the contract, each answered by its handler, behind a token where the contract says. */
export class Api extends Construct {
  readonly http: HttpApi;
  readonly handlers: Readonly<Record<HandlerName, HandlerFunction>>;

  constructor(
    scope: Construct,
    id: string,
    { identity, settings }: { identity: Identity; settings: Settings },
  ) {
    super(scope, id);

    this.handlers = Object.fromEntries(
      handlerNames.map((name) => {
        const seconds = longHandlers.includes(name) ? LONG_TIMEOUT_SECONDS : TIMEOUT_SECONDS;
        const timeout = Duration.seconds(seconds);
        return [name, new HandlerFunction(this, constructId(name), { name, timeout, settings })];
      }),
    ) as Record<HandlerName, HandlerFunction>;

    this.http = new HttpApi(this, "Http", {
      description: "rxscan",
      createDefaultStage: false,
      corsPreflight: {
        allowOrigins: [...settings.webOrigins],
        allowMethods: [...new Set(routes.map(({ method }) => CorsHttpMethod[method]))],
        allowHeaders: [
          "Authorization",
          "Content-Type",
          ...new Set(routes.flatMap(({ headers = [] }) => headers)),
        ],
        exposeHeaders: ["ETag", "Location", "Retry-After"],
        maxAge: Duration.hours(1),
      },
    });

    new HttpStage(this, "Stage", {
      httpApi: this.http,
      stageName: "$default",
      autoDeploy: true,
      throttle: { rateLimit: CALLS_PER_SECOND, burstLimit: CALLS_AT_ONCE },
      accessLogSettings: {
        destination: new LogGroupLogDestination(
          new LogGroup(this, "AccessLog", {
            retention: RetentionDays.ONE_MONTH,
            removalPolicy: RemovalPolicy.DESTROY,
          }),
        ),
        format: AccessLogFormat.custom(accessLogLine),
      },
    });

    const signedIn = new HttpJwtAuthorizer("SignedIn", identity.issuer, {
      jwtAudience: [identity.client.userPoolClientId],
    });
    const integrations = Object.fromEntries(
      handlerNames.map((name) => [name, new HttpLambdaIntegration(constructId(name), this.handlers[name])]),
    ) as Record<HandlerName, HttpLambdaIntegration>;

    for (const route of routes) {
      this.http.addRoutes({
        path: route.path,
        methods: [HttpMethod[route.method]],
        integration: integrations[route.handler],
        ...(route.signedIn ? { authorizer: signedIn } : {}),
      });
    }
  }
}

import { describe, expect, it } from "vitest";
import { handlerNames, routes } from "../../contract/routes.ts";
import { functionNamed, functions, only, resourcesOf, words } from "./template.ts";

type RouteProperties = {
  RouteKey: string;
  AuthorizationType: string;
  AuthorizerId?: unknown;
  Target: unknown;
};
const deployed = new Map(
  resourcesOf<RouteProperties>("AWS::ApiGatewayV2::Route").map(({ properties }) => [
    properties.RouteKey,
    properties,
  ]),
);
const integrations = resourcesOf<{
  IntegrationUri: unknown;
  PayloadFormatVersion: string;
}>("AWS::ApiGatewayV2::Integration");

describe("the API", () => {
  it("has every route of the contract exactly once, and no other", () => {
    const keys = resourcesOf<RouteProperties>("AWS::ApiGatewayV2::Route").map(
      ({ properties }) => properties.RouteKey,
    );
    expect(keys.sort()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).sort());
  });

  it.each(routes)("sends $method $path to its handler", ({ method, path, handler }) => {
    const target = words(deployed.get(`${method} ${path}`)?.Target);
    const integration = only(
      integrations.filter(({ id }) => target === `integrations/${words({ Ref: id })}`),
    );
    expect(integration.properties.IntegrationUri).toEqual({
      "Fn::GetAtt": [functionNamed(handler).id, "Arn"],
    });
    expect(integration.properties.PayloadFormatVersion).toBe("2.0");
  });

  it("has one integration for each handler", () => {
    expect(integrations).toHaveLength(handlerNames.length);
  });

  it("asks for a token on every route that the contract signs in, and on no other", () => {
    const authorizer = only(resourcesOf("AWS::ApiGatewayV2::Authorizer")).id;
    for (const { method, path, signedIn } of routes) {
      const route = deployed.get(`${method} ${path}`);
      expect(route?.AuthorizationType, path).toBe(signedIn ? "JWT" : "NONE");
      expect(route?.AuthorizerId, path).toEqual(signedIn ? { Ref: authorizer } : undefined);
    }
  });

  it("takes only tokens of its own directory, made for its own client", () => {
    const { properties } = only(
      resourcesOf<{ JwtConfiguration: { Audience: unknown[]; Issuer: unknown }; AuthorizerType: string }>(
        "AWS::ApiGatewayV2::Authorizer",
      ),
    );
    expect(properties.AuthorizerType).toBe("JWT");
    const directory = only(resourcesOf("AWS::Cognito::UserPool")).id;
    expect(properties.JwtConfiguration.Issuer).toEqual({ "Fn::GetAtt": [directory, "ProviderURL"] });
    expect(properties.JwtConfiguration.Audience.map(words)).toEqual(["{IdentityPeopleTablet}"]);
  });

  it("lets the web page send and see every header that the contract uses", () => {
    const { CorsConfiguration: cors } = only(
      resourcesOf<{ CorsConfiguration: Record<string, unknown> }>("AWS::ApiGatewayV2::Api"),
    ).properties;
    expect(cors).toMatchObject({
      AllowOrigins: ["http://localhost:3000"],
      AllowHeaders: expect.arrayContaining([
        "Authorization",
        "Content-Type",
        "Idempotency-Key",
        "If-None-Match",
        "If-Match",
      ]),
      AllowMethods: expect.arrayContaining(["GET", "POST", "PATCH", "DELETE"]),
      ExposeHeaders: ["ETag", "Location", "Retry-After"],
    });
  });

  it("bounds how many calls reach the handlers", () => {
    const stage = only(
      resourcesOf<{ DefaultRouteSettings: Record<string, number> }>("AWS::ApiGatewayV2::Stage"),
    );
    expect(stage.properties.DefaultRouteSettings).toEqual({
      ThrottlingRateLimit: 200,
      ThrottlingBurstLimit: 400,
    });
  });

  it("keeps an access log without address, path, query or token", () => {
    const stage = only(resourcesOf<{ AccessLogSettings: { Format: string } }>("AWS::ApiGatewayV2::Stage"));
    const logged = Object.values(JSON.parse(stage.properties.AccessLogSettings.Format));
    // $context.path holds ids of jobs, $context.identity and $context.authorizer persons.
    expect(logged.sort()).toEqual([
      "$context.integrationLatency",
      "$context.integrationStatus",
      "$context.requestId",
      "$context.requestTime",
      "$context.responseLatency",
      "$context.responseLength",
      "$context.routeKey",
      "$context.status",
    ]);
  });

  it("ends every handler before the gateway gives up on it after 30 s", () => {
    for (const name of handlerNames) expect(functionNamed(name).properties.Timeout, name).toBeLessThan(30);
  });
});

describe("the directory", () => {
  it("signs the web page in with a code and without a secret", () => {
    const { properties } = only(resourcesOf<Record<string, unknown>>("AWS::Cognito::UserPoolClient"));
    expect(properties).toMatchObject({
      GenerateSecret: false,
      AllowedOAuthFlows: ["code"],
      PreventUserExistenceErrors: "ENABLED",
    });
    for (const addresses of [properties.CallbackURLs, properties.LogoutURLs] as unknown[][]) {
      expect(addresses.map(words)).toEqual(["http://localhost:3000/", "https://{WebSiteDistribution}/"]);
    }
  });

  it("lets nobody sign up by themselves", () => {
    const { properties } = only(
      resourcesOf<{ AdminCreateUserConfig: Record<string, unknown> }>("AWS::Cognito::UserPool"),
    );
    expect(properties.AdminCreateUserConfig).toEqual({ AllowAdminCreateUserOnly: true });
  });
});

describe("every function", () => {
  it("is one of the contract's handlers, the readers, the expander, the sweeper or bury", () => {
    const workers = ["read-page", "expand-batch", "read-sheet", "sweep", "bury"];
    expect([...functions.keys()].sort()).toEqual([...handlerNames, ...workers].sort());
  });

  it("runs on Node 24", () => {
    for (const [name, { properties }] of functions) {
      if (properties.PackageType !== "Image") expect(properties.Runtime, name).toBe("nodejs24.x");
    }
  });

  it("keeps its log as long as the photos it speaks of", () => {
    const logs = resourcesOf<{ RetentionInDays: number }>("AWS::Logs::LogGroup");
    expect(logs).toHaveLength(functions.size + 1);
    for (const { id, properties } of logs) expect(properties.RetentionInDays, id).toBe(30);
    const used = [...functions.values()].map(({ properties }) => words(properties.LoggingConfig.LogGroup));
    expect(new Set(used).size).toBe(functions.size);
  });
});

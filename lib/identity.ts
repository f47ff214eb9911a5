import { Aws, Duration, Fn, RemovalPolicy } from "aws-cdk-lib";
import {
  AccountRecovery,
  type CfnUserPoolClient,
  Mfa,
  OAuthScope,
  UserPool,
  type UserPoolClient,
  type UserPoolDomain,
} from "aws-cdk-lib/aws-cognito";
import { Construct } from "constructs";
import type { Settings } from "./settings.ts";

/** Who may call: a directory of the clinic's people, a sign-in page, and the token issuer that the API trusts. */
export class Identity extends Construct {
  readonly pool: UserPool;
  readonly client: UserPoolClient;
  readonly signInPage: UserPoolDomain;
  /** The `iss` of every token. */
  readonly issuer: string;
  /** Where a sign-in may lead back to. */
  readonly #homes: string[];

  constructor(scope: Construct, id: string, { settings }: { settings: Settings }) {
    super(scope, id);

    this.pool = new UserPool(this, "People", {
      // The clinic invites its people; nobody signs up by themselves.
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      autoVerify: { email: true },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      mfa: settings.requireSecondFactor ? Mfa.REQUIRED : Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      deletionProtection: settings.keepData,
      removalPolicy: settings.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });

    // A page in a browser can keep no secret: authorization code with PKCE instead (RFC 7636).
    this.#homes = settings.webOrigins.map((origin) => `${origin}/`);
    this.client = this.pool.addClient("Tablet", {
      generateSecret: false,
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID],
        callbackUrls: this.#homes,
        logoutUrls: this.#homes,
      },
      // Needs AWS credentials beside the person's password: how an operator gets a token to check a deployment.
      authFlows: { adminUserPassword: true },
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      // One shift: a tablet left on a counter is signed out by the next day.
      refreshTokenValidity: Duration.hours(12),
    });

    this.signInPage = this.pool.addDomain("SignIn", {
      cognitoDomain: { domainPrefix: settings.signInDomain ?? Fn.join("-", ["rxscan", Aws.ACCOUNT_ID]) },
    });

    this.issuer = this.pool.userPoolProviderUrl;
  }
  /** Lets the page at this origin, which is known only after the client, sign its people in. */
  leadBackTo(origin: string): void {
    this.#homes.push(`${origin}/`);
    const client = this.client.node.defaultChild as CfnUserPoolClient;
    client.callbackUrLs = this.#homes;
    client.logoutUrLs = this.#homes;
  }
}

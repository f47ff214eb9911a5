import * as z from "zod";

/** What the tablet page is told by `/config.json` beside it, before anybody has signed in. */
export const siteConfig = z.object({
  issuer: z.string().describe("The `iss` of every token"),
  sign_in: z.url().describe("Where /oauth2/authorize, /oauth2/token, /oauth2/revoke and /logout are"),
  client_id: z.string().min(1),
});
export type SiteConfig = z.infer<typeof siteConfig>;

/** The paths of Cognito's hosted sign-in, which the local issuer serves too. */
export const signInPaths = {
  authorize: "/oauth2/authorize",
  token: "/oauth2/token",
  revoke: "/oauth2/revoke",
  logout: "/logout",
} as const;

/**
 * What a browser may load on behalf of the page: itself, pictures from memory and from the photo store, and nothing
 * inline. Both origins are of the form `https://host`.
 */
export function contentSecurityPolicy({
  photoStore,
  signIn,
}: {
  photoStore: string;
  signIn: string;
}): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    `img-src 'self' blob: data:`,
    "media-src 'self' blob: mediastream:",
    `connect-src 'self' ${photoStore} ${signIn}`,
    "manifest-src 'self'",
    "base-uri 'none'",
    `form-action 'self' ${signIn}`,
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Only the page itself may use the camera. https://www.w3.org/TR/permissions-policy/ */
export const permissionsPolicy = "camera=(self), microphone=(), geolocation=()";

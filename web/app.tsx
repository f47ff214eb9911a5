import { useEffect, useState } from "react";
import { Button } from "react-aria-components/Button";
import type { SiteConfig } from "../contract/web-site.ts";
import { hasSignedOut, isReachable, Session, signIn } from "./session.ts";
import { strings } from "./strings.ts";
import { Workplace } from "./workplace.tsx";

type Standing =
  | { is: "opening" }
  | { is: "signed-in"; session: Session }
  | { is: "signed-out"; message: string; advice: string };

/** Signed in or not: everything else is behind the session. */
export function App({ config }: { config: Promise<SiteConfig> }) {
  const [standing, setStanding] = useState<Standing>({ is: "opening" });
  useEffect(() => {
    const open = async () => {
      try {
        const session = await Session.open(await config);
        if (session) return setStanding({ is: "signed-in", session });
        if (!hasSignedOut()) return await enter(config, setStanding);
        const { signedOut: message, nothingKept: advice } = strings.session;
        setStanding({ is: "signed-out", message, advice });
      } catch {
        setStanding({ is: "signed-out", message: strings.session.couldNotSignIn, advice: "" });
      }
    };
    void open();
  }, [config]);

  if (standing.is === "signed-in") {
    return <Workplace session={standing.session} onSignIn={() => void enter(config, setStanding)} />;
  }
  if (standing.is === "opening") return <p className="opening">{strings.loading}</p>;
  return (
    <main className="welcome">
      <h1>{standing.message}</h1>
      <p>{standing.advice}</p>
      <Button className="button primary" onPress={() => void enter(config, setStanding)}>
        {strings.session.signIn}
      </Button>
    </main>
  );
}

/** Leaves for the sign-in page, as soon as there is a network to reach it by. */
async function enter(config: Promise<SiteConfig>, tell: (standing: Standing) => void): Promise<void> {
  if (await isReachable()) return signIn(await config);
  const { noConnection: message, whenItIsBack: advice } = strings.session;
  tell({ is: "signed-out", message, advice });
  addEventListener("online", () => void enter(config, tell), { once: true });
}

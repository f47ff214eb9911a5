import { Button } from "react-aria-components/Button";
import { strings } from "./strings.ts";

/** What went wrong, and the way to try it again. */
export function Trouble({ message, onAgain }: { message: string; onAgain: () => void }) {
  return (
    <div className="choices">
      <p className="trouble" role="alert">
        {message}
      </p>
      <Button className="button" onPress={onAgain}>
        {strings.tryAgain}
      </Button>
    </div>
  );
}

import { Label } from "react-aria-components/Label";
import { ProgressBar } from "react-aria-components/ProgressBar";

type MeterProps = { label: string; percent: number; note?: string };

/** A bar with what it is about and how far it is. Only a new label is read out, not every step of the bar. */
export function Meter({ label, percent, note = "" }: MeterProps) {
  return (
    <>
      <ProgressBar className="meter" value={percent}>
        {({ percentage, valueText }) => (
          <>
            <Label>{label}</Label>
            <span className="meter-value">{valueText}</span>
            <progress aria-hidden="true" max={100} value={percentage ?? 0} />
          </>
        )}
      </ProgressBar>
      <p className="meter-note">{note}</p>
      <p className="unseen" role="status">
        {label}
      </p>
    </>
  );
}

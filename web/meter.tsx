import { Label } from "react-aria-components/Label";
import { ProgressBar } from "react-aria-components/ProgressBar";

type MeterProps = {
  label: string;
  /** Absent while nobody can say how far it is. */
  percent?: number | undefined;
  note?: string;
  /** What is read out to those who do not see it, whenever it has changed: not every step of the bar. */
  spoken?: string;
};

/** A bar with what it is about and how far it is. */
export function Meter({ label, percent, note, spoken = label }: MeterProps) {
  const value = percent === undefined ? { isIndeterminate: true } : { value: percent };
  return (
    <>
      <ProgressBar className="meter" {...value}>
        {({ percentage, valueText }) => (
          <>
            <Label>{label}</Label>
            <span className="meter-value">{percentage === undefined ? "" : valueText}</span>
            <progress aria-hidden="true" max={100} value={percentage} />
          </>
        )}
      </ProgressBar>
      {note !== undefined && <p className="meter-note">{note}</p>}
      <p className="unseen" role="status">
        {spoken}
      </p>
    </>
  );
}

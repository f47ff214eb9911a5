import { Component, type ReactNode } from "react";
import { strings } from "./strings.ts";

/** A page that breaks, or a part of it that does not come, says so; photos on their way are not touched by it. */
export class Boundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children;
    return (
      <section className="medication-loading">
        <p className="trouble" role="alert">
          {strings.unexpected}
        </p>
        <button type="button" className="button big" onClick={() => location.reload()}>
          {strings.tryAgain}
        </button>
      </section>
    );
  }
}

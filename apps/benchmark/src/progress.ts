/** What is going on, on the terminal's last line; where there is no terminal, a line for each part. */
import pc from 'picocolors';

interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): boolean;
}

const longestBar = 20;

export class Progress {
  readonly #terminal: Terminal;
  readonly #start: number = performance.now();
  #last = '';

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  readonly show = (text: string, done: number, total: number): void => {
    const { isTTY, columns = 80 } = this.#terminal;
    if (isTTY !== true) {
      // What follows a colon changes several times a second.
      const part = text.split(': ')[0]!;
      if (part !== this.#last) this.#terminal.write(`[${done}/${total}] ${part}\n`);
      this.#last = part;
      return;
    }
    // A line that fills the terminal's last column may begin another.
    const width = Math.max(0, columns - 1);
    const bar = Math.min(longestBar, width);
    const full = Math.round((bar * done) / total);
    const line = ` ${done}/${total} ${text}${this.#left(done, total)}`.slice(0, width - bar);
    this.#terminal.write(`\r\x1b[2K${pc.green('█'.repeat(full))}${pc.dim('░'.repeat(bar - full))}${line}`);
  };

  /** Clears the line. */
  readonly end = (): void => {
    if (this.#terminal.isTTY === true) this.#terminal.write('\r\x1b[2K');
  };

  /** Once some parts are done, how long the others may take. */
  #left(done: number, total: number): string {
    if (done < 4) return '';
    const seconds = ((performance.now() - this.#start) / 1000 / done) * (total - done);
    return `, about ${seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`} left`;
  }
}

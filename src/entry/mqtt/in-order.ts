interface Slot {
  readonly release: () => void;
  isReady: boolean;
}

/** Shifting an array costs its length, so the front is cut off only now and then. */
const cutAt = 1024;

/**
 * Releases in the order of entering, whatever becomes ready first: acknowledgements have to leave in
 * the order in which their messages came (MQTT-4.6.0-2).
 */
export class InOrder {
  #slots: Slot[] = [];
  #first = 0;

  /** Answers what to call when this one is ready; it is released then, or after those before it. */
  enter(release: () => void): () => void {
    const slot = { release, isReady: false };
    this.#slots.push(slot);
    return () => {
      slot.isReady = true;
      this.#releaseReady();
    };
  }

  #releaseReady(): void {
    let slot = this.#slots[this.#first];
    while (slot?.isReady === true) {
      this.#first += 1;
      slot.release();
      slot = this.#slots[this.#first];
    }
    if (this.#first < cutAt && slot !== undefined) return;
    this.#slots = this.#slots.slice(this.#first);
    this.#first = 0;
  }
}

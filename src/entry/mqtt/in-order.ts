/** Shifting an array costs its length, so the front is cut off only now and then. */
const cutAt = 1024;

/**
 * Releases items in the order of their entering, whatever becomes ready first: acknowledgements have
 * to leave in the order in which their messages came (MQTT-4.6.0-2).
 */
export class InOrder<Item> {
  readonly #release: (item: Item) => void;
  #items: Item[] = [];
  #isReady: boolean[] = [];
  /** Place of the first item that is not released. */
  #first = 0;
  /** Tickets before the first place of the arrays. */
  #cut = 0;

  constructor(release: (item: Item) => void) {
    this.#release = release;
  }

  /** Answers the ticket with which the item is made ready. */
  enter(item: Item): number {
    this.#isReady.push(false);
    return this.#cut + this.#items.push(item) - 1;
  }

  /** Releases this item, or later, after those before it. */
  ready(ticket: number): void {
    this.#isReady[ticket - this.#cut] = true;
    while (this.#isReady[this.#first] === true) {
      const item = this.#items[this.#first] as Item;
      this.#first += 1;
      this.#release(item);
    }
    if (this.#first < cutAt && this.#first < this.#items.length) return;
    this.#items = this.#items.slice(this.#first);
    this.#isReady = this.#isReady.slice(this.#first);
    this.#cut += this.#first;
    this.#first = 0;
  }
}

import { alertCard, announcement, isAlert, showHistory } from './alert-card.js';

const MAX_CARDS = 60;
const GATHER_MS = 150;

/** The list of alerts: what happened before, and what the live stream announces. */
export class AlertFeed {
  constructor({ api, list, note, announcer, rules }) {
    Object.assign(this, { api, list, note, announcer, rules });
    this.known = new Set();
    this.timer = null;
    this.isLoaded = false;
    this.hasMissed = false;
    // A page full of old alerts asks for the price history of those that are looked at.
    this.watcher = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) void this.loadHistory(target);
    });
  }

  async load() {
    const events = await this.api.get('/api/events?limit=100');
    this.show(events.filter(isAlert).slice(0, MAX_CARDS), { isNews: false });
    this.updateNote();
    this.isLoaded = true;
    if (this.hasMissed) this.refreshSoon();
  }

  /** The stream names events only; several that come together are fetched together. */
  refreshSoon() {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.refresh().catch(() => undefined);
    }, GATHER_MS);
  }

  async refresh() {
    this.hasMissed = !this.isLoaded;
    if (!this.isLoaded) return;
    const events = await this.api.get('/api/events?limit=50');
    const news = events.filter((event) => isAlert(event) && !this.known.has(event.id));
    if (news.some((event) => event.rule_id && !this.rules.names.has(event.rule_id))) await this.rules.load();
    this.show(news, { isNews: true });
    this.updateNote();
  }

  /** @param events newest first */
  show(events, { isNews }) {
    for (const event of [...events].reverse()) {
      if (this.known.has(event.id)) continue;
      this.known.add(event.id);
      const card = alertCard(event, this.rules.names);
      card.classList.toggle('is-new', isNews);
      this.list.prepend(card);
      this.watcher.observe(card);
      this.refreshHistoriesOf(event.listing_id, card);
    }
    for (const old of [...this.list.children].slice(MAX_CARDS)) {
      this.watcher.unobserve(old);
      old.remove();
    }
    const [newest] = events;
    if (isNews && newest) this.announcer.textContent = announcement(newest);
  }

  /** An older card of the same copy shows the new price as well. */
  refreshHistoriesOf(listingId, newCard) {
    for (const card of this.list.children) {
      if (card !== newCard && card.dataset.listing === listingId && card.dataset.loaded) {
        delete card.dataset.loaded;
        void this.loadHistory(card);
      }
    }
  }

  async loadHistory(card) {
    if (card.dataset.loaded) return;
    card.dataset.loaded = 'yes';
    this.watcher.unobserve(card);
    try {
      showHistory(
        card,
        await this.api.get(`/api/listings/${encodeURIComponent(card.dataset.listing)}/price-history`),
      );
    } catch {
      // The alert is worth showing without its history; scrolling by tries again.
      delete card.dataset.loaded;
    }
  }

  updateNote() {
    this.note.textContent =
      this.list.children.length === 0
        ? 'None yet. Save a search as a rule; alerts show up by themselves.'
        : 'Newest first, as they happen.';
  }

  clear() {
    clearTimeout(this.timer);
    this.timer = null;
    this.watcher.disconnect();
    this.known.clear();
    this.list.replaceChildren();
  }
}

import { disc, el, money, outsideLink, providerName } from './dom.js';

const PAGE_SIZE = 8;
const RULE_INTERVAL_SECONDS = 30;

/** The search form, its results, and the way from a search to a rule. */
export class SearchPanel {
  constructor({ api, byId, onSaved }) {
    this.api = api;
    this.onSaved = onSaved;
    this.query = null;
    this.byId = byId;
    this.listeners = new AbortController();
    this.listen('search-form', 'submit', () => this.search());
    this.listen('save-form', 'submit', () => this.save());
    this.listen('more', 'click', () => this.turnPage());
  }

  listen(id, type, work) {
    const run = (event) => {
      event.preventDefault();
      work().catch((error) => this.say(error.message));
    };
    this.byId(id).addEventListener(type, run, { signal: this.listeners.signal });
  }

  async search() {
    const form = new FormData(this.byId('search-form'));
    const words = String(form.get('keywords') ?? '')
      .split(/\s+/)
      .filter(Boolean);
    this.query = {
      keywords: words,
      max_price: form.get('max_price') ? Number(form.get('max_price')) : null,
      min_condition: form.get('min_condition') || null,
      page: 1,
      page_size: PAGE_SIZE,
    };
    this.byId('results').replaceChildren();
    this.byId('rule-name').value = nameFor(this.query);
    this.byId('save-form').hidden = false;
    await this.loadPage();
  }

  async turnPage() {
    if (!this.query) return;
    this.query.page += 1;
    await this.loadPage();
  }

  async loadPage() {
    const results = this.byId('results');
    results.setAttribute('aria-busy', 'true');
    this.say('Searching…');
    try {
      const found = await this.api.post('/api/search', this.query);
      results.append(...found.items.map(resultRow));
      this.byId('more').hidden = !found.pagination.has_next;
      this.say(summary(found));
    } finally {
      results.removeAttribute('aria-busy');
    }
  }

  async save() {
    if (!this.query) return;
    const { page: _page, page_size: _size, ...query } = this.query;
    const name = this.byId('rule-name').value;
    const rule = await this.api.post('/api/search/save-alert', {
      name,
      query,
      poll_interval_seconds: RULE_INTERVAL_SECONDS,
    });
    this.byId('save-form').hidden = true;
    this.say(`Saved. “${rule.name}” looks every ${RULE_INTERVAL_SECONDS} seconds from now on.`);
    await this.onSaved();
  }

  say(text) {
    this.byId('search-note').textContent = text;
  }

  clear() {
    this.listeners.abort();
    this.byId('results').replaceChildren();
    this.byId('save-form').hidden = true;
    this.byId('more').hidden = true;
    this.say('');
  }
}

function summary({ items, pagination, providers_searched: searched, provider_errors: errors }) {
  const problems = Object.values(errors ?? {});
  const names = searched.map(providerName).join(', ');
  const text =
    items.length === 0 && pagination.page === 1
      ? `Nothing for sale now (${names}).`
      : `${pagination.total} for sale now (${names}).`;
  return [text, ...problems].join(' ');
}

function nameFor({ keywords, max_price: price }) {
  const words = keywords.map((word) => word[0].toUpperCase() + word.slice(1)).join(' ');
  return `${words}${price === null ? '' : ` up to ${price}`}`.slice(0, 120);
}

function resultRow(item) {
  return el('li.result', {}, [
    disc(item.title),
    el('div.result-body', {}, [
      outsideLink('a.result-title', item.public_url, item.title),
      el('p.facts', {}, [
        item.condition ? el('span.grade', { text: item.condition, title: 'Grade' }) : null,
        el('span.market', { text: providerName(item.provider) }),
        item.location ? el('span.seller', { text: item.location }) : null,
      ]),
    ]),
    el('p.price', {}, [el('strong', { text: money(item.price, item.currency) })]),
  ]);
}

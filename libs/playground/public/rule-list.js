import { el, money } from './dom.js';

/** The signed-in user's rules, with a switch for each. */
export class RuleList {
  constructor({ api, list, count, note }) {
    Object.assign(this, { api, list, count, note });
    this.names = new Map();
  }

  async load() {
    const rules = await this.api.get('/api/watch-rules?limit=100');
    this.names = new Map(rules.map((rule) => [rule.id, rule.name]));
    this.list.replaceChildren(...rules.map((rule) => this.row(rule)));
    const active = rules.filter((rule) => rule.is_active).length;
    this.count.textContent = rules.length === 0 ? '' : `${active} active`;
    this.note.textContent = rules.length === 0 ? 'None yet. Search for something, then save it.' : '';
  }

  row(rule) {
    return el('li.rule', { 'data-active': rule.is_active ? 'yes' : 'no' }, [
      el('div', {}, [el('p.rule-name', { text: rule.name }), el('p.rule-query', { text: inWords(rule) })]),
      el('button.quiet', {
        type: 'button',
        text: rule.is_active ? 'Pause' : 'Resume',
        'aria-label': `${rule.is_active ? 'Pause' : 'Resume'} rule ${rule.name}`,
        on: { click: (event) => void this.toggle(rule, event.currentTarget) },
      }),
    ]);
  }

  async toggle(rule, button) {
    button.disabled = true;
    try {
      await this.api.call('PATCH', `/api/watch-rules/${rule.id}`, { is_active: !rule.is_active });
      await this.load();
    } catch (error) {
      this.note.textContent = error.message;
      button.disabled = false;
    }
  }

  clear() {
    this.names.clear();
    this.list.replaceChildren();
  }
}

function inWords({ query, poll_interval_seconds: seconds }) {
  const words = [...(query.keywords ?? []), ...(query.q ? [query.q] : [])].join(' ') || 'anything';
  const parts = [words];
  if (typeof query.min_price === 'number') parts.push(`from ${amount(query.min_price, query.currency)}`);
  if (typeof query.max_price === 'number') parts.push(`up to ${amount(query.max_price, query.currency)}`);
  if (query.min_condition) parts.push(`${query.min_condition} or better`);
  parts.push(`every ${seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`}`);
  return parts.join(' · ');
}

const amount = (value, currency) => (currency ? money(value, currency) : String(value));

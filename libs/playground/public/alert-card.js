import { disc, el, money, outsideLink, providerName } from './dom.js';
import { sparkline } from './sparkline.js';

/** Event types that a collector wants to see, and how they are headed. */
const HEADINGS = {
  NEW_MATCH: 'New match',
  LISTING_PRICE_DROP: 'Price drop',
  LISTING_ENDED: 'Gone',
};

export function isAlert(event) {
  return event.type in HEADINGS && event.listing_id !== null && event.payload !== null;
}

/** One line for the terminal of the ear: screen readers. */
export function announcement(event) {
  const { payload } = event;
  return `${HEADINGS[event.type]}: ${payload.listing_title}, ${money(payload.price, payload.currency)}`;
}

/** @param ruleNames names of the user's rules by id */
export function alertCard(event, ruleNames) {
  const { payload } = event;
  const title = String(payload.listing_title ?? 'A record');
  return el('li.alert', { 'data-type': event.type, 'data-listing': event.listing_id }, [
    disc(title),
    el('div.alert-body', {}, [
      el('p.alert-head', {}, [
        el('span.badge', { text: headingOf(event) }),
        el('time', { datetime: event.created_at, text: timeOf(event.created_at) }),
      ]),
      el('h3.alert-title', { text: title }),
      facts(payload),
      el('p.why', {}, [el('span.why-label', { text: 'Why ' }), why(event, ruleNames)]),
    ]),
    el('div.alert-side', {}, [
      price(event),
      el('div.spark-slot', {}),
      outsideLink(
        'a.buy',
        payload.url,
        'View offer',
        `View offer: ${title} on ${providerName(payload.provider)}`,
      ),
    ]),
  ]);
}

/** Puts the price history into the card. */
export function showHistory(card, points) {
  const figure = sparkline(points);
  if (figure) card.querySelector('.spark-slot')?.replaceChildren(figure);
}

function headingOf({ type, payload }) {
  const { old_price: before, price: now } = payload;
  if (type !== 'LISTING_PRICE_DROP' || !(before > 0) || !(now < before)) return HEADINGS[type];
  return `${HEADINGS[type]} −${Math.round((1 - now / before) * 100)} %`;
}

function price({ type, payload }) {
  const { currency, old_price: before } = payload;
  const isDrop = type === 'LISTING_PRICE_DROP' && typeof before === 'number';
  const was = isDrop
    ? [
        el('span.visually-hidden', { text: 'was ' }),
        el('s.old-price', { text: money(before, currency) }),
        el('span.visually-hidden', { text: ', now ' }),
      ]
    : [];
  const shipping = typeof payload.shipping_price === 'number' ? shippingText(payload) : 'shipping not stated';
  return el('div.price-block', {}, [
    el('p.price', {}, [...was, el('strong', { text: money(payload.price, currency) })]),
    el('p.shipping', { text: shipping }),
  ]);
}

function shippingText({ shipping_price: shipping, currency }) {
  return shipping === 0 ? 'free shipping' : `+ ${money(shipping, currency)} shipping`;
}

function facts(payload) {
  const place = [payload.seller, payload.location].filter(Boolean).join(', ');
  return el('p.facts', {}, [
    payload.condition ? el('span.grade', { text: payload.condition, title: 'Grade' }) : null,
    el('span.market', { text: providerName(payload.provider) }),
    place ? el('span.seller', { text: place }) : null,
  ]);
}

/** What made the record fit, as one sentence. */
function why(event, ruleNames) {
  const { payload } = event;
  const name = payload.rule_name ?? ruleNames.get(event.rule_id);
  const subject = payload.watch_release_title ?? null;
  const source = name
    ? `rule “${name}”`
    : subject
      ? `watched release “${subject}”`
      : event.watch_release_id
        ? 'a watched release'
        : 'one of your rules';
  const reasons = reasonsOf(payload.matched ?? {});
  return reasons.length > 0 ? `${source}: ${reasons.join(' · ')}` : source;
}

function reasonsOf(matched) {
  const { keywords = [], q, price_limit: limit, min_price: least, currency, min_condition: grade } = matched;
  const words = [...keywords, ...(q ? [q] : [])];
  return [
    words.length > 0 ? `title has ${words.map((word) => `“${word}”`).join(', ')}` : null,
    matched.excluded_keywords?.length
      ? `without ${matched.excluded_keywords.map((word) => `“${word}”`).join(', ')}`
      : null,
    matched.match_mode === 'exact_release' ? 'this very pressing' : null,
    matched.match_mode === 'master_release' ? 'a pressing of this album' : null,
    typeof least === 'number' ? `${money(least, currency)} or more` : null,
    typeof limit === 'number' ? `${money(limit, currency)} or less` : null,
    grade ? `graded ${grade} or better` : null,
  ].filter(Boolean);
}

function timeOf(instant) {
  const date = new Date(instant);
  return Number.isNaN(date.getTime())
    ? ''
    : date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

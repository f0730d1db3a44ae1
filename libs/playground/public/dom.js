/**
 * An element with text and attributes. Text always goes through `textContent`: titles are written by strangers.
 * @param {string} tag  such as `p` or `a.link`
 */
export function el(tag, attributes = {}, children = []) {
  const [name, ...classes] = tag.split('.');
  const node = document.createElement(name);
  node.classList.add(...classes);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === 'text') node.textContent = value;
    else if (key === 'on')
      for (const [type, listener] of Object.entries(value)) node.addEventListener(type, listener);
    else node.setAttribute(key, value === true ? '' : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** An SVG element. */
export function svg(name, attributes = {}, children = []) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  node.append(...children);
  return node;
}

/** The address if a link may lead there: our own paths and the web, never a script. */
export function safeHref(address) {
  if (typeof address !== 'string' || !URL.canParse(address, location.origin)) return null;
  const url = new URL(address, location.origin);
  return url.protocol === 'https:' || url.origin === location.origin ? url.href : null;
}

/** A link that opens outside; plain text where the address cannot be trusted. */
export function outsideLink(tag, address, text, label) {
  const href = safeHref(address);
  if (href === null) return el('span', { text });
  return el(tag, { href, text, target: '_blank', rel: 'noopener noreferrer', 'aria-label': label });
}

export function money(amount, currency) {
  if (typeof amount !== 'number') return 'price unknown';
  try {
    return new Intl.NumberFormat(undefined, { style: 'currency', currency }).format(amount);
  } catch {
    return `${amount.toFixed(2)} ${currency ?? ''}`.trim();
  }
}

const PROVIDERS = { ebay: 'eBay', discogs: 'Discogs', mock: 'Mock market' };

export function providerName(provider) {
  return PROVIDERS[provider] ?? String(provider ?? 'marketplace');
}

/** A record as an ornament; the label's colour follows the title, so that the same record looks the same. */
export function disc(title) {
  let hash = 7;
  for (const character of title.slice(0, 24).toLowerCase())
    hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 3600;
  const label = `hsl(${hash % 360} 62% 56%)`;
  const groove = (r) => svg('circle', { cx: 32, cy: 32, r, class: 'groove' });
  return svg('svg', { viewBox: '0 0 64 64', class: 'disc', 'aria-hidden': 'true', focusable: 'false' }, [
    svg('circle', { cx: 32, cy: 32, r: 31, class: 'wax' }),
    ...[27, 23, 19].map(groove),
    svg('path', { d: 'M10 24a24 24 0 0 1 14-14', class: 'shine' }),
    svg('circle', { cx: 32, cy: 32, r: 12, fill: label }),
    svg('circle', { cx: 32, cy: 32, r: 2, class: 'hole' }),
  ]);
}

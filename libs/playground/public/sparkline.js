import { el, money, svg } from './dom.js';

const WIDTH = 132;
const HEIGHT = 40;
const EDGE = 5;

/** Price over time as a stepped line: a price holds until the next one. Also says it in words. */
export function sparkline(points, until = Date.now()) {
  const steps = points.map((point) => ({ at: Date.parse(point.recorded_at), price: point.price }));
  const first = steps[0];
  const last = steps.at(-1);
  if (!first || !last) return null;
  const { currency } = points[points.length - 1];
  const { x, y } = scales(steps, Math.max(until, last.at + 1));
  let path = `M${x(first.at)} ${y(first.price)}`;
  for (const step of steps.slice(1)) path += `H${x(step.at)}V${y(step.price)}`;
  path += `H${WIDTH - EDGE}`;
  const trend = last.price < first.price ? 'down' : last.price > first.price ? 'up' : 'flat';
  return el('figure.spark', { 'data-trend': trend }, [
    svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': inWords(steps, currency) }, [
      svg('path', { d: `${path}V${HEIGHT}H${x(first.at)}Z`, class: 'spark-area' }),
      svg('path', { d: path, class: 'spark-line' }),
      ...steps.map((step) =>
        svg('circle', { cx: x(step.at), cy: y(step.price), r: 1.8, class: 'spark-step' }),
      ),
      svg('circle', { cx: WIDTH - EDGE, cy: y(last.price), r: 3.2, class: 'spark-now' }),
    ]),
    el('figcaption', { text: caption(steps, currency), 'aria-hidden': 'true' }),
  ]);
}

function scales(steps, until) {
  const from = steps[0].at;
  const prices = steps.map((step) => step.price);
  const [low, high] = [Math.min(...prices), Math.max(...prices)];
  const round = (value) => Math.round(value * 10) / 10;
  return {
    x: (at) => round(EDGE + ((at - from) / (until - from)) * (WIDTH - 2 * EDGE)),
    y: (price) =>
      round(high === low ? HEIGHT / 2 : HEIGHT - EDGE - ((price - low) / (high - low)) * (HEIGHT - 2 * EDGE)),
  };
}

function caption(steps, currency) {
  if (steps.length === 1) return 'first price seen';
  return `${steps.length} prices from ${money(steps[0].price, currency)}`;
}

function inWords(steps, currency) {
  const prices = steps.map((step) => money(step.price, currency));
  return steps.length === 1
    ? `Price history: ${prices[0]} so far`
    : `Price history: ${prices.join(', then ')}`;
}

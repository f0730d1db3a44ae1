import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { MockMarketplace } from '@waxwatch/integrations';
import { Ticker } from '@waxwatch/platform/queue';

const SCENE_SECONDS = 20;
/** Scenes that a copy stays on the market; its price drops after half of them. */
const SCENES_ON_SALE = 8;

/** Copies that the demo's rules want, at prices that leave room for a drop. */
const CAST = [
  { artist: 'Kraftwerk', title: 'Trans-Europe Express', price: '42.00', grade: 'VG+' },
  { artist: 'Miles Davis', title: 'Kind Of Blue', price: '85.00', grade: 'NM' },
  { artist: 'Kraftwerk', title: 'Computer World', price: '29.50', grade: 'NM' },
  { artist: 'Miles Davis', title: 'Bitches Brew', price: '64.99', grade: 'VG+' },
  { artist: 'Kraftwerk', title: 'Autobahn', price: '34.99', grade: 'VG' },
  { artist: 'Miles Davis', title: 'In A Silent Way', price: '55.00', grade: 'VG+' },
];
const SELLERS = ['groove_cellar', 'obi_strip_tokyo', 'cratedigger_joe', 'runout_grooves'];

interface Act {
  id: string;
  price: string;
  scene: number;
}

/**
 * The mock marketplace lives by chance; this makes sure that nobody waits long to see a new copy, a price drop and
 * an end.
 */
@Injectable()
export class MarketDirector implements OnApplicationBootstrap {
  private scene = 0;
  private acts: Act[] = [];

  constructor(
    private readonly market: MockMarketplace,
    private readonly ticker: Ticker,
  ) {}

  onApplicationBootstrap(): void {
    this.ticker.every('demo-market', SCENE_SECONDS, async () => {
      this.playScene();
      await Promise.resolve();
    });
  }

  private playScene(): void {
    this.scene += 1;
    for (const { id, price, scene } of this.acts) {
      const age = this.scene - scene;
      if (age === SCENES_ON_SALE / 2) this.market.changePrice(id, reduced(price));
      if (age === SCENES_ON_SALE) this.market.end(id);
    }
    this.acts = this.acts.filter(({ scene }) => this.scene - scene < SCENES_ON_SALE);
    const role = CAST[this.scene % CAST.length];
    if (!role) return;
    const seller = SELLERS[this.scene % SELLERS.length] ?? 'mock_seller';
    const { id } = this.market.publish({ ...role, seller, currency: 'USD' });
    this.acts.push({ id, price: role.price, scene: this.scene });
  }
}

/** A fifth off, ending in .50: 42.00 → 33.50. */
function reduced(price: string): string {
  return `${Math.floor(Number(price) * 0.8)}.50`;
}

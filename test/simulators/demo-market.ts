import { demoWatches } from '../../apps/demo/demo-collector';
import type { DiscogsSimulator } from './discogs/discogs-simulator';
import type { EbaySimulator } from './ebay/ebay-simulator';

/** Scenes that a copy stays on eBay; its price drops after half of them. */
const SCENES_ON_SALE = 16;
/** Every so many scenes something happens at Discogs, in the others at eBay. */
const DISCOGS_EVERY = 4;
const PRESSINGS_ON_SALE = 10;

/** Copies that the demo's rules want, titled as sellers at eBay do. */
const COPIES = [
  { title: 'Kraftwerk - Trans-Europe Express LP Vinyl 1977 German Kling Klang NM/VG+', price: '42.00' },
  { title: 'MILES DAVIS Kind of Blue LP Columbia 6-eye mono Vinyl VG+ jazz', price: '85.00' },
  { title: 'Lee Morgan - The Sidewinder LP Blue Note BST 84157 Van Gelder VG', price: '48.00' },
  { title: 'Kraftwerk "Computer World" vinyl LP 1981 UK EMI EX', price: '29.50' },
  { title: 'The Beatles - Revolver LP Japan Apple OBI insert Near Mint NM', price: '64.00' },
  { title: 'Miles Davis Bitches Brew 2xLP Columbia 360 sound NM/NM', price: '64.99' },
];

/** Pressings that turn up at Discogs with a cheapest copy, in USD. */
const PRESSINGS = [
  { artist: 'Kraftwerk', title: 'Autobahn', labels: ['Philips'], year: 1974, lowestPrice: 34.99 },
  { artist: 'Herbie Hancock', title: 'Maiden Voyage', labels: ['Blue Note'], year: 1965, lowestPrice: 52 },
  { artist: 'Kraftwerk', title: 'The Man-Machine', labels: ['Kling Klang'], year: 1978, lowestPrice: 27.5 },
];
/** An account to connect to, whose wantlist can be imported: these pressings find sellers too. */
export const DISCOGS_ACCOUNT = { username: 'demo_collector', token: 'demo-discogs-token' };
const WANTS = [
  { artist: 'Can', title: 'Tago Mago', labels: ['United Artists'], year: 1971 },
  { artist: 'Neu!', title: 'Neu!', labels: ['Brain'], year: 1972 },
];
const SELLERS = ['groove_cellar', 'obi_strip_tokyo', 'cratedigger_joe', 'runout_grooves'];

interface Act {
  itemId: string;
  price: string;
  scene: number;
}

/** Keeps the simulated marketplaces lively: new copies that the demo's rules and watches want, drops and ends. */
export class DemoMarket {
  private scene = 0;
  private acts: Act[] = [];
  private pressings: number[] = [];
  private readonly watched: number[] = [];

  constructor(
    private readonly discogs: DiscogsSimulator,
    private readonly ebay: EbaySimulator,
  ) {
    for (const watch of demoWatches()) {
      const release = discogs.addRelease({
        id: Number(watch['discogs_release_id']),
        masterId: Number(watch['discogs_master_id']),
        artist: String(watch['artist']),
        title: String(watch['title']),
        year: Number(watch['year']),
      });
      this.watched.push(release.id);
    }
    const wants = WANTS.map((want) => discogs.addRelease(want).id);
    discogs.addUser({ ...DISCOGS_ACCOUNT, wants });
    this.watched.push(...wants);
  }

  /** One thing happens, and copies grow older. */
  playScene(): void {
    this.scene += 1;
    this.age();
    if (this.scene % DISCOGS_EVERY === 0) this.playAtDiscogs(this.scene / DISCOGS_EVERY);
    else this.offerAtEbay();
  }

  private age(): void {
    for (const { itemId, price, scene } of this.acts) {
      const age = this.scene - scene;
      if (age === SCENES_ON_SALE / 2) this.ebay.changePrice(itemId, (Number(price) * 0.8).toFixed(2));
      if (age === SCENES_ON_SALE) this.ebay.end(itemId);
    }
    this.acts = this.acts.filter(({ scene }) => this.scene - scene < SCENES_ON_SALE);
  }

  private offerAtEbay(): void {
    const copy = turn(COPIES, this.scene);
    const { itemId } = this.ebay.publish({
      ...copy,
      condition: 'Used',
      country: 'US',
      seller: turn(SELLERS, this.scene),
      shipping: [{ cost: '5.50' }],
    });
    this.acts.push({ itemId, price: copy.price, scene: this.scene });
  }

  /** A pressing that nobody had; the watched ones get a first copy, then cheaper ones, then none. */
  private playAtDiscogs(round: number): void {
    const watched = turn(this.watched, round);
    const offers = [39, 31.2, null];
    this.discogs.setOffer(watched, turn(offers, Math.floor(round / this.watched.length)));
    const { id } = this.discogs.addRelease({ ...turn(PRESSINGS, round), numForSale: 1 });
    this.pressings.push(id);
    for (const old of this.pressings.splice(0, this.pressings.length - PRESSINGS_ON_SALE)) {
      this.discogs.data.releases.delete(old);
    }
  }
}

function turn<T>(list: readonly T[], number: number): T {
  const item = list[number % list.length];
  if (item === undefined) throw new Error('an empty list takes no turns');
  return item;
}

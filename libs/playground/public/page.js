import { AlertFeed } from './alert-feed.js';
import { Api } from './api.js';
import { LiveStream } from './live-stream.js';
import { RuleList } from './rule-list.js';
import { SearchPanel } from './search-panel.js';

const TOKEN_KEY = 'waxwatch.token';
const STATES = { off: 'Signed out', connecting: 'Connecting…', live: 'Live', waiting: 'Reconnecting…' };

const byId = (id) => document.getElementById(id);
let session = null;

/** Everything that belongs to one signed-in user. */
class Session {
  constructor(token) {
    this.api = new Api(token);
    this.rules = new RuleList({
      api: this.api,
      list: byId('rules'),
      count: byId('rule-count'),
      note: byId('rules-note'),
    });
    this.feed = new AlertFeed({
      api: this.api,
      list: byId('feed'),
      note: byId('alerts-note'),
      announcer: byId('announcer'),
      rules: this.rules,
    });
    this.search = new SearchPanel({ api: this.api, byId, onSaved: async () => await this.rules.load() });
    this.stream = new LiveStream(this.api, {
      onNotification: () => this.feed.refreshSoon(),
      onState: (state) => this.onState(state),
      onRefused: () => signOut('The service does not accept this token any more.'),
    });
  }

  /** Fails where the service does not know the token. */
  async identify() {
    const { preferences } = await this.api.get('/api/me');
    byId('price-currency').textContent = `(${preferences.currency ?? 'USD'})`;
  }

  /** Opens the stream before reading what was there: nothing falls between the two. */
  async open() {
    this.stream.start();
    await this.rules.load();
    await this.feed.load();
  }

  onState(state) {
    showState(state);
    // Whatever happened while the connection was away is read from the list.
    if (state === 'live') this.feed.refreshSoon();
  }

  end() {
    this.stream.stop();
    this.feed.clear();
    this.rules.clear();
    this.search.clear();
  }
}

function showState(state) {
  const badge = byId('connection');
  badge.dataset.state = state;
  badge.textContent = STATES[state];
}

async function signIn(token) {
  session?.end();
  session = new Session(token);
  byId('sign-in-problem').textContent = '';
  const mine = session;
  try {
    await mine.identify();
  } catch (error) {
    signOut(error.message);
    return;
  }
  sessionStorage.setItem(TOKEN_KEY, token);
  showBoard(true);
  byId('keywords').focus();
  await mine.open().catch((error) => (byId('alerts-note').textContent = error.message));
}

function signOut(reason = '') {
  session?.end();
  session = null;
  sessionStorage.removeItem(TOKEN_KEY);
  showState('off');
  showBoard(false);
  byId('sign-in-problem').textContent = reason;
}

function showBoard(isSignedIn) {
  byId('welcome').hidden = isSignedIn;
  byId('board').hidden = !isSignedIn;
  byId('sign-out').hidden = !isSignedIn;
}

async function signInAsDemo(button, { path }) {
  button.disabled = true;
  try {
    const { access_token: token } = await new Api(null).post(path);
    await signIn(token);
  } catch (error) {
    byId('sign-in-problem').textContent = error.message;
  } finally {
    button.disabled = false;
  }
}

/** Only a process that has a demo collector offers to sign in as it. */
async function offerDemo() {
  const { demo_sign_in: demo } = await new Api(null).get('/playground/settings').catch(() => ({}));
  byId('token-details').open = !demo;
  if (!demo) return;
  byId('demo-sign-in').hidden = false;
  byId('demo-button').addEventListener('click', (event) => void signInAsDemo(event.currentTarget, demo));
}

byId('token-form').addEventListener('submit', (event) => {
  event.preventDefault();
  void signIn(
    byId('token')
      .value.trim()
      .replace(/^bearer\s+/i, ''),
  );
});
byId('sign-out').addEventListener('click', () => signOut());

void offerDemo();
const kept = sessionStorage.getItem(TOKEN_KEY);
if (kept) void signIn(kept);

// The live map: makes the parts and lets them hear of each other.

import {attempt, attemptQuietly, toast} from './actions.js';
import {Api} from './api.js';
import {AroundView} from './around_view.js';
import {clusterLevel, isStreetLevel} from './cells_layer.js';
import {Chat} from './chat.js';
import {ChatView} from './chat_view.js';
import {Connection} from './connection.js';
import {byId} from './dom.js';
import {FenceView} from './fence_view.js';
import {Figures, streamClients} from './figures.js';
import {preferredLanguage, Translator} from './i18n.js';
import {LiveMap} from './map.js';
import {MeView} from './me_view.js';
import {MeetupView} from './meetup_view.js';
import {Meetups} from './meetups.js';
import {People} from './people.js';
import {PersonView} from './person_view.js';
import {Place} from './place.js';
import {Refresher} from './refresher.js';
import {Session} from './session.js';
import {Surroundings} from './surroundings.js';
import {Tabs} from './tabs.js';
import {TicketView} from './ticket_view.js';
import {WelcomeView} from './welcome_view.js';

const SEOUL = {lat: 37.5665, lng: 126.978, zoom: 14};
// A little longer than the server's pace, so that dots never wait for the next message.
const GLIDE_MS = Place.intervalMs * 1.15;
const LANGUAGE_KEY = 'moyeo.language';
const FAREWELL_KEY = 'moyeo.farewell';
const LEAVE_RETRY_MS = 3_000;
// What the stream may refuse through nobody's mistake; it says why in English only.
const STREAM_ERRORS = ['too_many_requests', 'too_many_users', 'unavailable'];

const translator = new Translator(
    localStorage.getItem(LANGUAGE_KEY) ?? preferredLanguage(navigator.languages));
const text = (key, parameters) => translator.text(key, parameters);

const api = new Api({describe: (code) => text(`error.${code}`)});
api.language = translator.language;
const session = new Session(api);
const people = new People(api);
const meetups = new Meetups(api);
const chat = new Chat(api, () => people.me?.user);
const surroundings = new Surroundings();
const figures = new Figures();

const connection = new Connection({
  open: () => new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/stream`),
  listener: {
    onState: showState,
    onMessage: (message, bytes) => {
      figures.count(message, bytes, performance.now());
      if (message.type === 'near') showNear(message);
      if (message.type === 'fence') fenceView.tell(message);
      if (message.type === 'error' && message.id === undefined) refused(message);
    },
    onEvent: handleEvent,
    onResync: () => {
      chat.forgetMessages();
      readEverything();
    },
  },
});

const place = new Place({
  connection,
  position: {lat: SEOUL.lat, lng: SEOUL.lng},
  listener: {
    onPlace: showPlace,
    onAnswer: (answer, ms) => {
      if (answer.type === 'done') figures.addLatency(ms);
      else refused(answer);
    },
  },
});

const map = new LiveMap(byId('map'), {
  start: SEOUL,
  panel: byId('panel'),
  relationOf: (user) => people.relationOf(user),
  texts: {
    formatCount: (count) => translator.short(count),
    me: () => text('map.me'),
    pinLabel: ({title, members, capacity}) => text('map.pin', {title, members, capacity}),
  },
  listener: {
    onView: () => viewChanged(),
    onPeople: (users) => personView.show(users),
    onMeetup: (meetup) => meetupView.show(meetup),
    onDragged: (position) => place.goTo(position),
  },
});

// What is read again when it has changed, at most once in so many milliseconds.
const reload = {
  around: new Refresher(() => attemptQuietly(async () => {
    await meetups.readAround(map.box);
    refreshMeetups();
  }), 1_000),
  mine: new Refresher(() => attemptQuietly(async () => {
    await meetups.readMine();
    const mine = [...meetups.mine.keys()];
    await Promise.all([chat.readRooms(mine), people.readCompanions(mine)]);
    refreshMeetups();
    await chatView.renew();
    map.recolourPeople();
  }), 500),
  people: new Refresher(() => attemptQuietly(async () => {
    await people.readRelations();
    map.recolourPeople();
    meView.refreshLists();
  }), 500),
  clusters: new Refresher(() => attemptQuietly(async () => {
    if (isStreetLevel(map.zoom)) return;
    const answer = await api.get('/clusters', {...map.box, level: clusterLevel(map.zoom)});
    map.showClusters(answer.items.map((cluster) => ({...cluster, level: answer.level})));
  }), 500),
};

const app = {
  api, chat, map, meetups, people, place, reload, surroundings, text, translator, refreshMeetups,
};
app.tabs = new Tabs(byId('panel').querySelector('[role="tablist"]'), (name) => {
  if (name === 'chat') chatView.shown();
  if (name === 'around') aroundView.refresh();
});
const personView = app.personView = new PersonView(app);
const meetupView = app.meetupView = new MeetupView(app);
const chatView = app.chatView = new ChatView(app);
const aroundView = app.aroundView = new AroundView(app);
const meView = app.meView = new MeView(app);
const fenceView = app.fenceView = new FenceView(app);
const ticketView = app.ticketView = new TicketView(app);
const welcomeView = new WelcomeView({session, translator, onSession: enter, onLanguage: setLanguage});

// ---- coming in and going out

async function enter({token}) {
  const worked = await attempt(async () => {
    await people.readMe();
  });
  if (!worked) {
    leave(text('welcome.expired'));
    return;
  }
  meView.refresh();
  connection.start(token);
  place.start();
  showPlace();
  viewChanged();
}

// The page begins anew, so that whoever comes next finds nothing of who was here, nor what was still on
// its way to them. Until it can be had nothing of them is shown either.
async function leave(reason = '') {
  connection.stop();
  place.stop();
  session.end();
  sessionStorage.setItem(FAREWELL_KEY, reason);
  for (let tries = 0; !await answers(location.href); ++tries) {
    if (tries === 0) {
      document.querySelectorAll('dialog[open]').forEach((dialog) => dialog.close());
      document.querySelectorAll('body > *').forEach((part) => part.hidden = part.id !== 'gone');
    }
    await new Promise((wake) => {
      setTimeout(wake, LEAVE_RETRY_MS);
      addEventListener('online', wake, {once: true});
    });
  }
  location.reload();
}

// Whether there is a server: what it says does not matter.
async function answers(address) {
  try {
    await fetch(address, {cache: 'no-store'});
    return true;
  } catch {
    return false;
  }
}

function readEverything() {
  reload.people.request();
  reload.mine.request();
  reload.around.request();
  ticketView.request();
  fenceView.read();
}

// ---- the stream

let retryTimer = null;

function showState(state, {ms, reason}) {
  clearInterval(retryTimer);
  byId('connection').dataset.state = state;
  byId('connection-text').textContent = text(`connection.${state}`);
  byId('countdown').textContent = '';
  if (state === 'waiting') {
    const until = performance.now() + ms;
    const count = () => {
      const seconds = Math.max(0, Math.ceil((until - performance.now()) / 1_000));
      byId('countdown').textContent = text('connection.countdown', {seconds});
    };
    count();
    retryTimer = setInterval(count, 1_000);
  }
  // After a loss too: what happened to lists meanwhile is in events, but not who is on the map.
  if (state === 'live') {
    readEverything();
    showConnected().catch(() => {});
  }
  if (reason === 'not_authenticated') leave(text('welcome.expired'));
}

function refused({code, detail}) {
  if (place.refused(detail)) return;
  const known = STREAM_ERRORS.includes(code);
  toast(known ? text(`error.${code}`) : text('error.other', {message: detail}), 'error');
}

function showNear(near) {
  map.showPeople(surroundings.apply(near), GLIDE_MS);
}

function handleEvent(event) {
  const {kind, body} = event;
  const room = chat.apply(event);
  if (room !== null) chatView.refreshRoom(room);
  const aboutMe = body.user === people.me.user;
  switch (kind) {
    case 'meetup_listed':
    case 'meetup_unlisted':
      reload.around.request();
      break;
    case 'friend_requested':
      if (body.to === people.me.user) tellOf('people.new_request', body.from);
      reload.people.request();
      break;
    case 'friendship_began':
      tellOf('people.new_friend', body.first === people.me.user ? body.second : body.first);
      reload.people.request();
      personView.refresh();
      break;
    case 'friend_request_withdrawn':
    case 'friend_request_declined':
    case 'friendship_ended':
    case 'user_blocked':
    case 'user_unblocked':
      reload.people.request();
      reload.around.request();
      personView.refresh();
      break;
    case 'profile_changed':
      people.forget(body.user);
      break;
    case 'invitation_sent':
      if (aboutMe) tellTitle('meetup.was_invited', body.meetup);
      changed(body.meetup);
      break;
    case 'member_kicked':
      if (aboutMe) {
        toast(text('meetup.was_kicked', {title: meetups.mine.get(body.meetup)?.title ?? ''}));
      }
      changed(body.meetup);
      break;
    case 'meetup_confirmed':
      tellTitle('meetup.was_confirmed', body.meetup);
      changed(body.meetup);
      break;
    case 'meetup_cancelled':
      tellTitle('meetup.was_cancelled', body.meetup);
      changed(body.meetup);
      break;
    case 'meetup_started':
      tellTitle('meetup.has_begun', body.meetup);
      changed(body.meetup);
      break;
    case 'ticket_matched':
      toast(text('ticket.matched'));
      ticketView.request();
      changed(body.meetup);
      break;
    case 'ticket_expired':
    case 'ticket_withdrawn':
      ticketView.request();
      break;
    case 'message_posted':
      // In a room that I have come into so lately that it was not read yet, or was just before.
      if (room === null) reload.mine.request();
      break;
    case 'message_deleted':
    case 'messages_emptied':
    case 'read_mark_moved':
      break;
    default:
      if (body.meetup !== undefined) changed(body.meetup);
  }
}

// Something about a meetup of mine is another.
function changed(meetup) {
  reload.mine.request();
  meetupView.refreshShown(meetup);
}

function tellOf(key, user) {
  people.learnName(user).then((name) => {
    if (name !== null) toast(text(key, {name}));
  });
}

function tellTitle(key, meetup) {
  attempt(async () => {
    const {summary} = await meetups.view(meetup);
    if (summary.host !== people.me.user) toast(text(key, {title: summary.title}));
  });
}

// ---- the map

function viewChanged() {
  if (people.me === null) return;
  connection.stand('meetups', {type: 'watch_meetups', ...map.box});
  reload.around.request();
  reload.clusters.request();
}

function showPlace() {
  map.showMe(place.position, place.radius, place.shared);
}

function refreshMeetups() {
  const list = meetups.filtered(meetupView.filter, Date.now());
  meetupView.refreshList(list);
  map.showMeetups(list, (meetup) => meetupView.stateOf(meetup));
}

// ---- the panel of figures, and all that goes with the clock

function showFigures() {
  const now = performance.now();
  byId('figure-neighbours').textContent = translator.number(surroundings.size);
  byId('figure-deltas').textContent = translator.number(Math.round(figures.deltas.perSecond(now)));
  byId('figure-bytes').textContent = translator.bytes(figures.bytes.perSecond(now));
  byId('figure-latency').textContent = figures.latency === null ? '–' :
      `${translator.number(figures.latency, {maximumFractionDigits: figures.latency < 10 ? 1 : 0})} ms`;
  if (app.tabs.shown === 'around' && !document.hidden) aroundView.refresh();
}

// As the server tells its operators, or not.
async function showConnected() {
  const response = await fetch('/metrics');
  const clients = response.ok ? streamClients(await response.text()) : null;
  byId('figure-connected').textContent = clients === null ? '–' : translator.number(clients);
}

function setLanguage(language) {
  translator.language = language;
  api.language = language;
  localStorage.setItem(LANGUAGE_KEY, language);
  translator.translate(document);
  byId('language').textContent = text('language.other');
  byId('language').lang = language === 'ko' ? 'en' : 'ko';
  showState(connection.state, {ms: 0});
  map.retranslate();
  welcomeView.translate();
  if (people.me === null) return;
  refreshMeetups();
  meetupView.refreshShown();
  meView.refresh();
  chatView.renew();
  showFigures();
  aroundView.refresh();
}

byId('language').addEventListener('click', () => setLanguage(translator.language === 'ko' ? 'en' : 'ko'));
byId('log-out').addEventListener('click', async () => {
  place.stop();
  connection.stop();
  // Else the others would see me for a minute more.
  if (place.shared) await attemptQuietly(() => api.delete('/me/position'));
  leave();
});
byId('zoom-in').addEventListener('click', () => map.zoomBy(1));
byId('zoom-out').addEventListener('click', () => map.zoomBy(-1));
byId('center').addEventListener('click', () => map.showAround(place.position, place.radius));
byId('fold').addEventListener('click', () => {
  const folded = byId('panel').classList.toggle('folded');
  byId('fold').setAttribute('aria-expanded', String(!folded));
});
for (const button of document.querySelectorAll('dialog [data-close]')) {
  button.addEventListener('click', () => button.closest('dialog').close());
}
addEventListener('online', () => connection.retryNow());
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) connection.retryNow();
});

setLanguage(translator.language);
map.showAround(place.position, place.radius);
map.loadBase().catch((error) => console.error(error));
setInterval(showFigures, 1_000);
setInterval(() => {
  if (connection.state === 'live' && !document.hidden) reload.clusters.request();
}, 3_000);
setInterval(() => {
  // Without a connection it shows what it showed.
  if (connection.state === 'live' && !document.hidden) showConnected().catch(() => {});
}, 5_000);

attempt(async () => {
  const settings = await (await fetch('settings.json')).json();
  if (settings.tiles !== '') map.useTiles(settings.tiles);
  const restored = session.restore();
  const farewell = sessionStorage.getItem(FAREWELL_KEY) ?? '';
  sessionStorage.removeItem(FAREWELL_KEY);
  if (restored === null) welcomeView.show(farewell);
  else await enter(restored);
  performance.mark('interactive');
});

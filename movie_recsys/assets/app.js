// The page's script. The browser holds what was chosen; Python (`server`) finds, recommends and draws the HTML.
const $ = s => element.querySelector(s), $$ = s => [...element.querySelectorAll(s)];
const none = () => ({genres: [], without: [], since: null, until: null, under: null, language: "", country: "", people: "", adventure: .5});
const state = {films: [], text: "", words: "", dropped: [], steer: none(), seen: [], disliked: [], n: 5, tonight: false, asked: false, use: true,
               guest: {on: false, films: [], text: ""}};
const shown = {query: "", best: [], wish: []};                         // of the last answer
const known = new Map();                                     // film_id -> label, of every film shown so far

// ── What this browser keeps: the tastes, and what was marked. It goes along with each question, and stays nowhere else ──
const shelf = "movie-recsys " + $(".mr").dataset.table;      // another table has other film_ids
const own = {taste: "", guest: "", seen: [], disliked: [], use: true};
try {
  const kept = JSON.parse(localStorage.getItem(shelf)) || {}, texts = v => Array.isArray(v) ? v.map(String) : [];
  Object.assign(own, {taste: String(kept.taste || ""), guest: String(kept.guest || ""), seen: texts(kept.seen), disliked: texts(kept.disliked), use: kept.use !== false});
} catch (_) { /* nothing is kept, or nothing can be */ }
function keep() {
  const any = own.taste || own.guest || own.seen.length || own.disliked.length;
  try { if (any) localStorage.setItem(shelf, JSON.stringify(own)); else localStorage.removeItem(shelf); $("#mr-kept").textContent = "Kept in this browser alone, until you press Forget."; }
  catch (_) { $("#mr-kept").textContent = "This browser cannot keep them: after a reload the file is wanted again."; }
}
const both = (a, b) => [...new Set([...a, ...b])];
const asking = () => ({films: state.films, text: state.text, words: state.words, dropped: state.dropped, steer: state.steer, tonight: state.tonight, n: state.n, asked: state.asked,
  seen: both(state.seen, own.seen), disliked: both(state.disliked, own.disliked), taste: state.use ? own.taste : "",
  guest: state.guest.on ? {films: state.guest.films, text: state.guest.text, taste: own.guest} : null});
const mine = () => state.films.length > 0 || state.words !== "" || (state.use && own.taste !== "");
function marked(kind, id, on) {                              // seen or disliked, in the link and in the browser
  for (const place of [state, own]) place[kind] = on ? both(place[kind], [id]) : place[kind].filter(f => f !== id);
  keep();
}

// ── Talking: every message beside its cause, and gone when it is over ──────────────────────────
const make = (tag, props, ...kids) => { const e = Object.assign(document.createElement(tag), props); e.append(...kids); return e; };
const say = text => { $("#mr-said").textContent = ""; setTimeout(() => { $("#mr-said").textContent = text; }, 60); };
const show = (html, at = $("#mr-message")) => { at.innerHTML = html; };  // only HTML that Python wrote and escaped
const notes = new Map(), retries = new WeakMap();           // where something is said -> when it was said
let clock = 0;
function note(at, ...parts) {
  if (!at.hasAttribute("role")) at.setAttribute("role", "alert");
  at.replaceChildren(...parts); notes.set(at, ++clock);
}
function hush(since = ++clock) {                             // what was said before: a late answer leaves a newer message alone
  notes.forEach((when, at) => { if (when < since) { at.replaceChildren(); notes.delete(at); } });
}
const here = b => { const card = b.closest(".mr-card"); return card ? card.querySelector(".mr-here") : $("#mr-message"); };
async function ask(name, question = {}, at = $("#mr-message"), again = null) {
  const late = new Promise(resolve => setTimeout(resolve, 30000)), when = ++clock;
  const answer = await Promise.race([server[name](question), late]).catch(() => undefined);
  if (answer !== undefined) { if (again) hush(when); return answer; }  // undefined: Gradio's client could not reach Python, or it failed
  const retry = make("button", {type: "button", textContent: "Retry"});
  retry.dataset.do = "retry"; retries.set(retry, again);
  if (at) note(at, make("p", {}, "The app does not answer. If it was stopped, start it again; what you chose is still here. ", ...(again ? [retry] : [])));
  return null;
}

// ── Posters: drawn ones at once, real ones in their place as they come ─────────────────────────
const posters = new Map();
let wanted = new Set(), soon = 0;
function dress(root = element) {
  root.querySelectorAll("img[data-film]:not([src])").forEach(img => {
    const id = img.dataset.film;
    if (posters.has(id)) img.src = posters.get(id); else wanted.add(id);
  });
  if (wanted.size && !soon) soon = setTimeout(fetchPosters, 0);
}
function hang(found) {
  Object.entries(found || {}).forEach(([id, uri]) => {
    posters.set(id, uri);
    $$(`img[data-film="${CSS.escape(id)}"]`).forEach(img => { img.src = uri; });
  });
}
async function fetchPosters() {
  const ids = [...wanted]; wanted = new Set(); soon = 0;
  const drawn = await ask("posters", {films: ids, drawn: true}, null);
  hang(drawn && drawn.posters);
  while (drawn && drawn.more.length) {                       // a few at a time, so that the first come first
    const real = await ask("posters", {films: drawn.more.splice(0, 4), drawn: false}, null);
    if (!real || real.stop) break;
    hang(real.posters);
  }
}

// ── Where a film can be seen, in the country of the browser's language ────────────────────────
const region = (() => { try { return new Intl.Locale(navigator.language).maximize().region || ""; } catch (_) { return ""; } })();
const evenings = new Map();
async function evening(root) {
  for (const at of root.querySelectorAll(".mr-watch:empty")) {
    if (!evenings.has(at.dataset.film)) {
      const told = await ask("evening", {film: at.dataset.film, region}, null);
      if (!told) return;
      evenings.set(at.dataset.film, told.html);
    }
    at.innerHTML = evenings.get(at.dataset.film);
  }
}

// ── What was chosen ────────────────────────────────────────────────────────────────────────────
const label = id => known.get(String(id)) || String(id);
function learn(root = element) { root.querySelectorAll("[data-label]").forEach(e => known.set(e.dataset.film, e.dataset.label)); }
function draw(list, films, who) {
  list.replaceChildren(...films.map(id => {
    const poster = make("img", {alt: ""}), away = make("button", {type: "button", textContent: "×"});
    poster.dataset.film = id;
    away.setAttribute("aria-label", `Take away ${label(id)}`); away.dataset.do = "drop"; away.dataset.film = id; away.dataset.who = who;
    return make("li", {}, poster, make("span", {textContent: label(id)}), away);
  }));
}
function chips() {
  draw($("#mr-chips"), state.films, "me"); draw($("#mr-guest-chips"), state.guest.films, "guest");
  const n = state.films.length;
  $("#mr-count").textContent = n === 0 ? "" : n <= 5 ? `${n} of 5 chosen` : `${n} chosen, at most 5 can be used`;
  $$("#mr-options input").forEach(box => { box.checked = state.films.includes(box.dataset.film); });
  $("#mr-clear").hidden = !(n || state.asked || state.text || state.words);
  wishChips(); bar(); dress(); waiting.keep();
}
function wishChips() {                                       // what was understood of a wish, each part to be taken away
  const parts = state.words ? shown.wish : [];
  $("#mr-wish").hidden = !parts.length;
  $("#mr-wish-parts").replaceChildren(...parts.map(({span, words, meaning}) => {
    const away = make("button", {type: "button", textContent: "×"});
    away.setAttribute("aria-label", `Take away ${words}`); away.dataset.do = "unwish"; away.dataset.span = span;
    return make("li", {}, make("span", {}, make("bdi", {textContent: words}), make("small", {textContent: meaning})), away);
  }));
}
const FULL = "Five films are chosen, and more cannot be. Take one away first.";
function choose(id, at = $("#mr-message"), how = {}) {
  hush();
  if (!state.films.includes(id)) {
    if (state.films.length >= 5) { chips(); note(at, FULL); return; }
    state.films.push(id); if (both(state.disliked, own.disliked).includes(id)) marked("disliked", id, false);
    say(`${label(id)} chosen, ${state.films.length} of 5`);
  }
  changed({at: () => at, ...how});
}
function drop(id, how) {
  hush(); state.films = state.films.filter(f => f !== id); say(`${label(id)} taken away`); changed(how);
}
function changed(how) { if (!state.tonight) state.n = 5; chips(); if (state.asked) refresh(how); }
function invite(id) {                                        // a film of the guest
  const films = state.guest.films, at = $("#mr-guest-message");
  hush();
  if (!films.includes(id) && films.length >= 5) return note(at, FULL);
  state.guest.films = both(films, [id]); say(`${label(id)} chosen for your guest`); chips();
  if (state.asked) refresh({at: () => at});
}

// ── The bar that stays while the box is out of sight ───────────────────────────────────────────
let boxSeen = true;
function bar() {
  const n = state.films.length;
  $("#mr-bar").hidden = boxSeen || !n || $("#mr-films").hidden;
  if ($("#mr-bar").hidden) return;
  $("#mr-bar-films").replaceChildren(...state.films.map(id => { const poster = make("img", {alt: ""}); poster.dataset.film = id; return make("li", {}, poster); }));
  $("#mr-bar-count").textContent = `${n} of 5 chosen`; dress();
}
new IntersectionObserver(seen => { boxSeen = seen.at(-1).isIntersecting; bar(); }).observe($("#mr-form .mr-write"));

// ── The answer ─────────────────────────────────────────────────────────────────────────────────
let turn = 0;
async function refresh(how = {}) {
  const {focus = false, back = false, at = () => $("#mr-message"), then = null} = how, now = ++turn;
  element.classList.add("mr-busy");
  const answer = await ask("answer", asking(), at(), () => refresh(how));
  if (now !== turn) return;                              // a newer question is on its way
  element.classList.remove("mr-busy");
  $(".mr").dataset.answered = now;
  if (!answer) return;
  if (answer.fault) return show(answer.fault);
  Object.entries(answer.labels).forEach(([id, text]) => known.set(id, text));
  Object.assign(state, {films: answer.films, text: answer.text, words: answer.words, dropped: answer.dropped});
  shown.wish = answer.wish; $("#mr-text").value = state.text;
  show(how.quiet ? "" : answer.message); show(answer.guest, $("#mr-guest-message"));
  if (answer.guest_films) { state.guest.films = answer.guest_films; state.guest.text = $("#mr-guest-text").value = ""; }
  $("#mr-result").hidden = !answer.asked; state.asked = answer.asked; chips();
  $("#mr-heading").textContent = answer.heading;
  $("#mr-cards").innerHTML = answer.cards; $("#mr-notes").innerHTML = answer.notes;
  $("#mr-cards").classList.toggle("mr-one", answer.best.length === 1);
  $("#mr-more").textContent = answer.more; $("#mr-more").hidden = !answer.more;
  shown.query = answer.query; shown.best = answer.best;
  learn(); dress(); say(answer.said); mark(); evening($("#mr-cards"));
  if (!back) remember(answer.query);
  if (focus && answer.asked) { $("#mr-heading").focus({preventScroll: true}); $("#mr-result").scrollIntoView({block: "start"}); }
  if (focus && !answer.asked && answer.message) $("#mr-message").scrollIntoView({block: "nearest"});
  if (state.guest.on && !state.guest.films.length && !own.guest && !answer.guest && answer.asked) note($("#mr-guest-message"), "Name a film that your guest loves: until then the list is yours alone.");
  if (then) then();
}
function address(query) {                                    // Gradio's own settings (?__theme=dark) stay
  const own = [...new URLSearchParams(location.search)].filter(([k]) => k.startsWith("__"));
  const all = [...new URLSearchParams(query), ...own];
  return location.pathname + (all.length ? "?" + new URLSearchParams(all) : "");
}
function remember(query) {
  const next = address(query);
  if (next !== location.pathname + location.search) history.pushState(null, "", next + location.hash);
  shown.search = location.search;
}
// Picks that nothing was asked with yet are in no link: they wait for a reload of this tab.
const waiting = {
  keep() { try { sessionStorage.setItem(shelf, state.asked ? "" : state.films.join(",")); } catch (_) { /* then not */ } },
  get() { try { return sessionStorage.getItem(shelf) || ""; } catch (_) { return ""; } }};
async function reopen() {
  shown.search = location.search;
  const linked = ["films", "text", "wish", "with"].some(name => new URLSearchParams(location.search).get(name)), picked = linked ? "" : waiting.get();
  const opened = await ask("open_link", picked ? `?films=${picked}` : location.search, $("#mr-message"), reopen);
  if (!opened) return;
  if (picked) { opened.asked = opened.state.asked = false; opened.message = ""; }
  const {guest, ...rest} = opened.state;
  Object.assign(state, rest, {use: opened.asked ? opened.taste : own.use, guest: {on: guest.length > 0 || (opened.asked ? opened.guest : own.guest !== ""), films: guest, text: ""}});
  Object.entries(opened.labels).forEach(([id, text]) => known.set(id, text));
  steerControls(); tasteShown(); guestShown();
  const lost = opened.asked && opened.taste && !own.taste, rated = state.use && tastes.me.likes > 0;
  if (lost) state.tonight = false;
  if (opened.asked ? mine() || state.text : rated && !picked) await refresh({back: true}); else { $("#mr-result").hidden = true; show(""); chips(); }
  if (lost) opened.message += "<p>This list was made with films that stay in the browser of whoever made it. "
    + (mine() ? "Here it is made without them." : "Use an export of your own, or name a film that you love.") + "</p>";
  if (opened.message) show(opened.message + $("#mr-message").innerHTML);
}

// ── Typing: comboboxes, filled from Python on every keystroke ──────────────────────────────────
function combo(input, list, {typed, take, back}) {
  let active = -1, asked = 0, typing = 0;
  function close() { list.hidden = true; active = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); }
  async function complete() {
    const text = input.value.trim(), turn = ++asked;
    if (!text) return close();
    const found = await ask("find", text, $("#" + input.id.replace("text", "message")), complete);
    if (turn !== asked || !found || document.activeElement !== input) return;
    list.replaceChildren(...found.films.map((film, i) => {
      const poster = make("img", {alt: ""}), option = make("li", {id: `${list.id}-${i}`}, poster, make("span", {textContent: film.label}));
      known.set(film.film_id, film.label); poster.dataset.film = option.dataset.film = film.film_id;
      option.setAttribute("role", "option"); option.setAttribute("aria-selected", "false");
      return option;
    }));
    active = -1; list.hidden = !found.films.length; input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
    say(found.films.length ? `${found.films.length} films fit` : "No film with such a title"); dress();
  }
  function walk(step) {
    const options = [...list.children];
    active = (active + step + options.length + (active < 0 && step < 0 ? 1 : 0)) % options.length;
    options.forEach((o, i) => o.setAttribute("aria-selected", String(i === active)));
    options[active].scrollIntoView({block: "nearest"}); input.setAttribute("aria-activedescendant", options[active].id);
  }
  function stop() { asked++; clearTimeout(typing); close(); }
  function taken(id) { stop(); input.value = ""; typed(""); take(id); input.focus(); }
  input.addEventListener("input", () => { typed(input.value); clearTimeout(typing); typing = setTimeout(complete, 90); });
  input.addEventListener("keydown", e => {
    if ((e.key === "ArrowDown" || e.key === "ArrowUp") && !list.hidden) { e.preventDefault(); walk(e.key === "ArrowDown" ? 1 : -1); }
    else if (e.key === "Enter" && !list.hidden && active >= 0) { e.preventDefault(); taken(list.children[active].dataset.film); }
    else if (e.key === "Escape") { if (list.hidden) { input.value = ""; typed(""); } close(); }
    else if (e.key === "Backspace" && !input.value) back();
  });
  input.addEventListener("blur", () => setTimeout(close, 120));
  list.addEventListener("pointerdown", e => { const o = e.target.closest("[data-film]"); e.preventDefault(); if (o) taken(o.dataset.film); });
  return stop;
}
const input = $("#mr-text");
const stopTyping = combo(input, $("#mr-found"), {take: id => choose(id), back: () => { if (state.films.length) drop(state.films.at(-1)); },
  typed: text => { state.text = text; $("#mr-clear").hidden = !(text || state.films.length || state.asked); }});
const stopGuest = combo($("#mr-guest-text"), $("#mr-guest-found"), {take: invite, back: () => {}, typed: text => { state.guest.text = text; }});
function submit() {
  stopTyping(); hush(); state.text = input.value; Object.assign(state, {tonight: false, n: 5}); refresh({focus: true});
}
$("#mr-form").addEventListener("submit", e => { e.preventDefault(); submit(); });
$("#mr-guest").addEventListener("submit", e => {
  e.preventDefault(); stopGuest(); hush(); state.guest.text = $("#mr-guest-text").value;
  refresh({at: () => $("#mr-guest-message"), quiet: !mine()});
});

// ── Tastes: from exports that are chosen or dropped ────────────────────────────────────────────
const tastes = {me: {likes: 0, wanted: 0, html: ""}, guest: {likes: 0, wanted: 0, html: ""}};
function tasteShown() {
  const {html, wanted} = tastes.me;
  $("#mr-taste").hidden = !own.taste; $("#mr-taste").classList.toggle("mr-off", !state.use);
  if (tasteShown.html !== html) $("#mr-taste-read").innerHTML = tasteShown.html = html;  // an open summary stays open
  $("#mr-tonight").hidden = !wanted; $("#mr-use").textContent = state.use ? "Leave them out" : "Use them";
}
function guestShown() {
  $("#mr-guest").hidden = !state.guest.on; $("#mr-two").setAttribute("aria-expanded", String(state.guest.on));
  $("#mr-guest-read").innerHTML = own.guest ? tastes.guest.html : ""; chips();
}
async function unpack(who, name) {                           // what the browser kept, in the page's words again
  if (!own[name]) return;
  const card = await ask("show_taste", own[name], $("#mr-upload"), () => start());
  if (card) Object.assign(tastes[who], card.taste ? card : {html: "", likes: 0, wanted: 0});
  if (card && !card.taste) own[name] = "";
}
let uploader = "me";
async function upload(files, who) {
  const at = who === "guest" ? $("#mr-guest-message") : $("#mr-upload"), name = who === "guest" ? "guest" : "taste";
  const size = [...files].reduce((sum, file) => sum + file.size, 0), told = text => { note(at, text); at.scrollIntoView({block: "nearest"}); };
  hush();
  if (size > 5e6) return told("Larger than 5 MB. The exports of Letterboxd and IMDb are smaller than that: is this the right file?");
  told("Reading …");
  const packed = await Promise.all([...files].map(async file => {
    const bytes = new Uint8Array(await file.arrayBuffer()), text = [];
    for (let i = 0; i < bytes.length; i += 8192) text.push(String.fromCharCode(...bytes.subarray(i, i + 8192)));
    return {name: file.name, data: btoa(text.join(""))};
  }));
  const read = await ask("upload_export", {files: packed, taste: own[name]}, at, () => upload(files, who));
  if (!read) return;
  if (read.taste) {
    own[name] = read.taste; Object.assign(tastes[who], read); state.asked = true;
    if (who === "me") state.use = own.use = true;
    keep(); tasteShown(); guestShown();
    if (who === "guest" ? mine() : read.likes || state.films.length) await refresh({at: () => at, quiet: who === "guest" && !mine()});
    if (who === "me") { $("#mr-taste-name").focus({preventScroll: true}); $("#mr-taste").scrollIntoView({block: "start"}); }
    say(`${read.likes} liked films understood`);
  }
  if (read.message) { note(at, ""); show(read.message, at); at.scrollIntoView({block: "nearest"}); }
}
const withFiles = e => [...(e.dataTransfer ? e.dataTransfer.types : [])].includes("Files");
element.addEventListener("dragover", e => { if (withFiles(e)) { e.preventDefault(); element.classList.add("mr-dropping"); } });
element.addEventListener("dragleave", e => { if (!e.relatedTarget || !element.contains(e.relatedTarget)) element.classList.remove("mr-dropping"); });
element.addEventListener("drop", e => {
  if (!withFiles(e)) return;
  e.preventDefault(); element.classList.remove("mr-dropping"); open(tabs[0]);
  if (e.dataTransfer.files.length) upload(e.dataTransfer.files, e.target.closest("#mr-guest") ? "guest" : "me");
});

// ── Steering: the list follows without a button ────────────────────────────────────────────────
const valued = id => $(id) ? $(id).value.trim() : "";
const ticked = name => $$(`input[name=${name}]:checked`).map(b => b.value);
const year = id => { const v = $(id).value.trim(); return v === "" ? null : Number(v); };
function steerControls() {
  const s = state.steer;
  $$("input[name=genres]").forEach(b => { b.checked = s.genres.includes(b.value); });
  $$("input[name=without]").forEach(b => { b.checked = s.without.includes(b.value); });
  $("#mr-since").value = s.since ?? ""; $("#mr-until").value = s.until ?? "";
  if ($("#mr-under")) $("#mr-under").value = s.under ?? "";
  for (const name of ["language", "country", "people"]) if ($("#mr-" + name)) $("#mr-" + name).value = s[name];
  $("#mr-adventure").value = s.adventure; steerNames();
}
function steerNames() {
  const word = (list, title) => list.length ? `${title}: ${list.length > 2 ? list.length : list.join(", ")}` : title;
  $("#mr-genres-name").textContent = word(state.steer.genres, "Only genres"); $("#mr-without-name").textContent = word(state.steer.without, "Without");
  const s = state.steer, set = [s.genres.length, s.without.length, s.since || s.until, s.under, s.language, s.country, s.people].filter(Boolean).length;
  $("#mr-filters-name").textContent = set ? `Filters: ${set}` : "Filters";
}
const narrow = matchMedia("(max-width: 640px)");             // on a phone the films come first
const fold = () => { $(".mr-filters").open = !narrow.matches; };
narrow.addEventListener("change", fold); fold();
let steering = 0;
$(".mr-steer").addEventListener("input", e => {
  state.steer = {genres: ticked("genres"), without: ticked("without"), since: year("#mr-since"), until: year("#mr-until"),
                 under: $("#mr-under") && Number($("#mr-under").value) || null, language: valued("#mr-language"), country: valued("#mr-country"), people: valued("#mr-people"), adventure: Number($("#mr-adventure").value)};
  steerNames(); clearTimeout(steering); steering = setTimeout(() => refresh({at: () => $("#mr-steer-message")}), ["number", "text"].includes(e.target.type) ? 500 : 120);
});
element.addEventListener("click", e => $$(".mr-drop[open]").forEach(d => { if (!d.contains(e.target)) d.open = false; }));
element.addEventListener("keydown", e => {
  const drop = e.key === "Escape" && e.target.closest(".mr-drop[open]");
  if (drop) { drop.open = false; drop.querySelector("summary").focus(); }
});

// ── Tabs ───────────────────────────────────────────────────────────────────────────────────────
const tabs = $$("[role=tab]");
function open(tab, push = true) {                            // a tab is a place of its own in the browser's history
  const hash = tab === tabs[0] ? "" : "#" + tab.id.replace("mr-tab-", "");
  if (push && location.hash !== hash) history.pushState(null, "", location.pathname + location.search + hash);
  tabs.forEach(t => { const on = t === tab; t.setAttribute("aria-selected", String(on)); t.tabIndex = on ? 0 : -1;
    $("#" + t.getAttribute("aria-controls")).hidden = !on; });
  bar();
  if (tab.id === "mr-tab-map") openMap();
  if (tab.id === "mr-tab-clusters") openClusters();
}
tabs.forEach((tab, i) => {
  tab.addEventListener("click", () => open(tab));
  tab.addEventListener("keydown", e => {
    const to = {ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: tabs.length - 1}[e.key];
    if (to === undefined) return;
    const next = tabs[(to + tabs.length) % tabs.length]; e.preventDefault(); open(next); next.focus();
  });
});
let map = null, clusters = false;
async function openMap() {
  if (map) return mark();
  $("#mr-map-host").textContent = "Drawing the map …";
  const drawn = await ask("film_map", {}, $("#mr-map-host"), openMap);
  if (!drawn) return;
  $("#mr-map-host").textContent = "";
  map = new Function(drawn.script + "; return filmMap;")()($("#mr-map-host"), drawn.data, {card: false, onSelect: film => showFilm(film.film_id)});
  await map.ready; mark();
}
async function showFilm(id) {
  const film = await ask("card", id, $("#mr-map-film"), () => showFilm(id));
  if (film) { $("#mr-map-film").innerHTML = film.html + '<button type="button" class="mr-away" data-do="away" aria-label="Close">×</button>'; learn(); dress(); }
}
const mark = () => { if (map) map.mark({picks: state.films.map(Number), recommended: shown.best.map(Number)}); };
async function openClusters() {
  if (clusters) return;
  const told = await ask("clusters", {}, $("#mr-clusters"), openClusters);
  if (told) { clusters = true; $("#mr-clusters").innerHTML = told.html; learn(); dress(); }
}

// ── Everything that is pressed ─────────────────────────────────────────────────────────────────
async function others() {
  const more = await ask("suggest", {}, $("#mr-options"), others);
  if (more) { $("#mr-options").innerHTML = more.html; learn(); chips(); }
}
function save(name, text) {
  const a = make("a", {href: URL.createObjectURL(new Blob([text], {type: "text/csv"})), download: name});
  a.click(); setTimeout(() => URL.revokeObjectURL(a.href), 1000);
}
// A press on a card changes the list; what was done, and how to undo it, is then said in the place of the press.
function pressed(b, told, undo) {
  const kind = b.dataset.do, named = b.dataset.label, at = $$("#mr-cards .mr-card").indexOf(b.closest(".mr-card"));
  const again = () => { const next = $$(`#mr-cards [data-do=${kind}]`); return next[Math.min(at, next.length - 1)]; };
  return {at: () => here(b), then: () => {
    const next = again(), back = make("button", {type: "button", className: "mr-link", textContent: "Undo"});
    if (!next) return $("#mr-heading").focus();
    retries.set(back, () => undo({at: () => here(next), then: () => (again() || $("#mr-heading")).focus()})); back.dataset.do = "retry";
    back.setAttribute("aria-label", `Undo: ${named}`);
    note(here(next), make("bdi", {textContent: named}), ` ${told} `, back); next.focus();
  }};
}
function marks(b, kind, told) {
  const id = b.dataset.film;
  hush(); marked(kind, id, true);
  refresh(pressed(b, told, how => { marked(kind, id, false); refresh(how); }));
}
function wipe() {                                            // what is shown, not what is kept
  turn++; Object.assign(state, {films: [], text: "", words: "", dropped: [], steer: none(), n: 5, tonight: false, asked: false, seen: [], disliked: []}); input.value = "";
  Object.assign(shown, {query: "", best: []}); element.classList.remove("mr-busy");
  $("#mr-result").hidden = true; hush(); show(""); steerControls(); tasteShown(); guestShown(); mark(); remember("");
}
const acts = {
  skip: () => { open(tabs[0]); input.focus(); },
  lamp: b => { const on = !document.body.classList.contains("dark"); dark(on); try { localStorage.setItem("movie-recsys dark", on ? "1" : "0"); } catch (_) { /* then not */ } },
  retry: b => { const again = retries.get(b); hush(); if (again) again(); },
  go: submit,
  clear: () => { state.use = own.use = false; state.guest = {on: false, films: [], text: ""}; own.guest = ""; keep(); wipe(); say("Cleared"); input.focus(); },
  others, csv: async function csv() { const t = await ask("csv", asking(), $("#mr-out-message"), csv); if (t) save("recommendations.csv", t.csv); },
  link: async b => { const url = location.origin + address(shown.query), at = $("#mr-out-message");
    try { await navigator.clipboard.writeText(url); b.textContent = "Link copied"; say("Link copied"); hush();
      if (asking().taste || (state.guest.on && own.guest)) note(at, "Your exports stay in this browser: elsewhere the link opens without them."); }
    catch (_) { note(at, "Copy this address: " + url); }
    setTimeout(() => { b.textContent = "Copy link"; }, 2500); },
  upload: b => { uploader = b.dataset.who || "me"; $("#mr-file").click(); },
  use: () => { state.use = own.use = !state.use; keep(); hush(); Object.assign(state, {tonight: false, n: 5}); tasteShown();
    if (mine()) refresh({at: () => $("#mr-taste .mr-here")}); else { state.asked = false; $("#mr-result").hidden = true; show(""); remember(""); chips(); } },
  tonight: b => { const on = !b.dataset.off; hush(); Object.assign(state, {tonight: on, n: on ? 1 : 5});
    if (on) { state.use = own.use = true; keep(); tasteShown(); }
    refresh({focus: true, at: () => on ? $("#mr-taste .mr-here") : $("#mr-steer-message")}); },
  forget: b => { try { localStorage.removeItem(shelf); } catch (_) { /* nothing was kept */ }
    Object.assign(own, {taste: "", guest: "", seen: [], disliked: [], use: true}); Object.assign(state, {seen: [], disliked: [], tonight: false, use: true});
    Object.assign(tastes, {me: {likes: 0, wanted: 0, html: ""}, guest: {likes: 0, wanted: 0, html: ""}});
    hush(); tasteShown(); guestShown(); say("Forgotten");
    if (b.closest("#mr-about")) { b.textContent = "Forgotten"; setTimeout(() => { b.textContent = "Forget my films"; }, 2500); }
    else { note($("#mr-upload"), "Forgotten. Nothing of your files is left in this browser."); input.focus(); }
    const told = $("#mr-upload").textContent, keepTold = () => { if (told) note($("#mr-upload"), told); };
    if (state.films.length && state.asked) refresh({then: keepTold}); else { const films = state.films; wipe(); state.films = films; chips(); keepTold(); } },
  together: () => { state.guest.on = true; guestShown(); $("#mr-guest-text").focus(); },
  alone: () => { state.guest = {on: false, films: [], text: ""}; own.guest = ""; tastes.guest.html = ""; keep(); hush(); show("", $("#mr-guest-message")); guestShown(); $("#mr-two").focus();
    if (state.asked && mine()) refresh(); },
  more: function more() { const before = shown.best.length; state.n += state.tonight ? 1 : 5;
    refresh({at: () => $("#mr-more-message"), then: () => { const next = $$("#mr-cards h3")[before]; if (next) { next.tabIndex = -1; next.focus(); } else $("#mr-heading").focus(); }}); },
  choose: b => { if (b.closest("#mr-guest")) { state.guest.text = $("#mr-guest-text").value = b.dataset.rest || ""; show("", $("#mr-guest-message")); invite(b.dataset.film);
      if (!state.asked && state.guest.text) refresh({quiet: !mine()}); return $("#mr-guest-text").focus(); }
    state.text = input.value = b.dataset.rest || ""; show(""); open(tabs[0]);
    const films = both(state.films, [b.dataset.film]);
    if (films.length > 5) { note($("#mr-message"), FULL); return $("#mr-message").scrollIntoView({block: "center"}); }
    state.films = films; chips(); refresh({focus: true}); },
  instead: b => { const who = b.closest("#mr-guest") ? state.guest : state;
    who.films = who.films.map(f => f === b.dataset.taken ? b.dataset.film : f).filter((f, i, all) => all.indexOf(f) === i);
    who.text = ""; say(`${label(b.dataset.film)} taken instead`); refresh(who === state ? {focus: true} : {at: () => $("#mr-guest-message"), quiet: !mine()}); },
  pick: b => { choose(b.dataset.film, here(b)); if (state.films.includes(b.dataset.film)) b.textContent = "Chosen"; },
  wish: b => { Object.assign(state, {words: both(state.words ? [state.words] : [], [b.dataset.text]).join("; "), text: "", n: 5}); input.value = ""; refresh({focus: true}); },
  unwish: b => { const said = b.closest("li").querySelector("bdi").textContent, left = shown.wish.length - 1;
    hush(); if (left) state.dropped = both(state.dropped, [b.dataset.span]); else Object.assign(state, {words: "", dropped: []});
    state.n = 5; say(`${said} taken away`); input.focus(); chips();
    if (left || mine()) refresh(); else wipe(); },
  drop: b => { if (b.dataset.who === "guest") { state.guest.films = state.guest.films.filter(f => f !== b.dataset.film); hush(); chips(); $("#mr-guest-text").focus(); if (state.asked) refresh({at: () => $("#mr-guest-message")}); }
    else { drop(b.dataset.film); input.focus(); } },
  example: b => { state.films = (b.dataset.films || "").split(",").filter(Boolean); state.text = b.dataset.text || ""; input.value = ""; Object.assign(state, {words: "", dropped: [], tonight: false, n: 5}); refresh({focus: true}); },
  like: b => { state.films = [b.dataset.film]; state.text = input.value = ""; Object.assign(state, {words: "", dropped: [], tonight: false, n: 5}); open(tabs[0]); refresh({focus: true}); },
  add: b => choose(b.dataset.film, here(b), pressed(b, "is one of your picks.", how => drop(b.dataset.film, how))),
  seen: b => marks(b, "seen", "is marked as seen."),
  not: b => marks(b, "disliked", "is not for you: hidden, and its like with it."),
  unsee: () => { state.seen = own.seen = []; keep(); refresh({focus: true}); },
  relent: () => { state.disliked = own.disliked = []; keep(); refresh({focus: true}); },
  away: () => { $("#mr-map-film").replaceChildren(); },
  free: () => { state.steer = none(); steerControls(); refresh({focus: true}); },
  relax: b => { const off = {genres: {genres: []}, exclude_genres: {without: []}, years: {since: null, until: null}, runtime: {under: null}, languages: {language: ""}, countries: {country: ""}, people: {people: ""}};
    Object.assign(state.steer, off[b.dataset.filter]); steerControls(); refresh({focus: true}); },
};
element.addEventListener("click", e => { const b = e.target.closest("[data-do]"); if (b) acts[b.dataset.do](b); });
element.addEventListener("change", e => {
  const box = e.target;
  if (box.matches("#mr-options input")) {
    if (!box.checked) drop(box.dataset.film);
    else { const named = box.closest("label"), at = named.querySelector(".mr-here") || named.appendChild(make("em", {className: "mr-here"})); choose(box.dataset.film, at); }
  }
  if (box.id === "mr-file" && box.files.length) upload([...box.files], uploader).finally(() => { box.value = ""; });
});
element.addEventListener("toggle", async e => {              // the parts of a because sentence, on demand
  const d = e.target;
  if (!d.matches(".mr-why") || !d.open || d.dataset.done) return;
  d.dataset.done = 1;
  const told = await ask("parts", {...asking(), film: d.dataset.film}, d.querySelector("div"), () => { d.open = false; d.open = true; });
  if (told) d.querySelector("div").innerHTML = told.html; else delete d.dataset.done;
}, true);
function lamp() { $(".mr-lamp").setAttribute("aria-pressed", String(document.body.classList.contains("dark"))); }
function dark(on) { document.body.classList.toggle("dark", on); lamp(); }
try {                                                        // the light that was chosen last, unless the address says which
  const kept = localStorage.getItem("movie-recsys dark");
  if (kept !== null && !new URLSearchParams(location.search).has("__theme")) dark(kept === "1");
} catch (_) { /* the system's choice */ }
const tabHere = () => tabs.find(tab => tab.id === "mr-tab-" + location.hash.slice(1)) || tabs[0];
addEventListener("popstate", () => { open(tabHere(), false); if (location.search !== shown.search) reopen(); });
async function start() {
  await Promise.all([unpack("me", "taste"), unpack("guest", "guest")]); await reopen();
  if (state.asked && scrollY === 0 && tabHere() === tabs[0]) $("#mr-result").scrollIntoView({block: "start"});  // a link opens at its films
}
lamp(); open(tabHere(), false); others(); learn(); steerControls(); start();

// The page's script. The browser holds what was chosen; Python (`server`) finds, recommends and draws the HTML.
const $ = s => element.querySelector(s), $$ = s => [...element.querySelectorAll(s)];
const none = () => ({genres: [], without: [], since: null, until: null, language: "", adventure: .5});
const state = {films: [], text: "", steer: none(), seen: [], asked: false};
const known = new Map();                                     // film_id -> label, of every film shown so far

// ── Talking ────────────────────────────────────────────────────────────────────────────────────
const make = (tag, props, ...kids) => { const e = Object.assign(document.createElement(tag), props); e.append(...kids); return e; };
const say = text => { $("#mr-said").textContent = ""; setTimeout(() => { $("#mr-said").textContent = text; }, 60); };
const show = html => { $("#mr-message").innerHTML = html; };   // only HTML that Python wrote and escaped
const tell = text => { $("#mr-message").textContent = text; };
async function ask(name, question = {}) {
  const late = new Promise(resolve => setTimeout(resolve, 30000));
  const answer = await Promise.race([server[name](question), late]).catch(() => undefined);
  if (answer !== undefined) return answer;                     // undefined: Gradio's client could not reach Python, or it failed
  tell("The app does not answer. If it was stopped, start it again; what you chose is still here.");
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
  const drawn = await ask("posters", {films: ids, drawn: true});
  hang(drawn && drawn.posters);
  while (drawn && drawn.more.length) {                       // a few at a time, so that the first come first
    const real = await ask("posters", {films: drawn.more.splice(0, 4), drawn: false});
    if (!real || real.stop) break;
    hang(real.posters);
  }
}

// ── What was chosen ────────────────────────────────────────────────────────────────────────────
const label = id => known.get(String(id)) || String(id);
function learn(root = element) { root.querySelectorAll("[data-label]").forEach(e => known.set(e.dataset.film, e.dataset.label)); }
function chips() {
  $("#mr-chips").replaceChildren(...state.films.map(id => {
    const poster = make("img", {alt: ""}), away = make("button", {type: "button", textContent: "×"});
    poster.dataset.film = id;
    away.setAttribute("aria-label", `Take away ${label(id)}`); away.dataset.do = "drop"; away.dataset.film = id;
    return make("li", {}, poster, make("span", {textContent: label(id)}), away);
  }));
  const n = state.films.length;
  $("#mr-count").textContent = n === 0 ? "" : n <= 5 ? `${n} of 5 chosen` : `${n} chosen, at most 5 can be used`;
  $$("#mr-options input").forEach(box => { box.checked = state.films.includes(box.dataset.film); });
  dress();
}
function choose(id) {
  if (!state.films.includes(id)) { state.films.push(id); say(`${label(id)} chosen`); }
  changed();
}
function drop(id) {
  state.films = state.films.filter(f => f !== id); say(`${label(id)} taken away`); changed();
}
function changed() { chips(); if (state.asked) refresh(); }

// ── The answer ─────────────────────────────────────────────────────────────────────────────────
let turn = 0;
async function refresh({focus = false, back = false} = {}) {
  const mine = ++turn;
  element.classList.add("mr-busy");
  const answer = await ask("answer", {...state});
  if (mine !== turn) return;                                 // a newer question is on its way
  element.classList.remove("mr-busy");
  $(".mr").dataset.answered = mine;
  if (!answer) return;
  Object.entries(answer.labels).forEach(([id, text]) => known.set(id, text));
  state.films = answer.films; state.text = answer.text; state.seen = answer.seen; $("#mr-text").value = state.text;
  show(answer.message); chips();
  $("#mr-result").hidden = !answer.asked; state.asked = answer.asked;
  $("#mr-heading").textContent = answer.heading;
  $("#mr-cards").innerHTML = answer.cards; $("#mr-notes").innerHTML = answer.notes;
  state.query = answer.query; state.best = answer.best;
  learn(); dress(); say(answer.said); mark();
  if (!back) remember(answer.query);
  if (focus && answer.asked) { $("#mr-heading").focus({preventScroll: true}); $("#mr-result").scrollIntoView({block: "start"}); }
}
function address(query) {                                    // Gradio's own settings (?__theme=dark) stay
  const own = [...new URLSearchParams(location.search)].filter(([k]) => k.startsWith("__"));
  const all = [...new URLSearchParams(query), ...own];
  return location.pathname + (all.length ? "?" + new URLSearchParams(all) : "");
}
function remember(query) {
  const next = address(query);
  if (next !== location.pathname + location.search) history.pushState(null, "", next);
}
async function reopen() {
  const opened = await ask("open_link", location.search);
  if (!opened) return;
  Object.assign(state, opened.state); steerControls();
  Object.entries(opened.labels).forEach(([id, text]) => known.set(id, text));
  if (state.asked) await refresh({back: true}); else { $("#mr-result").hidden = true; show(""); chips(); }
  if (opened.message) show(opened.message + $("#mr-message").innerHTML);
}

// ── Typing: a combobox, filled from Python on every keystroke ──────────────────────────────────
const input = $("#mr-text"), list = $("#mr-found");
let active = -1, typed = 0, typing = 0;
function close() { list.hidden = true; active = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); }
async function complete() {
  const text = input.value.trim(), mine = ++typed;
  if (!text) return close();
  const found = await ask("find", text);
  if (mine !== typed || !found || document.activeElement !== input) return;
  list.replaceChildren(...found.films.map((film, i) => {
    const poster = make("img", {alt: ""}), option = make("li", {id: `mr-found-${i}`}, poster, make("span", {textContent: film.label}));
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
function take(id) { typed++; input.value = state.text = ""; close(); choose(id); input.focus(); }
input.addEventListener("input", () => { state.text = input.value; clearTimeout(typing); typing = setTimeout(complete, 90); });
input.addEventListener("keydown", e => {
  if ((e.key === "ArrowDown" || e.key === "ArrowUp") && !list.hidden) { e.preventDefault(); walk(e.key === "ArrowDown" ? 1 : -1); }
  else if (e.key === "Enter" && !list.hidden && active >= 0) { e.preventDefault(); take(list.children[active].dataset.film); }
  else if (e.key === "Escape") { if (list.hidden) input.value = state.text = ""; close(); }
  else if (e.key === "Backspace" && !input.value && state.films.length) drop(state.films.at(-1));
});
input.addEventListener("blur", () => setTimeout(close, 120));
list.addEventListener("pointerdown", e => { const o = e.target.closest("[data-film]"); e.preventDefault(); if (o) take(o.dataset.film); });
$("#mr-form").addEventListener("submit", e => {
  e.preventDefault(); typed++; clearTimeout(typing); close(); state.text = input.value; refresh({focus: true});
});

// ── Steering: the list follows without a button ────────────────────────────────────────────────
const languages = new Intl.DisplayNames(["en"], {type: "language", fallback: "code"});
const nameOf = code => { try { return languages.of(code); } catch (_) { return code; } };
$$("#mr-language option[value]:not([value=''])").forEach(o => { o.textContent = nameOf(o.value); });
const ticked = name => $$(`input[name=${name}]:checked`).map(b => b.value);
const year = id => { const v = $(id).value.trim(); return v === "" ? null : Number(v); };
function steerControls() {
  const s = state.steer;
  $$("input[name=genres]").forEach(b => { b.checked = s.genres.includes(b.value); });
  $$("input[name=without]").forEach(b => { b.checked = s.without.includes(b.value); });
  $("#mr-since").value = s.since ?? ""; $("#mr-until").value = s.until ?? "";
  $("#mr-language").value = s.language; $("#mr-adventure").value = s.adventure; steerNames();
}
function steerNames() {
  const word = (list, title) => list.length ? `${title}: ${list.length > 2 ? list.length : list.join(", ")}` : title;
  $("#mr-genres-name").textContent = word(state.steer.genres, "Only genres"); $("#mr-without-name").textContent = word(state.steer.without, "Without");
}
let steering = 0;
$(".mr-steer").addEventListener("input", e => {
  state.steer = {genres: ticked("genres"), without: ticked("without"), since: year("#mr-since"), until: year("#mr-until"),
                 language: $("#mr-language").value, adventure: Number($("#mr-adventure").value)};
  steerNames(); clearTimeout(steering); steering = setTimeout(() => refresh(), e.target.type === "number" ? 500 : 120);
});
element.addEventListener("click", e => $$(".mr-drop[open]").forEach(d => { if (!d.contains(e.target)) d.open = false; }));
element.addEventListener("keydown", e => {
  const drop = e.key === "Escape" && e.target.closest(".mr-drop[open]");
  if (drop) { drop.open = false; drop.querySelector("summary").focus(); }
});

// ── Tabs ───────────────────────────────────────────────────────────────────────────────────────
const tabs = $$("[role=tab]");
function open(tab) {
  tabs.forEach(t => { const on = t === tab; t.setAttribute("aria-selected", String(on)); t.tabIndex = on ? 0 : -1;
    $("#" + t.getAttribute("aria-controls")).hidden = !on; });
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
  const drawn = await ask("film_map");
  if (!drawn) return;
  $("#mr-map-host").textContent = "";
  map = new Function(drawn.script + "; return filmMap;")()($("#mr-map-host"), drawn.data, {onSelect: film => showFilm(film.film_id)});
  await map.ready; mark();
}
async function showFilm(id) {
  const film = await ask("card", id);
  if (film) { $("#mr-map-film").innerHTML = film.html; learn(); dress(); }
}
const mark = () => { if (map) map.mark({picks: state.films.map(Number), recommended: (state.best || []).map(Number)}); };
async function openClusters() {
  if (clusters) return;
  const told = await ask("clusters");
  if (told) { clusters = true; $("#mr-clusters").innerHTML = told.html; learn(); dress(); }
}

// ── Everything that is pressed ─────────────────────────────────────────────────────────────────
async function others() {
  const more = await ask("suggest");
  if (more) { $("#mr-options").innerHTML = more.html; learn(); chips(); }
}
function save(name, text) {
  const a = make("a", {href: URL.createObjectURL(new Blob([text], {type: "text/csv"})), download: name});
  a.click(); setTimeout(() => URL.revokeObjectURL(a.href), 1000);
}
async function upload(file) {
  if (file.size > 5e6) return tell("This file is larger than 5 MB. The exports of Letterboxd and IMDb are smaller than that.");
  const bytes = new Uint8Array(await file.arrayBuffer()), text = [];
  for (let i = 0; i < bytes.length; i += 8192) text.push(String.fromCharCode(...bytes.subarray(i, i + 8192)));
  const read = await ask("upload_export", btoa(text.join("")));
  if (!read) return;
  Object.entries(read.labels).forEach(([id, text]) => known.set(id, text));
  state.seen = [...new Set([...state.seen, ...read.seen])];
  if (read.films.length) state.films = read.films;
  if (read.seen.length && state.films.length) await refresh({focus: true});
  show(read.message + $("#mr-message").innerHTML);
}
const acts = {
  skip: () => { open(tabs[0]); input.focus(); },
  lamp: b => { const on = !document.body.classList.contains("dark"); document.body.classList.toggle("dark", on); lamp(); },
  clear: () => { Object.assign(state, {films: [], text: "", steer: none(), seen: [], asked: false, best: [], query: ""}); input.value = "";
    $("#mr-result").hidden = true; show(""); steerControls(); chips(); mark(); turn++; remember(""); say("Cleared"); input.focus(); },
  others, csv: async () => { const t = await ask("csv", {...state}); if (t) save("recommendations.csv", t.csv); },
  link: async b => { const url = location.origin + address(state.query);
    try { await navigator.clipboard.writeText(url); b.textContent = "Link copied"; say("Link copied"); }
    catch (_) { tell("Copy this address: " + url); }
    setTimeout(() => { b.textContent = "Copy link"; }, 2500); },
  upload: () => $("#mr-file").click(),
  choose: b => { state.text = input.value = b.dataset.rest || ""; show(""); if (!state.films.includes(b.dataset.film)) state.films.push(b.dataset.film);
    open(tabs[0]); chips(); refresh({focus: true}); },
  instead: b => { state.films = state.films.map(f => f === b.dataset.taken ? b.dataset.film : f).filter((f, i, all) => all.indexOf(f) === i);
    state.text = input.value = ""; say(`${label(b.dataset.film)} taken instead`); refresh({focus: true}); },
  pick: b => { choose(b.dataset.film); b.textContent = "Chosen"; },
  drop: b => { drop(b.dataset.film); input.focus(); },
  example: b => { state.films = b.dataset.films.split(","); state.text = input.value = ""; refresh({focus: true}); },
  like: b => { state.films = [b.dataset.film]; state.text = input.value = ""; open(tabs[0]); refresh({focus: true}); },
  seen: async b => { const at = $$("#mr-cards [data-do=seen]").indexOf(b); state.seen.push(b.dataset.film);
    await refresh(); const next = $$("#mr-cards [data-do=seen]"); (next[Math.min(at, next.length - 1)] || $("#mr-heading")).focus(); },
  unsee: () => { state.seen = []; refresh({focus: true}); },
  free: () => { state.steer = none(); steerControls(); refresh({focus: true}); },
};
element.addEventListener("click", e => { const b = e.target.closest("[data-do]"); if (b) acts[b.dataset.do](b); });
element.addEventListener("change", e => {
  if (e.target.matches("#mr-options input")) e.target.checked ? choose(e.target.dataset.film) : drop(e.target.dataset.film);
  if (e.target.id === "mr-file" && e.target.files[0]) upload(e.target.files[0]).finally(() => { e.target.value = ""; });
});
element.addEventListener("toggle", async e => {              // the parts of a because sentence, on demand
  const d = e.target;
  if (!d.matches(".mr-why") || !d.open || d.dataset.done) return;
  d.dataset.done = 1;
  const told = await ask("parts", {...state, film: d.dataset.film});
  if (told) d.querySelector("div").innerHTML = told.html; else delete d.dataset.done;
}, true);
function lamp() { $(".mr-lamp").setAttribute("aria-pressed", String(document.body.classList.contains("dark"))); }
addEventListener("popstate", reopen);
lamp(); others(); learn(); steerControls(); reopen();

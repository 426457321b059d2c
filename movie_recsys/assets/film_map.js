// The film map. `filmMap(host, data, options)` draws it into the element `host`; nbs/03_visualize.ipynb tells its story,
// and the library puts the constants FILM_MAP_CSS and FILM_MAP_BODY before it. A shadow root keeps the page's styles out
// and the map's styles in. Every text is set as text, never as HTML, so a title can say what it likes.
function filmMap(host, data, options) {
  options = options || {};
  const root = host.shadowRoot || host.attachShadow({mode: "open"}), $ = s => root.querySelector(s);
  const el = (tag, props, ...kids) => { const e = Object.assign(document.createElement(tag), props || {});
    e.append(...kids); return e; };
  root.innerHTML = "<style>" + FILM_MAP_CSS + "</style>" + FILM_MAP_BODY;
  const canvas = $("canvas"), box = $(".map"), input = $("input"), list = $(".hits"), card = $(".card");
  const ctx = canvas.getContext("2d"), calm = matchMedia("(prefers-reduced-motion: reduce)");
  let films = null, n = 0, width = 0, height = 0, dark = false, frame = 0;
  let view = {k: 1, x: 0, y: 0}, base = {s: 1, x: 0, y: 0};
  let hover = -1, chosen = -1, lit = -1, active = -1, hits = [], chips = [], off = new Set(), marks = [], wanted = options;
  const draw = () => { frame = frame || requestAnimationFrame(() => { frame = 0; paint(); }); };

  // The data arrive as an object, or as the text made by `FilmMap.payload()`: JSON, deflated, in base64. A browser
  // unpacks that by itself.
  async function unpack(data) {
    if (typeof data !== "string") return data;
    const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream).json();
  }
  function start(d) {
    films = d; n = d.x.length;
    d.plain = d.label.map(plain); d.row = new Map(d.id.map((id, i) => [id, i]));
    chips = d.names.map(chip);
    $(".legend").append(...d.numbers.map((number, c) => [number, chips[c]]).sort((a, b) => a[0] - b[0]).map(pair => pair[1]));
    box.setAttribute("aria-label", `Map of ${n.toLocaleString("en")} films in ${d.names.length} clusters`);
    $(".note").textContent = d.note || "";
    $(".legend-title").textContent = `${d.names.length} clusters by number, ${n.toLocaleString("en")} films`;
    if (host.clientWidth < 560) $("details").open = false;
    host.setAttribute("data-ready", ""); resize(); mark(wanted);
  }

  // Light or dark follows the page: a class or attribute that says so (Gradio, Quarto, JupyterLab), else the colour
  // of the first painted background behind the map, else what the reader's system prefers.
  function pageIsDark() {
    const said = host.closest(".dark, .quarto-dark, .quarto-light, [data-jp-theme-light], [data-bs-theme]");
    if (said) return said.matches(".dark, .quarto-dark, [data-jp-theme-light=false], [data-bs-theme=dark]");
    for (let e = host.parentElement; e; e = e.parentElement) {
      const c = (getComputedStyle(e).backgroundColor.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number);
      if (c.length < 4 || c[3] > 0.5) return 0.3 * c[0] + 0.59 * c[1] + 0.11 * c[2] < 110;
    }
    return matchMedia("(prefers-color-scheme: dark)").matches;
  }
  function theme() { dark = pageIsDark(); $(".frame").classList.toggle("night", dark); sprites.clear(); colours(); draw(); }
  function shade(hex, by) {
    const to = by > 0 ? 255 : 0, f = Math.abs(by), v = [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16));
    return `rgb(${v.map(a => Math.round(a + (to - a) * f)).join(",")})`;
  }
  let tint = [];
  function colours() {
    tint = films ? films.colours.map(c => shade(c, dark ? 0.2 : -0.06)) : [];
    chips.forEach((b, c) => b.querySelector("path").setAttribute("fill", tint[c]));
  }

  // Positions come as whole numbers. `base` fits the whole map into the frame, `view` is what the reader did since:
  // zoom `k` and a shift.
  const px = i => (films.x[i] * base.s + base.x) * view.k + view.x;
  const py = i => (films.y[i] * base.s + base.y) * view.k + view.y;
  const home = () => view.k < 1.02;
  function resize() {
    const w = box.clientWidth, ratio = devicePixelRatio || 1;
    if (!w || !films) return;
    const old = width; width = w; height = Math.round(Math.min(w * Math.max(0.5, Math.min(0.85, films.size[1] / films.size[0])), 640));
    canvas.width = width * ratio; canvas.height = height * ratio; canvas.style.height = height + "px";
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    const pad = width < 560 ? 14 : 26, s = Math.min((width - 2 * pad) / films.size[0], (height - 2 * pad) / films.size[1]);
    base = {s, x: (width - films.size[0] * s) / 2, y: (height - films.size[1] * s) / 2};
    if (old && old !== width) view = {k: 1, x: 0, y: 0};
    theme();
  }
  let moving = -1e9, later = 0;
  function moveTo(k, x, y) {
    k = Math.max(1, Math.min(60, k));
    const slack = 0.35 * (k - 1) / k;
    const keep = (v, size) => Math.max(size * (1 - k - slack), Math.min(size * slack, v));
    view = {k, x: keep(x, width), y: keep(y, height)};
    moving = performance.now(); clearTimeout(later); later = setTimeout(draw, 170);
    canvas.style.touchAction = home() ? "pan-y" : "none"; draw();
  }
  const zoom = (f, cx = width / 2, cy = height / 2) => { const k = Math.max(1, Math.min(60, view.k * f)), r = k / view.k;
    moveTo(k, cx - (cx - view.x) * r, cy - (cy - view.y) * r); };

  // A jump is shown as a short flight, so that the reader sees where it went; not for somebody who asked for less
  // motion.
  let flight = 0;
  function fly(k, x, y) {
    cancelAnimationFrame(flight);
    const from = {...view}, begin = performance.now(), span = calm.matches ? 0 : 450;
    const step = now => {
      const t = span ? Math.min(1, (now - begin) / span) : 1, e = t * t * (3 - 2 * t), mix = (a, b) => a + (b - a) * e;
      moveTo(from.k * Math.pow(k / from.k, e), mix(from.x, x), mix(from.y, y));
      if (t < 1) flight = requestAnimationFrame(step);
    };
    step(performance.now());
  }
  function goTo(i, k) {
    k = Math.max(view.k, k || 6);
    fly(k, width / 2 - (films.x[i] * base.s + base.x) * k, height / 2 - (films.y[i] * base.s + base.y) * k);
  }

  // Each cluster has a colour and a shape, so that colour is never the only sign. A film's dot is drawn once per
  // size into a small picture and then copied, which is what lets tens of thousands of dots follow a finger.
  const SHAPES = [
    "M-1,0A1,1 0 1 1 1,0A1,1 0 1 1 -1,0Z", "M0,-1.2L1.1,.8L-1.1,.8Z", "M-.88,-.88H.88V.88H-.88Z",
                  "M0,-1.25L1.25,0L0,1.25L-1.25,0Z"];
  const STAR = new Path2D("M0,-1.5L.42,-.5L1.45,-.45L.66,.22L.92,1.25L0,.68L-.92,1.25L-.66,.22L-1.45,-.45L-.42,-.5Z");
  const shape = c => SHAPES[films.shapes[c]], sprites = new Map();
  function sprite(c, r) {
    const key = c + "|" + r;
    if (sprites.has(key)) return sprites.get(key);
    const ratio = devicePixelRatio || 1, half = Math.ceil(r * 1.4 + 1), s = document.createElement("canvas");
    s.width = s.height = 2 * half * ratio;
    const g = s.getContext("2d"), p = new Path2D(shape(c));
    g.scale(ratio, ratio); g.translate(half, half); g.scale(r, r); g.fillStyle = tint[c]; g.fill(p);
    if (r > 2.2) { g.lineWidth = 0.7 / r; g.strokeStyle = dark ? "rgba(0,0,0,.55)" : "rgba(255,255,255,.9)"; g.stroke(p); }
    s.half = half; sprites.set(key, s); return s;
  }

  // Films come in order of fame, so the famous are drawn last, larger, and are labelled first. While a very full
  // map moves, its least known films wait until it stands still.
  function size(i) {
    const fame = 1 - i / n, room = Math.min(9, Math.sqrt(0.4 * width * height / n));
    return Math.max(1, Math.round(4 * 0.32 * room * view.k ** 0.4 * (0.85 + 0.55 * fame ** 4 + 1.1 * fame ** 40)) / 4);
  }
  const inside = (x, y, m) => x > -m && y > -m && x < width + m && y < height + m;
  const shown = i => !off.has(films.cluster[i]);
  function dots() {
    const soft = marks.length ? (dark ? 0.75 : 0.65) : 0.95;
    for (let i = (performance.now() - moving < 150 ? Math.min(n, 20000) : n) - 1; i >= 0; i--) {
      const c = films.cluster[i];
      if (off.has(c)) continue;
      const x = px(i), y = py(i);
      if (!inside(x, y, 20)) continue;
      ctx.globalAlpha = lit >= 0 ? (c === lit ? 1 : 0.1) : soft;
      const s = sprite(c, size(i)), ratio = devicePixelRatio || 1;
      ctx.drawImage(s, x - s.half, y - s.half, s.width / ratio, s.height / ratio);
    }
    ctx.globalAlpha = 1;
  }

  // Names are placed greedily: a name is drawn where it covers no name drawn before it. Picks and recommendations go
  // first, then the clusters' names, and the closer the reader looks, the more films.
  let taken = [];
  const font = (px, bold) => { ctx.font = `${bold ? 650 : 450} ${px}px ${getComputedStyle(host).fontFamily}`; };
  const free = (x, y, w, h) => !taken.some(t => x < t[0] + t[2] && t[0] < x + w && y < t[1] + t[3] && t[1] < y + h);
  function text(lines, x, y, px, bold, always) {
    font(px, bold);
    const w = Math.max(...lines.map(l => ctx.measureText(l).width)), h = lines.length * px * 1.2;
    if (!always && !free(x, y - h / 2, w, h)) return false;
    taken.push([x, y - h / 2, w, h]); ctx.textBaseline = "middle"; ctx.lineJoin = "round";
    ctx.lineWidth = 3.5; ctx.fillStyle = dark ? "#f2efe8" : "#1b1d24";
    ctx.strokeStyle = dark ? "rgba(16,18,24,.9)" : "rgba(252,252,250,.92)";
    const at = (l, j) => [l, x + (w - ctx.measureText(l).width) / 2, y + (j - (lines.length - 1) / 2) * px * 1.2];
    lines.forEach((l, j) => ctx.strokeText(...at(l, j)));
    lines.forEach((l, j) => ctx.fillText(...at(l, j)));
    return true;
  }
  const cut = (s, m) => { const year = (s.match(/ \([^()]*\)$/) || [""])[0];
    return s.length <= m ? s : s.slice(0, Math.max(6, m - 1 - year.length)).trimEnd() + "\u2026" + year; };
  function beside(x, y, label, gap, bold) {
    font(bold ? 13 : 12, bold);
    const w = ctx.measureText(label).width;
    const places = [[x + gap, y], [x - gap - w, y], [x - w / 2, y - gap - 6], [x - w / 2, y + gap + 6],
                    [x + gap, y - gap], [x + gap, y + gap]];
    const fits = ([a, b]) => a > 2 && a + w < width - 2 && b > 8 && b < height - 8;
    return places.some(p => fits(p) && text([label], ...p, bold ? 13 : 12, bold));
  }

  // The clusters' names are wrapped to the width of their island and fade when the reader has come close enough to
  // read films. A name that its island has no room for is a number there, and the legend tells which.
  function wrap(name, room) {
    const lines = [""];
    for (const word of name.split(" ")) {
      const last = lines[lines.length - 1], next = last ? last + " " + word : word;
      if (last && ctx.measureText(next).width > room) lines.push(word); else lines[lines.length - 1] = next;
    }
    return lines;
  }
  function clusterNames() {
    if (view.k > 5) return;
    const px = width < 560 ? 10.5 : 12.5;
    ctx.globalAlpha = Math.min(1, (5.5 - view.k) / 2);
    const short = s => s.replace(/ from the (\d+s) to the (\d+s)/, " $1\u2013$2").replace(/ of the (\d+s)/, " $1");
    films.places.map((p, c) => [p, c]).sort((a, b) => b[0][2] - a[0][2]).forEach(([p, c]) => {
      if (off.has(c)) return;
      font(px, true);
      const x = (p[0] * base.s + base.x) * view.k + view.x, y = (p[1] * base.s + base.y) * view.k + view.y;
      const r = p[2] * base.s * view.k, lines = wrap(short(films.names[c]), 1.6 * r);
      const w = Math.max(...lines.map(l => ctx.measureText(l).width)), h = lines.length * px * 1.2;
      if (!inside(x, y, 0)) return;
      if (width >= 560 && Math.hypot(w, h) < 2 * r && [0, -r / 2, r / 2].some(d => text(lines, x - w / 2, y + d, px, true))) return;
      font(px + 2, true);
      text([String(films.numbers[c])], x - ctx.measureText(films.numbers[c]).width / 2, y, px + 2, true);
    });
    ctx.globalAlpha = 1;
  }
  function filmNames() {
    if (view.k < 1.7) return;
    let room = Math.min(34, Math.round(width * height / 14000));
    for (let i = 0; i < n && room > 0; i++) {
      if (!shown(i) || (lit >= 0 && films.cluster[i] !== lit)) continue;
      if (i === chosen || i === hover || marks.some(m => m.i === i)) continue;
      if (inside(px(i), py(i), 0) && beside(px(i), py(i), cut(films.label[i], 34), size(i) + 4, false)) room--;
    }
  }

  // Picks are golden stars, recommendations numbered discs, the chosen film wears a ring. They are drawn over
  // everything and stay the same size at every zoom.
  function spreadMarks() {
    marks.forEach((m, j) => { m.x = px(m.i) + j * 0.01; m.y = py(m.i); });
    for (let round = 0; round < 30; round++) marks.forEach(a => marks.forEach(b => {
      const dx = a.x - b.x, dy = a.y - b.y, d = Math.hypot(dx, dy);
      if (a === b || d >= 23) return;
      const push = (23 - d) / 2 / (d || 1); a.x += dx * push; a.y += dy * push; b.x -= dx * push; b.y -= dy * push;
    }));
    ctx.lineWidth = 1.5; ctx.strokeStyle = dark ? "#ffffff" : "#15171d";
    marks.forEach(m => { ctx.beginPath(); ctx.moveTo(px(m.i), py(m.i)); ctx.lineTo(m.x, m.y); ctx.stroke(); });
  }
  function sign(m) {
    const {x, y} = m, ink = dark ? "#101218" : "#ffffff", paper = dark ? "#ffffff" : "#15171d";
    ctx.save(); ctx.translate(x, y);
    if (m.pick) {
      ctx.scale(9, 9); ctx.lineWidth = 0.45; ctx.lineJoin = "round"; ctx.strokeStyle = "#15171d"; ctx.stroke(STAR);
      ctx.fillStyle = "#ffd34d"; ctx.fill(STAR);
    } else {
      ctx.beginPath(); ctx.arc(0, 0, 10, 0, 7); ctx.fillStyle = paper; ctx.fill();
      ctx.lineWidth = 2.5; ctx.strokeStyle = tint[films.cluster[m.i]]; ctx.stroke();
      font(12, true); ctx.textAlign = "center"; ctx.textBaseline = "middle"; ctx.fillStyle = ink; ctx.fillText(m.no, 0, 0.5);
    }
    ctx.restore(); taken.push([x - 11, y - 11, 22, 22]);
  }
  function ring(i, r) {
    ctx.beginPath(); ctx.arc(px(i), py(i), r, 0, 7); ctx.lineWidth = 2.5;
    ctx.strokeStyle = dark ? "#ffffff" : "#15171d"; ctx.stroke();
  }
  function paint() {
    if (!films || !width) return;
    ctx.clearRect(0, 0, width, height); taken = []; dots();
    spreadMarks(); marks.slice().reverse().forEach(sign);
    const ringed = [...new Set([chosen, hover])].filter(i => i >= 0 && shown(i));
    ringed.forEach(i => ring(i, size(i) + 4));
    ringed.forEach(i => marks.some(m => m.i === i) || beside(px(i), py(i), cut(films.label[i], 44), size(i) + 8, true));
    marks.forEach(m => beside(m.x, m.y, cut(films.label[m.i], width < 560 ? 24 : 40), 14, true));
    clusterNames(); filmNames();
    $(".home").disabled = home();
  }

  // Which film is under the pointer? The nearest shown one within 14 pixels, a mark before a dot.
  function at(x, y, reach) {
    let best = -1, near = reach * reach;
    const look = (i, bonus, mx, my) => { const dx = (mx || px(i)) - x, dy = (my || py(i)) - y, d = dx * dx + dy * dy - bonus;
      if (d < near) { near = d; best = i; } };
    for (let i = 0; i < n; i++) if (shown(i)) look(i, size(i) ** 2);
    marks.forEach(m => look(m.i, 120, m.x, m.y));
    return best;
  }
  const film = i => ({film_id: films.id[i], label: films.label[i], genres: films.genres[films.genre[i]],
                      cluster: films.cluster[i], cluster_name: films.names[films.cluster[i]]});
  function choose(i, tell) {
    chosen = i; draw();
    card.hidden = i < 0 || options.card === false;
    if (i < 0) return;
    if (!shown(i)) toggle(films.cluster[i], true);
    const f = film(i), m = marks.find(m => m.i === i), rating = films.rating && films.rating[i];
    $(".card-label").textContent = f.label;
    const facts = [f.genres, rating ? `rated ${(rating / 10).toFixed(1)} of 10` : ""].filter(Boolean);
    $(".card-genres").textContent = facts.join(" \u00b7 ");
    $(".card-cluster").textContent = f.cluster_name;
    $(".card-mark").textContent = m ? (m.pick ? "\u2605 one of your picks" : `recommendation ${m.no}`) : "";
    $("[aria-live]").textContent = [f.label, f.genres || "no genre", f.cluster_name, $(".card-mark").textContent].join(". ");
    if (!tell) return;
    host.dispatchEvent(new CustomEvent("film-map-select", {detail: f, bubbles: true, composed: true}));
    if (options.onSelect) options.onSelect(f);
    if (options.relay) relay(f);
  }

  // In a notebook the way back to Python is a text field: the film's id is typed into the one inside `.relay`.
  function relay(f) {
    const field = document.querySelector(`.${CSS.escape(options.relay)} input`);
    if (!field) return;
    field.value = String(f.film_id);
    ["input", "change"].forEach(t => field.dispatchEvent(new Event(t, {bubbles: true})));
  }

  // Pointer: drag to move, two fingers or the wheel to zoom, click to choose. The wheel zooms only once the map has
  // the focus, so that a page with a map in it still scrolls; a finger on the whole map scrolls the page too.
  const touch = new Map();
  let moved = 0, pinch = 0;
  const where = e => { const r = canvas.getBoundingClientRect(); return [e.clientX - r.left, e.clientY - r.top]; };
  const spread = () => { const [a, b] = [...touch.values()]; return Math.hypot(a[0] - b[0], a[1] - b[1]); };
  canvas.addEventListener("pointerdown", e => {
    cancelAnimationFrame(flight); touch.set(e.pointerId, where(e)); moved = touch.size > 1 ? 99 : 0;
    if (touch.size === 2) pinch = spread();
    try { canvas.setPointerCapture(e.pointerId); } catch (_) { }
  });
  canvas.addEventListener("pointermove", e => {
    const [x, y] = where(e), was = touch.get(e.pointerId);
    if (!was) return point(e, x, y);
    moved += Math.abs(x - was[0]) + Math.abs(y - was[1]); touch.set(e.pointerId, [x, y]);
    if (touch.size === 2) {
      const s = spread(), [a, b] = [...touch.values()];
      zoom(s / (pinch || s), (a[0] + b[0]) / 2, (a[1] + b[1]) / 2); pinch = s;
    } else if (moved > 5 && !home()) {
      canvas.style.cursor = "grabbing"; moveTo(view.k, view.x + x - was[0], view.y + y - was[1]);
    }
  });
  function point(e, x, y) {
    if (e.pointerType !== "mouse" || !films) return;
    const i = at(x, y, 14);
    canvas.style.cursor = i >= 0 ? "pointer" : "grab";
    if (i !== hover) { hover = i; draw(); }
  }
  const lift = e => { const p = touch.get(e.pointerId); touch.delete(e.pointerId); pinch = 0;
    if (e.type === "pointerup" && p && moved <= 5 && films) choose(at(p[0], p[1], e.pointerType === "mouse" ? 14 : 24), true); };
  ["pointerup", "pointercancel"].forEach(t => canvas.addEventListener(t, lift));
  canvas.addEventListener("pointerleave", () => { if (hover >= 0) { hover = -1; draw(); } });
  canvas.addEventListener("dblclick", e => zoom(2, ...where(e)));
  canvas.addEventListener("wheel", e => {
    if (root.activeElement !== canvas && !e.ctrlKey) return;
    e.preventDefault(); zoom(Math.exp(-e.deltaY * (e.deltaMode ? 0.05 : 0.0018)), ...where(e));
  }, {passive: false});

  // Keyboard: the arrows walk from film to film, Enter chooses, plus and minus zoom, 0 shows the whole map, Escape
  // closes the card.
  const WAYS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
  function walk([dx, dy]) {
    if (chosen < 0) { for (let i = 0; i < n; i++) if (shown(i) && inside(px(i), py(i), 0)) return choose(i, false); return; }
    let best = -1, near = Infinity;
    for (let i = 0; i < n; i++) {
      if (i === chosen || !shown(i)) continue;
      const x = px(i) - px(chosen), y = py(i) - py(chosen), along = x * dx + y * dy, across = Math.abs(x * dy - y * dx);
      if (along > 0.01 && across <= along && along + 2 * across < near) { near = along + 2 * across; best = i; }
    }
    if (best < 0) return;
    choose(best, false);
    if (!inside(px(best), py(best), -30)) goTo(best, view.k);
  }
  canvas.addEventListener("keydown", e => {
    if (!films || e.ctrlKey || e.metaKey || e.altKey) return;
    if (WAYS[e.key]) walk(WAYS[e.key]);
    else if (e.key === "Enter" || e.key === " ") { if (chosen >= 0) choose(chosen, true); }
    else if (e.key === "+" || e.key === "=") zoom(1.5);
    else if (e.key === "-") zoom(1 / 1.5);
    else if (e.key === "0") fly(1, 0, 0);
    else if (e.key === "Escape") choose(-1);
    else return;
    e.preventDefault();
  });

  // Search is a combobox by the book: accents and punctuation do not matter, every word typed has to be there, a
  // title that starts with them comes first, then fame decides.
  function plain(s) {
    return s.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  }
  function find(query) {
    const q = plain(query), words = q.split(" ");
    if (!q) return [];
    const rank = t => {
      const tails = [t, t.replace(/^(the|a|an) /, "")].filter(s => s.startsWith(q)).map(s => s.slice(q.length));
      return tails.some(s => /^( \d{4})?$/.test(s)) ? 0 : tails.length ? 1 : (" " + t).includes(" " + q) ? 2 : 3;
    };
    const found = [];
    films.plain.forEach((t, i) => { if (words.every(w => t.includes(w))) found.push([rank(t), i]); });
    return found.length || q.length < 4 ? best(found) : best(near(q));
  }
  // Where no title has every word: those with most pairs of letters in common, as a typing error leaves them.
  function near(q) {
    const pairs = s => new Set([...s].slice(1).map((letter, k) => s[k] + letter)), asked = pairs(q), found = [];
    films.plain.forEach((t, i) => {
      const title = t.replace(/ \d{4}$/, "");
      if (Math.abs(title.length - q.length) > 3 && !title.startsWith(q.slice(0, 3))) return;
      const own = pairs(title.slice(0, q.length + 2));
      const alike = 2 * [...own].filter(p => asked.has(p)).length / (own.size + asked.size);
      if (alike >= .55) found.push([-alike, i]);
    });
    return found;
  }
  function best(found) {
    return found.sort((a, b) => a[0] - b[0] || a[1] - b[1]).slice(0, 8).map(f => f[1]);
  }
  function offer() {
    hits = films ? find(input.value) : []; active = -1; list.replaceChildren();
    hits.forEach((i, j) => {
      const li = el("li", {id: "hit" + j}, el("span", {textContent: films.label[i]}),
                    el("small", {textContent: films.names[films.cluster[i]]}));
      li.setAttribute("role", "option"); li.setAttribute("aria-selected", "false");
      li.addEventListener("pointerdown", e => { e.preventDefault(); take(i); }); list.append(li);
    });
    const none = films && input.value.trim() && !hits.length;
    open(hits.length > 0); input.removeAttribute("aria-activedescendant");
    $(".none").hidden = !none;
    $("[aria-live]").textContent = none ? "No film on this map has such a title." : hits.length ? `${hits.length} films offered` : "";
  }
  function open(yes) { list.hidden = !yes; input.setAttribute("aria-expanded", String(yes)); }
  function take(i) { input.value = films.label[i]; hits = []; open(false); choose(i, true); goTo(i); }
  input.addEventListener("input", offer);
  input.addEventListener("blur", () => open(false));
  input.addEventListener("keydown", e => {
    if (e.key === "Enter" && hits.length) { e.preventDefault(); take(hits[Math.max(0, active)]); }
    if (e.key === "Escape") { input.value = ""; offer(); }
    if ((e.key !== "ArrowDown" && e.key !== "ArrowUp") || !hits.length) return;
    e.preventDefault();
    active = e.key === "ArrowDown" ? (active + 1) % hits.length : (Math.max(active, 0) + hits.length - 1) % hits.length;
    [...list.children].forEach((li, j) => li.setAttribute("aria-selected", String(j === active)));
    input.setAttribute("aria-activedescendant", "hit" + active); list.children[active].scrollIntoView({block: "nearest"});
  });

  // The legend is a row of toggle buttons; pointing at one lights its cluster. A button below the map for every
  // marked film gives the marks to those who cannot see or hit them.
  function icon(path) {
    const [s, p] = ["svg", "path"].map(t => document.createElementNS("http://www.w3.org/2000/svg", t));
    s.setAttribute("viewBox", "-1.5 -1.5 3 3"); s.setAttribute("aria-hidden", "true"); p.setAttribute("d", path);
    s.append(p); return s;
  }
  function chip(name, c) {
    const b = el("button", {type: "button", className: "chip"}, icon(shape(c)), el("span", {textContent: `${films.numbers[c]}. ${name}`}));
    b.setAttribute("aria-pressed", "true");
    b.addEventListener("click", () => toggle(c, off.has(c)));
    ["pointerenter", "focus"].forEach(t => b.addEventListener(t, () => { lit = off.has(c) ? -1 : c; draw(); }));
    ["pointerleave", "blur"].forEach(t => b.addEventListener(t, () => { lit = -1; draw(); }));
    return b;
  }
  function toggle(c, on) {
    if (on) off.delete(c); else off.add(c);
    lit = -1; chips[c].setAttribute("aria-pressed", String(on));
    $(".all").hidden = !off.size;
    if (chosen >= 0 && !shown(chosen)) choose(-1);
    draw();
  }
  function mark(w) {
    wanted = w || {};
    if (!films) return;
    const rows = ids => (ids || []).map(id => films.row.get(Number(id))).filter(i => i !== undefined);
    marks = rows(wanted.picks).map(i => ({i, pick: true})).concat(rows(wanted.recommended).map((i, j) => ({i, no: j + 1})));
    $(".marks").replaceChildren(...marks.map(m => {
      const b = el("button", {type: "button"}, el("b", {textContent: m.pick ? "\u2605" : m.no}),
                   el("span", {textContent: films.label[m.i]}));
      b.setAttribute("aria-label", `${m.pick ? "Your pick" : "Recommendation " + m.no}: ${films.label[m.i]}. Show it on the map`);
      b.addEventListener("click", () => { choose(m.i, false); goTo(m.i, 3); }); return b;
    }));
    $(".marks").hidden = !marks.length; draw();
  }

  // At last the buttons, what is watched, and what a page gets back to steer the map with: `mark`, `select`,
  // `destroy`.
  $(".all").addEventListener("click", () => [...off].forEach(c => toggle(c, true)));
  $(".in").addEventListener("click", () => zoom(1.6));
  $(".out").addEventListener("click", () => zoom(1 / 1.6));
  $(".home").addEventListener("click", () => fly(1, 0, 0));
  $(".close").addEventListener("click", () => { choose(-1); canvas.focus(); });
  const sizes = new ResizeObserver(resize), classes = new MutationObserver(theme);
  const system = matchMedia("(prefers-color-scheme: dark)");
  sizes.observe(box); system.addEventListener("change", theme);
  [document.documentElement, document.body].forEach(e => classes.observe(e, {attributes: true}));
  const ready = unpack(data).then(start).catch(e => {
    $(".none").hidden = false; $(".none").textContent = "The film map could not be drawn: " + e.message;
  });
  return host.filmMap = {
    ready, mark, film, screen: id => { const i = films.row.get(id); return [px(i), py(i)]; },
    get view() { return {...view}; },
    select(id) { const i = films.row.get(Number(id)); if (i !== undefined) { choose(i, false); goTo(i); } },
    destroy() { sizes.disconnect(); classes.disconnect(); system.removeEventListener("change", theme); root.innerHTML = ""; },
  };
}

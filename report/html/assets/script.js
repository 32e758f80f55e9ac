// The script of a report: it shows the values under the pointer, in the curves and in the latent
// plane, and makes both work with a keyboard. Without it, the page shows everything else.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const clamp = (v, lo, hi) => Math.min(Math.max(v, lo), hi);
  const make = (name, text, parent) => {
    const e = document.createElement(name);
    if (text !== undefined) e.textContent = text; // never as HTML: names may hold anything
    if (parent) parent.append(e);
    return e;
  };

  // Charts: all of them show the same epoch.
  const charts = [...document.querySelectorAll("[data-chart]")].map((plot) => chart(plot, data.charts[plot.dataset.chart]));
  const showEpoch = (i) => charts.forEach((c) => c.show(i));

  function chart(plot, d) {
    const hair = plot.querySelector(".hair");
    const tip = plot.querySelector(".tip");
    const last = d.x.length - 1;
    let at = last;
    const dots = d.names.map((_, k) => {
      const dot = make("i", undefined, hair);
      dot.className = "c" + (k % 4);
      return dot;
    });
    plot.tabIndex = 0;
    plot.setAttribute("role", "slider");
    plot.setAttribute("aria-valuemin", 1);
    plot.setAttribute("aria-valuemax", last + 1);
    const say = () => {
      plot.setAttribute("aria-valuenow", at + 1);
      plot.setAttribute("aria-valuetext", "epoch " + (at + 1) + ": " + d.names.map((n, k) => n + " " + d.text[at][k]).join(", "));
    };
    say();
    const show = (i) => {
      hair.hidden = tip.hidden = i === null;
      if (i === null) return;
      at = clamp(i, 0, last);
      say();
      const log = document.getElementById("scale-log");
      const places = log && log.checked && d.log ? d.log : d.linear;
      hair.style.left = 100 * d.x[at] + "%";
      dots.forEach((dot, k) => {
        dot.hidden = places[k][at] < 0;
        dot.style.bottom = 100 * places[k][at] + "%";
      });
      tip.replaceChildren();
      make("b", "epoch " + (at + 1), tip);
      d.names.forEach((n, k) => make("div", n + " " + d.text[at][k], tip));
      const right = d.x[at] > 0.55;
      tip.style.left = right ? "auto" : "calc(" + 100 * d.x[at] + "% + 12px)";
      tip.style.right = right ? "calc(" + 100 * (1 - d.x[at]) + "% + 12px)" : "auto";
    };
    const follow = (e) => {
      const box = plot.getBoundingClientRect();
      const x = (e.clientX - box.left) / box.width;
      let best = 0;
      d.x.forEach((v, i) => {
        if (Math.abs(v - x) < Math.abs(d.x[best] - x)) best = i;
      });
      showEpoch(best);
    };
    plot.addEventListener("pointermove", follow);
    plot.addEventListener("pointerdown", follow);
    plot.addEventListener("pointerleave", () => showEpoch(document.activeElement === plot ? at : null));
    plot.addEventListener("focus", () => showEpoch(at));
    plot.addEventListener("blur", () => showEpoch(null));
    plot.addEventListener("keydown", (e) => {
      const far = Math.max(1, Math.round(d.x.length / 10));
      const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -far, PageUp: far, Home: -last, End: last }[e.key];
      if (step === undefined) return;
      e.preventDefault();
      showEpoch(clamp(at + step, 0, last));
    });
    return { show };
  }
  document.querySelectorAll("[name=scale]").forEach((r) => r.addEventListener("change", () => showEpoch(null)));

  // The latent plane.
  const plot = document.querySelector("[data-plane]");
  if (plot && data.plane) plane(plot, data.plane);

  function plane(plot, d) {
    const section = plot.closest("section");
    const said = section.querySelector(".said");
    const ring = plot.querySelector(".ring");
    const canvas = (name) => section.querySelector("canvas." + name);
    const before = canvas("before"), after = canvas("after"), here = canvas("here");
    const sheet = document.getElementById("sheet"), made = document.getElementById("made");
    const decoded = plot.querySelector(".decoded");
    const off = new Set();
    const all = d.images > 0 ? d.images : d.x.length; // what the pointer finds
    let place = [0.5, 0.5];
    let touched = false; // by the pointer or by keys
    plot.tabIndex = 0;
    plot.setAttribute("role", "application");
    plot.setAttribute("aria-label", plot.getAttribute("aria-label") + " Arrow keys move the pointer, with Shift faster.");

    const value = (share, lo, hi) => {
      const v = lo + share * (hi - lo);
      const digits = clamp(2 - Math.floor(Math.log10(Math.max(hi - lo, 1e-30))), 0, 12);
      return v.toFixed(Math.min(digits, 12)).replace("-", "\u2212");
    };
    const copy = (to, from, tile, columns, i) => {
      if (!to || !from || !from.naturalWidth) return;
      const c = to.getContext("2d");
      c.imageSmoothingEnabled = false;
      c.clearRect(0, 0, to.width, to.height);
      c.drawImage(from, (i % columns) * tile[0], Math.floor(i / columns) * tile[1], tile[0], tile[1], 0, 0, to.width, to.height);
    };
    const nearest = (x, y, box) => {
      let best = -1, least = Infinity;
      for (let i = 0; i < all; i++) {
        if (d.label && off.has(d.label[i])) continue;
        const dx = (d.x[i] - x) * box.width, dy = (d.y[i] - y) * box.height;
        const square = dx * dx + dy * dy;
        if (square < least) {
          least = square;
          best = i;
        }
      }
      return best;
    };
    const decodeAt = (x, y) => {
      const g = d.grid;
      if (!g || !here) return;
      const column = clamp(Math.round(((x - g.x[0]) / (g.x[1] - g.x[0])) * (g.columns - 1)), 0, g.columns - 1);
      const row = g.rows > 1 ? clamp(Math.round(((y - g.y[0]) / (g.y[1] - g.y[0])) * (g.rows - 1)), 0, g.rows - 1) : 0;
      copy(here, decoded, g.tile, g.columns, (g.rows - 1 - row) * g.columns + column);
    };
    const show = (x, y) => {
      place = [clamp(x, 0, 1), clamp(y, 0, 1)];
      const i = nearest(place[0], place[1], plot.getBoundingClientRect());
      decodeAt(place[0], place[1]);
      ring.hidden = i < 0;
      if (i < 0) {
        said.textContent = "All labels are switched off.";
        return;
      }
      ring.style.left = 100 * d.x[i] + "%";
      ring.style.bottom = 100 * d.y[i] + "%";
      if (i < d.images) {
        copy(before, sheet, d.tile, d.columns, i);
        copy(after, made, d.tile, d.columns, i);
      }
      let text = "Image " + d.number[i];
      if (d.label) text += ", label " + d.classes[d.label[i]];
      text += ", at " + value(d.x[i], d.axes[0], d.axes[1]);
      if (d.dims === 2) text += ", " + value(d.y[i], d.axes[2], d.axes[3]);
      if (d.error[i]) text += ". MSE " + d.error[i];
      said.textContent = text + ".";
    };
    const point = (x, y) => {
      touched = true;
      show(x, y);
    };
    const follow = (e) => {
      const box = plot.getBoundingClientRect();
      point((e.clientX - box.left) / box.width, (box.bottom - e.clientY) / box.height);
    };
    plot.addEventListener("pointermove", follow);
    plot.addEventListener("pointerdown", follow);
    plot.addEventListener("focus", () => {
      if (ring.hidden) point(place[0], place[1]);
    });
    plot.addEventListener("keydown", (e) => {
      const step = e.shiftKey ? 0.1 : 0.02;
      const move = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] }[e.key];
      if (!move) return;
      e.preventDefault();
      point(place[0] + move[0], place[1] + move[1]);
    });
    section.querySelectorAll(".legend input").forEach((box) => {
      const set = () => {
        const k = Number(box.value);
        if (box.checked) off.delete(k);
        else off.add(k);
        plot.querySelectorAll(".dots.k" + k).forEach((p) => p.classList.toggle("off", !box.checked));
      };
      box.addEventListener("change", () => {
        set();
        if (touched) show(place[0], place[1]); // the ring must not stand on a code that is hidden now
      });
      set(); // a page that is loaded again may keep its boxes as they were
    });
    const underlay = section.querySelector(".underlay");
    if (underlay) {
      const set = () => {
        decoded.hidden = !underlay.checked;
      };
      underlay.addEventListener("change", set);
      set();
    }
    const first = () => {
      if (touched) return show(place[0], place[1]);
      show(0.5, 0.5);
      ring.hidden = true;
      said.textContent = "Point at a code, or move with the arrow keys.";
    };
    Promise.all([sheet, made, decoded].filter(Boolean).map((m) => m.decode().catch(() => {}))).then(first);
  }

  const button = document.querySelector(".copy");
  if (button && navigator.clipboard) {
    button.hidden = false;
    button.addEventListener("click", () =>
      navigator.clipboard.writeText(document.querySelector(".command code").textContent).then(
        () => (button.textContent = "Copied"),
        () => (button.hidden = true),
      ),
    );
  }
})();
